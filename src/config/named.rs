//! A state that a command names, beside the configuration's own.

use std::path::Path;

use super::paths;
use super::store_url::{StoreUrl, store_url};
use crate::store::location::{POOL, Server, StoreLocation};

type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Where the state is that a URL names, with paths from `folder` on; or what is wrong with the URL, and what to write.
pub fn store_named(text: &str, folder: &Path, env: Env<'_>) -> Result<StoreLocation, (String, String)> {
    match store_url(text).map_err(|wrong| (wrong.message, wrong.help.replace("url = ", "")))? {
        StoreUrl::File(path) => Ok(StoreLocation::Sqlite(paths::resolve(folder, path, env))),
        StoreUrl::Server(url) => Ok(StoreLocation::Postgres(Server::new(url, POOL, folder.to_owned()))),
    }
}
