//! Where things are: the configuration, the state, the feeds.
//!
//! XDG Base Directory Specification (a relative path in a variable counts as unset) and, above it, the
//! `$STATE_DIRECTORY` that systemd hands to a service.

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use super::problem::{Problem, Wrong};

/// The configuration of a whole machine.
pub const SYSTEM_FILE: &str = "/etc/sosik/sosik.toml";

/// The environment, as the caller sees it.
type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The configuration of this user, whether it is there or not: where a new one is written.
pub fn user_file(env: Env<'_>) -> Option<PathBuf> {
    Some(xdg(env, "XDG_CONFIG_HOME", ".config")?.join("sosik/sosik.toml"))
}

/// The database where neither the file nor an argument names one.
pub(super) fn default_database(env: Env<'_>) -> Option<PathBuf> {
    if let Some(folder) = state_directory(env) {
        return Some(folder.join("sosik.db"));
    }
    Some(xdg(env, "XDG_STATE_HOME", ".local/state")?.join("sosik/sosik.db"))
}

/// The folder of the feeds where neither the file nor an argument names one.
pub(super) fn default_feeds(env: Env<'_>) -> Option<PathBuf> {
    if let Some(folder) = state_directory(env) {
        return Some(folder.join("feeds"));
    }
    Some(xdg(env, "XDG_DATA_HOME", ".local/share")?.join("sosik/feeds"))
}

/// A path of the file: relative to its folder, `~/` the home folder.
pub(super) fn resolve(folder: &Path, text: &str, env: Env<'_>) -> PathBuf {
    let path = match (text.strip_prefix("~/"), home(env)) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => folder.join(text),
    };
    tidied(&path)
}

/// The path without `.` and `..`, as a person reads it: by its text alone. Where a folder is a link and `..` would
/// lead elsewhere on the disk, the text counts; a link itself is never followed here.
fn tidied(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidy.components().next_back(), Some(Component::Normal(_))) => {
                tidy.pop();
            }
            // Nothing lies above the root.
            Component::ParentDir if tidy.has_root() => {}
            Component::ParentDir | Component::Normal(_) | Component::RootDir | Component::Prefix(_) => tidy.push(part),
        }
    }
    tidy
}

/// The folder in which the file stands, absolute.
pub(super) fn folder_of(file: &Path) -> PathBuf {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    file.parent().unwrap_or(Path::new("/")).to_owned()
}

/// The bytes of the configuration that holds, with its path; `None`: there is none.
pub(super) fn find(named: Option<&Path>, env: Env<'_>) -> Result<Option<(PathBuf, Vec<u8>)>, Problem> {
    if let Some(path) = named {
        return read_named(path, "--config").map(Some);
    }
    if let Some(path) = env("SOSIK_CONFIG").filter(|path| !path.is_empty()) {
        return read_named(Path::new(&path), "$SOSIK_CONFIG").map(Some);
    }
    for path in user_file(env).into_iter().chain([PathBuf::from(SYSTEM_FILE)]) {
        match std::fs::read(&path) {
            Ok(bytes) => return Ok(Some((path, bytes))),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err(unreadable(&path, &error)),
        }
    }
    Ok(None)
}

fn read_named(path: &Path, named_by: &str) -> Result<(PathBuf, Vec<u8>), Problem> {
    match std::fs::read(path) {
        Ok(bytes) => Ok((path.to_owned(), bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Err(Wrong::new(
            format!("there is no such file, and {named_by} names it"),
            "name a configuration that is there; `sosik add URL` writes a new one",
        )
        .of_file(path)),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let wrong = match error.kind() {
        ErrorKind::IsADirectory => Wrong::new(
            "this is a folder, not a file",
            format!("name the file in it: {}", path.join("sosik.toml").display()),
        ),
        ErrorKind::PermissionDenied => Wrong::new(
            "this file may not be read by this user",
            format!("let the user who runs sosik read it: chmod a+r {}", path.display()),
        ),
        _ => Wrong::new(format!("this file cannot be read: {error}"), "see whether the disk and the file are in order"),
    };
    wrong.of_file(path)
}

/// What systemd made for this service: the first of the list.
fn state_directory(env: Env<'_>) -> Option<PathBuf> {
    let list = env("STATE_DIRECTORY")?;
    absolute(list.split(':').next()?)
}

fn xdg(env: Env<'_>, variable: &str, below_home: &str) -> Option<PathBuf> {
    env(variable).as_deref().and_then(absolute).or_else(|| Some(home(env)?.join(below_home)))
}

fn home(env: Env<'_>) -> Option<PathBuf> {
    env("HOME").as_deref().and_then(absolute)
}

fn absolute(text: &str) -> Option<PathBuf> {
    let path = PathBuf::from(text);
    path.is_absolute().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(set: &[(&str, &str)], expected: [Option<&str>; 3]) {
        let env = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let paths = [user_file(&env), default_database(&env), default_feeds(&env)];
        assert_eq!(paths, expected.map(|path| path.map(PathBuf::from)), "{set:?}");
    }

    #[test]
    fn homes_are_found() {
        check(&[], [None, None, None]);
        check(
            &[("HOME", "/home/a")],
            [
                Some("/home/a/.config/sosik/sosik.toml"),
                Some("/home/a/.local/state/sosik/sosik.db"),
                Some("/home/a/.local/share/sosik/feeds"),
            ],
        );
        check(
            &[("HOME", "/h"), ("XDG_CONFIG_HOME", "relative"), ("XDG_STATE_HOME", "/s"), ("XDG_DATA_HOME", "/d")],
            [Some("/h/.config/sosik/sosik.toml"), Some("/s/sosik/sosik.db"), Some("/d/sosik/feeds")],
        );
        check(
            &[("STATE_DIRECTORY", "/var/lib/sosik:/var/lib/other"), ("XDG_STATE_HOME", "/s"), ("XDG_DATA_HOME", "/d")],
            [None, Some("/var/lib/sosik/sosik.db"), Some("/var/lib/sosik/feeds")],
        );
    }

    #[test]
    fn paths_start_at_the_folder() {
        let env = |name: &str| (name == "HOME").then(|| "/home/a".to_owned());
        let folder = Path::new("/etc/sosik");
        for (text, path) in [
            ("a/b", "/etc/sosik/a/b"),
            ("../x", "/etc/x"),
            ("./../../../a/./b/", "/a/b"),
            ("/x", "/x"),
            ("~/x", "/home/a/x"),
        ] {
            assert_eq!(resolve(folder, text, &env), Path::new(path));
        }
    }
}
