//! The folder of the feeds: every file stands in its place whole or not at all.
//!
//! A file is written beside its place and renamed into it. Where none stands there yet it is written without a name and gets
//! it once it is whole, which is cheaper, tells where one stands there after all, and leaves nothing behind in a crash. The
//! folder that it stands in is opened once for all that come there one after another, so the way to it is walked once. Which
//! files there are to be, the caller knows.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

/// How a file is made: as the person's own mask leaves it.
const FILE_MODE: Mode = Mode::from_raw_mode(0o666);

/// How a folder is made.
const FOLDER_MODE: Mode = Mode::from_raw_mode(0o777);

/// The folder, as far as it was opened.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    root: Option<OwnedFd>,
    place: Option<Place>,
    /// Whether its file system and the kernel have files without a name that get one later, as far as is known.
    takes_nameless: bool,
}

/// A folder within it.
#[derive(Debug)]
struct Place {
    /// Its path below the folder.
    path: String,
    folder: OwnedFd,
}

/// What may stand where a file is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing, as far as is known.
    Nothing,
    /// An older one.
    Older,
}

/// What became of a file that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    /// It is there now, and none was before.
    New,
    /// It has other bytes now, or none was there before.
    Other,
    /// Just these bytes were there.
    Same,
}

impl Folder {
    /// The folder at `path`, which may not be there yet.
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), root: None, place: None, takes_nameless: true }
    }

    /// Where a file of it stands.
    pub(super) fn path_of(&self, file: &str) -> PathBuf {
        self.path.join(file)
    }

    /// Puts bytes in a file's place: a reader sees the old file or the new one.
    pub(super) fn put(&mut self, file: &str, bytes: &[u8], before: Before) -> io::Result<Put> {
        let (path, name) = file.rsplit_once('/').unwrap_or(("", file));
        let takes_nameless = self.takes_nameless;
        let folder = self.place(path)?;
        if before == Before::Nothing && takes_nameless {
            match put_nameless(folder, name, bytes)? {
                Nameless::Put => return Ok(Put::New),
                Nameless::Taken => {}
                Nameless::Unknown => {
                    self.takes_nameless = false;
                    return self.put(file, bytes, before);
                }
            }
        }
        if holds(folder, name, bytes)? {
            return Ok(Put::Same);
        }
        let beside = format!("{name}.tmp");
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC;
        File::from(rustix::fs::openat(folder, &*beside, flags, FILE_MODE)?).write_all(bytes)?;
        rustix::fs::renameat(folder, &*beside, folder, name)?;
        Ok(Put::Other)
    }

    /// Takes a file away. `false`: it was not there.
    pub(super) fn remove(&mut self, file: &str) -> io::Result<bool> {
        let removed = match self.root()? {
            Some(root) => rustix::fs::unlinkat(root, file, AtFlags::empty()),
            None => return Ok(false),
        };
        match removed {
            Ok(()) => Ok(true),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// One sync for all that was put there: the file system's, which costs less than one a file.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        match self.root()? {
            Some(root) => Ok(rustix::fs::syncfs(root)?),
            None => Ok(()),
        }
    }

    /// The folder itself; `None`: it is not there.
    fn root(&mut self) -> io::Result<Option<BorrowedFd<'_>>> {
        if self.root.is_none() {
            match File::open(&self.path) {
                Ok(opened) => self.root = Some(opened.into()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(self.root.as_ref().map(AsFd::as_fd))
    }

    /// A folder within it, or with an empty path itself; made where it is missing.
    fn place(&mut self, path: &str) -> io::Result<BorrowedFd<'_>> {
        if self.root()?.is_none() {
            fs::create_dir_all(&self.path)?;
            self.root()?;
        }
        if !path.is_empty() && self.place.as_ref().is_none_or(|place| place.path != path) {
            let root = self.root()?.ok_or(Errno::NOENT)?;
            let folder = match made(root, path) {
                // More than the last part of the way is missing.
                Err(Errno::NOENT) => {
                    fs::create_dir_all(self.path.join(path))?;
                    made(self.root()?.ok_or(Errno::NOENT)?, path)?
                }
                made => made?,
            };
            self.place = Some(Place { path: path.to_owned(), folder });
        }
        let place = self.place.as_ref().filter(|_| !path.is_empty()).map(|place| place.folder.as_fd());
        place.or(self.root.as_ref().map(AsFd::as_fd)).ok_or_else(|| Errno::NOENT.into())
    }
}

/// A folder below another, made where it is missing: mostly it is.
fn made(root: BorrowedFd<'_>, path: &str) -> Result<OwnedFd, Errno> {
    match rustix::fs::mkdirat(root, path, FOLDER_MODE) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(error),
    }
    rustix::fs::openat(root, path, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
}

/// What became of a file without a name.
enum Nameless {
    /// It has the name now.
    Put,
    /// Another has it.
    Taken,
    /// There is no such thing here.
    Unknown,
}

fn put_nameless(folder: BorrowedFd<'_>, name: &str, bytes: &[u8]) -> io::Result<Nameless> {
    let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
    let mut new = match rustix::fs::openat(folder, c".", flags, FILE_MODE) {
        Ok(new) => File::from(new),
        Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL | Errno::NOSYS) => return Ok(Nameless::Unknown),
        Err(error) => return Err(error.into()),
    };
    new.write_all(bytes)?;
    match rustix::fs::linkat(&new, c"", folder, name, AtFlags::EMPTY_PATH) {
        Ok(()) => Ok(Nameless::Put),
        Err(Errno::EXIST) => Ok(Nameless::Taken),
        // Before Linux 6.10 only the administrator may.
        Err(Errno::NOENT | Errno::PERM | Errno::OPNOTSUPP | Errno::INVAL) => Ok(Nameless::Unknown),
        Err(error) => Err(error.into()),
    }
}

/// Whether a file of a folder holds just these bytes.
fn holds(folder: impl AsFd, name: &str, bytes: &[u8]) -> io::Result<bool> {
    let Ok(there) = rustix::fs::openat(folder, name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) else {
        return Ok(false);
    };
    let mut there = File::from(there);
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if there.metadata()?.len() != length {
        return Ok(false);
    }
    let mut held = Vec::with_capacity(bytes.len() + 1);
    Ok(there.read_to_end(&mut held).is_ok() && held == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way to put a file leads to the same.
    #[test]
    fn a_file_is_put_once() {
        for takes_nameless in [true, false] {
            let new = if takes_nameless { Put::New } else { Put::Other };
            let dir = tempfile::tempdir().unwrap();
            let mut folder = Folder { takes_nameless, ..Folder::new(&dir.path().join("feeds")) };
            assert!(!folder.remove("a/b/c.atom").unwrap(), "nothing is there");
            folder.sync().unwrap();
            assert!(!folder.path_of("").exists(), "looking makes nothing");
            for file in ["a.atom", "a/b/c.atom", "a/d.atom", "e.atom"] {
                let read = |folder: &Folder| fs::read_to_string(folder.path_of(file)).unwrap();
                assert_eq!(folder.put(file, b"one", Before::Nothing).unwrap(), new, "{file}");
                assert_eq!(read(&folder), "one");
                for before in [Before::Nothing, Before::Older] {
                    assert_eq!(folder.put(file, b"one", before).unwrap(), Put::Same, "{file} {before:?}");
                }
                // What was put down to be renamed when the machine stopped is in nobody's way.
                fs::write(folder.path_of(&format!("{file}.tmp")), "another, and longer").unwrap();
                assert_eq!(folder.put(file, b"two", Before::Older).unwrap(), Put::Other);
                let again = folder.put(file, b"three", Before::Nothing).unwrap();
                assert_eq!(again, Put::Other, "it was thought not to be there");
                assert_eq!(read(&folder), "three");
                assert!(!folder.path_of(&format!("{file}.tmp")).exists());
            }
            assert!(folder.remove("a/d.atom").unwrap());
            assert!(!folder.remove("a.atom/_archive/1.atom").unwrap(), "a file is no folder");
            folder.sync().unwrap();
        }
    }
}
