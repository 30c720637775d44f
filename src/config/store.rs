//! `[store]` → where the state is.
//!
//! The URL of a server may stand elsewhere, as other secrets do. One that cannot be read here stops only who opens the state or
//! tells people: `sosik check` of an administrator does not see the credentials of the service.

use std::path::{Path, PathBuf};

use crate::model::secret::Secret;
use crate::notify::settings::Form;
use crate::store::location::{POOL, Server, StoreLocation};

use super::channels::{Surroundings, is_shown_to_all};
use super::options::StoreOptions;
use super::paths;
use super::problem::{Fault, Problem, Wrong};
use super::store_url::{StoreUrl, holds_password, store_url};
use super::tables::{Desk, absolute, homeless};

/// The key.
const URL: &str = "url";

impl Desk<'_> {
    /// Where the state is; `None` leaves a problem behind. A folder that a command names holds it in a file.
    pub(super) fn store(&mut self, over: Option<&Path>) -> Option<StoreLocation> {
        if let Some(folder) = over {
            return Some(self.in_file(absolute(folder).join("sosik.db"), None));
        }
        let options: StoreOptions = self.options("store");
        if self.shape.bad_tables.contains("store") {
            return None;
        }
        let pool = options.pool.unwrap_or(POOL);
        let forms = [
            (Form::Here, options.url.as_ref().map(Secret::expose)),
            (Form::File, options.url_file.as_deref()),
            (Form::Env, options.url_env.as_deref()),
            (Form::Credential, options.url_credential.as_deref()),
        ];
        let written: Vec<(Form, &str)> = forms.into_iter().filter_map(|(form, text)| Some((form, text?))).collect();
        let location = match written.as_slice() {
            [] => match paths::default_database(self.env) {
                Some(path) => self.in_file(path, None),
                None => {
                    self.elsewhere.push(homeless("the state").of_file(self.file));
                    return None;
                }
            },
            [(Form::Here, text)] => {
                let at = self.place("store", URL);
                match store_url(text).ok()? {
                    StoreUrl::File(path) => self.in_file(paths::resolve(&self.folder, path, self.env), at),
                    StoreUrl::Server(url) => {
                        if holds_password(url) && is_shown_to_all(self.file) {
                            self.warnings.push(Fault::new(
                                at.unwrap_or_default(),
                                "the store's URL holds a password, and every user of this machine can read it here",
                                "put it into a file of its own: url_file = \"PATH\"; or chmod o-r this one",
                            ));
                        }
                        StoreLocation::Postgres(Server::new(url, pool, self.own_folder()))
                    }
                }
            }
            [(form, text)] => StoreLocation::Postgres(self.elsewhere(*form, text, pool)?),
            [(first, _), (second, _), ..] => {
                let (first, second) = (first.key(URL), second.key(URL));
                self.shape.faults.push(Fault::new(
                    self.place("store", &second).unwrap_or_default(),
                    format!("{first:?} and {second:?} both say where the state is"),
                    "keep one of the two",
                ));
                return None;
            }
        };
        if location.is_shared() && options.backups.is_some_and(|backups| backups > 0) {
            self.warnings.push(Fault::new(
                self.place("store", "backups").unwrap_or_default(),
                "no backups are made of a state on a server",
                "back the server up (pg_dump, or its own archive), and leave the key out",
            ));
        }
        Some(location)
    }

    /// A server whose URL stands elsewhere.
    fn elsewhere(&mut self, form: Form, text: &str, pool: u32) -> Option<Server> {
        let at = self.place("store", &form.key(URL)).unwrap_or_default();
        let read = Surroundings { folder: &self.folder, env: self.env }.secret(form, text);
        match read {
            Ok(secret) => match store_url(&secret) {
                Ok(StoreUrl::Server(url)) => Some(Server::new(url, pool, self.own_folder())),
                // Nothing of what may be a password is quoted.
                Ok(StoreUrl::File(_)) | Err(_) => {
                    self.shape.faults.push(Fault::new(
                        at,
                        format!("what {:?} leads to is no URL of PostgreSQL", form.key(URL)),
                        "write there postgres://USER:PASSWORD@HOST/DATABASE and nothing else",
                    ));
                    None
                }
            },
            Err(wrong) => {
                let why = wrong.message.clone();
                self.unusable.push(Problem { line: Some(self.lines.line(at)), ..wrong.of_file(self.file) });
                Some(Server::unread(why, pool, self.own_folder()))
            }
        }
    }

    /// Where what belongs to this machine alone is kept.
    fn own_folder(&self) -> PathBuf {
        let database = paths::default_database(self.env);
        database.and_then(|path| Some(path.parent()?.to_owned())).unwrap_or_else(|| PathBuf::from("/"))
    }

    /// A state in a file, whose place in the configuration is `at`.
    fn in_file(&mut self, path: PathBuf, at: Option<usize>) -> StoreLocation {
        if path.is_dir() {
            let wrong = Wrong::new(
                format!("the database {} is a folder", path.display()),
                format!("write the file's name too: url = \"sqlite:{}\"", path.join("sosik.db").display()),
            );
            self.problem(at, &path, wrong);
        } else if path.exists() {
            self.check_writable(at, &path);
        }
        if let Some(folder) = path.parent() {
            self.check_writable(at, folder);
        }
        StoreLocation::Sqlite(path)
    }
}
