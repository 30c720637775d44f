//! Units as files: found, written, removed. A file that a person edited is known as theirs.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::units::{Unit, is_untouched};

/// What stands where a unit should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Absent,
    /// What this installation would write.
    Current,
    /// What another version or another installation of ours wrote.
    Outdated,
    /// What a person wrote or edited, or a link (a masked unit is one).
    Theirs,
}

/// A file that could not be read, written or removed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {path}")]
pub struct FileError {
    /// What was tried.
    pub action: &'static str,
    /// The file.
    pub path: String,
    /// Why.
    #[source]
    pub source: io::Error,
}

impl FileError {
    fn of(action: &'static str, path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self { action, path: path.display().to_string(), source }
    }
}

/// What stands at `path`; `unit` is what should.
pub fn look(path: &Path, unit: Option<&Unit>) -> Result<Found, FileError> {
    let failed = FileError::of("read", path);
    match fs::symlink_metadata(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Found::Absent);
        }
        Err(error) => return Err(failed(error)),
        Ok(data) if !data.is_file() => return Ok(Found::Theirs),
        Ok(_) => {}
    }
    let bytes = fs::read(path).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(match is_untouched(&text) {
        Some(true) if unit.is_some_and(|unit| unit.text == text) => Found::Current,
        Some(true) => Found::Outdated,
        Some(false) | None => Found::Theirs,
    })
}

/// Writes a unit, whole or not at all.
pub fn write(path: &Path, unit: &Unit) -> Result<(), FileError> {
    let failed = FileError::of("write", path);
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder).map_err(&failed)?;
    // Not ending in a unit's name: systemd must not see it.
    let draft = folder.join(format!(".{}.new", unit.name));
    let mut file = fs::File::create(&draft).map_err(&failed)?;
    file.write_all(unit.text.as_bytes()).and_then(|()| file.sync_all()).map_err(&failed)?;
    fs::rename(&draft, path).map_err(&failed)
}

/// Moves what a person wrote out of the way and gives its new place.
pub fn set_aside(path: &Path) -> Result<PathBuf, FileError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = (1..).map(|number| path.with_file_name(format!("{name}.yours-{number}")));
    let aside = aside.into_iter().find(|place| fs::symlink_metadata(place).is_err()).expect("numbers do not end");
    fs::rename(path, &aside).map_err(FileError::of("move", path))?;
    Ok(aside)
}

/// Removes a unit.
pub fn remove(path: &Path) -> Result<(), FileError> {
    fs::remove_file(path).map_err(FileError::of("remove", path))
}

#[cfg(test)]
mod tests {
    use super::super::units::{SERVICE, Scope, Wanted, service};
    use super::*;

    fn unit(program: &str) -> Unit {
        service(&Wanted { scope: Scope::User, program: program.into(), options: Vec::new(), environment: Vec::new() })
            .unwrap()
    }

    #[test]
    fn what_a_person_changed_is_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("systemd/user").join(SERVICE);
        let ours = unit("/usr/bin/sosik");
        let look = |unit: &Unit| look(&path, Some(unit)).unwrap();
        assert_eq!(look(&ours), Found::Absent);
        write(&path, &ours).unwrap();
        assert_eq!(look(&ours), Found::Current);
        assert_eq!(look(&unit("/usr/local/bin/sosik")), Found::Outdated);
        fs::write(&path, ours.text.replace("Nice=10", "Nice=0")).unwrap();
        assert_eq!(look(&ours), Found::Theirs);
        let first = set_aside(&path).unwrap();
        fs::write(&path, "mine").unwrap();
        let second = set_aside(&path).unwrap();
        assert!(first != second && fs::read_to_string(second).unwrap() == "mine");
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        assert_eq!(look(&ours), Found::Theirs, "it is masked");
        remove(&path).unwrap();
        assert_eq!(look(&ours), Found::Absent);
    }
}
