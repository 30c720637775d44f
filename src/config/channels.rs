//! `[[notify.…]]` → the options of channels: secrets read, paths made absolute, each judged by its channel.
//!
//! A secret that cannot be read, or a program that is not there, stops only who tells people: `sosik status` of an
//! administrator does not see the credentials of the service. What is written wrong stops everybody.

use std::collections::HashMap;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use crate::model::secret::Secret;
use crate::notify::options::Options;
use crate::notify::settings::{Form, Need, Settings};
use crate::notify::{agents, desktop};

use super::entry::Entry;
use super::paths;
use super::problem::{Fault, Problem, Wrong};
use super::tables::Desk;

/// Bytes of a file that holds a secret: more is no secret but another file.
const LARGEST_SECRET: u64 = 64 * 1024;

/// Where the service manager puts credentials (systemd.exec(5)).
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// What a table's channel needs of the machine.
pub(super) struct Surroundings<'a> {
    pub(super) folder: &'a Path,
    pub(super) env: &'a dyn Fn(&str) -> Option<String>,
}

/// What was found out about one table.
#[derive(Default)]
struct Found {
    faults: Vec<Fault>,
    /// What is not there.
    missing: Vec<Fault>,
    warnings: Vec<Fault>,
}

impl Desk<'_> {
    /// Who is told.
    pub(super) fn notify(&mut self) -> Options {
        let mut options: Options = self.options("notify");
        self.check_rules(&options);
        let notify = self.document.get("notify").and_then(|table| Entry::of(table, &self.shape.bad));
        let surroundings = Surroundings { folder: &self.folder, env: self.env };
        let mut found = Found::default();
        let mut names: HashMap<String, usize> = HashMap::new();
        for (list, place, table) in options.tables() {
            let Some(entry) = notify.and_then(|notify| notify.element(list, place)) else { continue };
            let at = entry.place("name");
            let name = table.name().to_owned();
            if name == desktop::CHANNEL {
                let help = "give it another: \"desktop\" is the one of [notify.desktop]";
                found.faults.push(Fault::new(at, "the name \"desktop\" is taken", help));
            } else if name == agents::CHANNEL {
                let help = "give it another: \"agents\" is the one of [notify.agents]";
                found.faults.push(Fault::new(at, "the name \"agents\" is taken", help));
            } else if let Some(first) = names.insert(name.clone(), at) {
                let line = self.lines.line(first);
                let message = format!("the name {name:?} is taken by the channel in line {line}");
                found.faults.push(Fault::new(at, message, "give one of the two another name"));
            }
            surroundings.read(&entry, table, &mut found);
            if let Some(key) = secret_here(table).filter(|_| is_shown_to_all(self.file)) {
                let message = format!("{key:?} is a secret, and every user of this machine can read it here");
                let help = format!("put it into a file of its own: {key}_file = \"PATH\"; or chmod o-r this one");
                found.warnings.push(Fault::new(entry.place(key), message, help));
            }
        }
        let Found { faults, missing, warnings } = found;
        self.shape.faults.extend(faults);
        self.warnings.extend(warnings);
        self.unusable.extend(
            missing
                .into_iter()
                .map(|Fault { at, wrong }| Problem { line: Some(self.lines.line(at)), ..wrong.of_file(self.file) }),
        );
        options
    }
}

/// Whether every user of the machine can read a file.
pub(super) fn is_shown_to_all(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
}

/// The key of a secret that stands in the configuration itself.
fn secret_here(table: &dyn Settings) -> Option<&'static str> {
    let (keys, secrets) = table.secrets()?;
    keys.iter().copied().find(|key| secrets.is_here(key) && table.is_sensitive(key))
}

impl Surroundings<'_> {
    /// Works everything into a table that stands elsewhere, and lets it judge itself.
    fn read(&self, entry: &Entry<'_>, table: &mut dyn Settings, found: &mut Found) {
        self.read_secrets(entry, table, found);
        if let Some(needed) = table.path() {
            let at = entry.place(needed.key);
            // The name of a program is looked for where programs are.
            if needed.need != Need::Program || needed.path.contains('/') {
                let path = paths::resolve(self.folder, needed.path, self.env);
                *needed.path = path.to_string_lossy().into_owned();
            }
            found.missing.extend(self.lack(needed.need, needed.path).map(|wrong| Fault { at, wrong }));
        }
        let faults = table.faults().into_iter();
        found.faults.extend(faults.map(|fault| Fault::new(entry.place(fault.key), fault.message, fault.help)));
    }

    fn read_secrets(&self, entry: &Entry<'_>, table: &mut dyn Settings, found: &mut Found) {
        let Some((keys, secrets)) = table.secrets_mut() else { return };
        for key in keys {
            let written: Vec<(Form, String)> =
                secrets.written(key).into_iter().map(|(form, text)| (form, text.to_owned())).collect();
            match written.as_slice() {
                [] | [(Form::Here, _)] => {}
                [(form, text)] => match self.secret(*form, text) {
                    Ok(secret) => secrets.set(key, Secret::new(secret)),
                    Err(wrong) => found.missing.push(Fault { at: entry.place(&form.key(key)), wrong }),
                },
                [(first, _), (second, _), ..] => found.faults.push(Fault::new(
                    entry.place(&second.key(key)),
                    format!("{:?} and {:?} both say what the {key} is", first.key(key), second.key(key)),
                    "keep one of the two",
                )),
            }
        }
    }

    /// The secret that `text` leads to.
    pub(super) fn secret(&self, form: Form, text: &str) -> Result<String, Wrong> {
        let read = |path: PathBuf, help: &str| {
            read_secret(&path).map_err(|error| Wrong::new(format!("the secret in {} {error}", path.display()), help))
        };
        match form {
            Form::Here => Ok(text.to_owned()),
            Form::File => {
                let path = paths::resolve(self.folder, text, self.env);
                read(path, "write the path of a file that this user may read and that holds the secret alone")
            }
            Form::Env => (self.env)(text).filter(|secret| !secret.trim().is_empty()).ok_or_else(|| {
                Wrong::new(
                    format!("the variable {text} is not set here"),
                    format!("set it for whoever runs sosik: Environment= or EnvironmentFile= of the unit, or `export {text}=…`"),
                )
            }),
            Form::Credential => {
                let help = format!("hand it over in the unit: LoadCredential={text}:/path/of/the/secret");
                match (self.env)(CREDENTIALS).filter(|folder| !folder.is_empty()) {
                    Some(folder) if !text.contains('/') => read(Path::new(&folder).join(text), &help),
                    Some(_) => Err(Wrong::new(format!("{text:?} is no name of a credential"), help)),
                    None => Err(Wrong::new(
                        format!("no service manager hands the credential {text} over: ${CREDENTIALS} is not set"),
                        help,
                    )),
                }
            }
        }
    }

    /// What is wrong with a path, for what it is needed.
    fn lack(&self, need: Need, text: &str) -> Option<Wrong> {
        let path = Path::new(text);
        match need {
            Need::Readable => {
                let error = std::fs::File::open(path).err()?;
                Some(Wrong::new(
                    format!("{text} cannot be read: {error}"),
                    "write the path of a file that is there and that this user may read",
                ))
            }
            Need::Writable => {
                let folder = path.parent().unwrap_or(path);
                let place = if path.exists() { path } else { folder };
                let error = access(place, Access::WRITE_OK).err()?;
                Some(Wrong::new(
                    format!("{text} cannot be written: {error}"),
                    "write the path of a file in a folder that is there and that this user may write into",
                ))
            }
            Need::Program => {
                let can_start = |path: &Path| path.is_file() && access(path, Access::EXEC_OK).is_ok();
                let is_there = if text.contains('/') {
                    can_start(path)
                } else {
                    let folders = (self.env)("PATH").unwrap_or_default();
                    std::env::split_paths(&folders).any(|folder| can_start(&folder.join(text)))
                };
                (!is_there).then(|| {
                    Wrong::new(
                        format!("there is no program {text} that this user may start"),
                        "write its whole path: argv = [\"/usr/local/bin/on-news\"]",
                    )
                })
            }
        }
    }
}

/// The text of a file that holds a secret and perhaps the end of its line.
fn read_secret(path: &Path) -> io::Result<String> {
    let cannot = |reason: &str| io::Error::other(reason.to_owned());
    if !std::fs::metadata(path).map_err(|error| cannot(&format!("cannot be read: {error}")))?.is_file() {
        return Err(cannot("is no file"));
    }
    let file = std::fs::File::open(path).map_err(|error| cannot(&format!("cannot be read: {error}")))?;
    let mut text = String::new();
    file.take(LARGEST_SECRET + 1)
        .read_to_string(&mut text)
        .map_err(|error| cannot(&format!("cannot be read: {error}")))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    match secret.len() as u64 {
        0 => Err(cannot("is empty")),
        LARGEST_SECRET.. => Err(cannot("is larger than any secret")),
        _ => Ok(secret.to_owned()),
    }
}
