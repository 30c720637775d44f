//! A state that a command names, beside the configuration's own.

use std::path::Path;

use super::options::StoreLocation;
use super::paths;
use super::text::store_path;

type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Where the state is that a URL names, with paths from `folder` on; or what is wrong with the URL, and what to write.
pub fn store_named(text: &str, folder: &Path, env: Env<'_>) -> Result<StoreLocation, (String, String)> {
    let path = store_path(text).map_err(|wrong| (wrong.message, wrong.help.replace("url = ", "")))?;
    Ok(StoreLocation::Sqlite(paths::resolve(folder, path, env)))
}
