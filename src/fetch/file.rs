//! A page that is a file of this machine.
//!
//! Only a URL that the configuration names may be one; no redirect and no link leads here.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytesize::ByteSize;
use url::Url;

use super::error::FetchError;
use super::shown::shown;

/// The bytes of a regular file of at most `limit` bytes.
pub(super) async fn read(url: &Url, limit: usize) -> Result<Vec<u8>, FetchError> {
    let path = url.to_file_path().map_err(|()| FetchError::Scheme { url: shown(url) })?;
    let reading = tokio::task::spawn_blocking({
        let path = path.clone();
        move || read_at_most(&path, limit)
    });
    let broken =
        |path: PathBuf, error: io::Error| FetchError::File { path: path.display().to_string(), source: error.into() };
    match reading.await {
        Ok(Ok(Some(bytes))) => Ok(bytes),
        Ok(Ok(None)) => Err(FetchError::TooLarge { url: shown(url), limit: ByteSize(limit as u64) }),
        Ok(Err(error)) => Err(broken(path, error)),
        Err(stopped) => Err(broken(path, io::Error::other(stopped))),
    }
}

/// The media type that a file's name suggests.
pub(super) fn media_type(url: &Url) -> Option<String> {
    let name = url.path().rsplit('/').next()?;
    let (_, extension) = name.rsplit_once('.')?;
    let media_type = match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html",
        "xhtml" => "application/xhtml+xml",
        "rss" => "application/rss+xml",
        "atom" => "application/atom+xml",
        "xml" => "application/xml",
        "json" => "application/json",
        _ => return None,
    };
    Some(media_type.to_owned())
}

/// `None`: it is larger.
fn read_at_most(path: &Path, limit: usize) -> io::Result<Option<Vec<u8>>> {
    // Asked before it is opened: opening a pipe would wait for its writer.
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}
