//! A configuration's file, put in its place anew: a reader sees the old text or the new one.
//!
//! Owner and permissions stay, for the file may hold a cookie. A link stays one: what it leads to is written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

use super::problem::{Problem, Wrong};

/// A file that is about to be changed. While it lives no other sosik changes it.
#[derive(Debug)]
pub struct Draft {
    /// The file without links.
    file: PathBuf,
    text: String,
    /// Locked as long as it is open. The file itself cannot be: it is another one after every change.
    folder: File,
}

impl Draft {
    /// Reads the file, after whoever changes it now is done.
    ///
    /// # Errors
    /// When it is not there, not text or not readable.
    pub fn of(file: &Path) -> Result<Self, Problem> {
        let failed = |error| told(file, "cannot be read", &error);
        let found = file.canonicalize().map_err(failed)?;
        let folder = File::open(found.parent().unwrap_or(Path::new("/"))).map_err(failed)?;
        // Some file systems have no locks: two people at one moment are rare enough there.
        let _ = folder.lock();
        let text = fs::read_to_string(&found).map_err(failed)?;
        Ok(Self { file: found, text, folder })
    }

    /// As [`Draft::of`], for a file that need not be there: it is made, with its folders, readable by this user alone.
    ///
    /// # Errors
    /// When that cannot be.
    pub fn of_new(file: &Path) -> Result<Self, Problem> {
        let failed = |error| told(file, "cannot be written", &error);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error)),
            Err(_) | Ok(_) => {}
        }
        Self::of(file)
    }

    /// The text as it is now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Puts another text in its place.
    ///
    /// # Errors
    /// When that cannot be; then the file is as it was.
    pub fn write(self, text: &str) -> Result<(), Problem> {
        if text == self.text {
            return Ok(());
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(self.file.file_name().unwrap_or_default());
        name.push(".tmp");
        let beside = self.file.with_file_name(name);
        self.replace(&beside, text).map_err(|error| {
            // It is of no use to anyone; that it stays behind is not what went wrong.
            let _ = fs::remove_file(&beside);
            told(&self.file, "cannot be written", &error)
        })
    }

    fn replace(&self, beside: &Path, text: &str) -> io::Result<()> {
        let before = fs::metadata(&self.file)?;
        match fs::remove_file(beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(_) | Ok(()) => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(beside)?;
        file.write_all(text.as_bytes())?;
        let made = file.metadata()?;
        if (made.uid(), made.gid()) != (before.uid(), before.gid()) {
            fchown(&file, Some(before.uid()), Some(before.gid()))?;
        }
        file.set_permissions(before.permissions())?;
        file.sync_all()?;
        drop(file);
        fs::rename(beside, &self.file)?;
        self.folder.sync_all()
    }
}

fn told(file: &Path, what: &str, error: &io::Error) -> Problem {
    Wrong::new(
        format!("this file {what}: {error}"),
        "let the user who runs this command read and write the file and its folder, or edit the file by hand",
    )
    .of_file(file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_file_keeps_its_permissions_and_a_link_its_target() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("real.toml"), folder.path().join("link.toml"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("real.toml", &link).unwrap();
        let draft = Draft::of(&link).unwrap();
        assert_eq!(draft.text(), "old");
        draft.write("new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    }

    #[test]
    fn changes_at_one_time_come_one_after_another() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sosik.toml");
        fs::write(&file, "").unwrap();
        let add = |letter: char| {
            let draft = Draft::of(&file).unwrap();
            let text = format!("{}{letter}", draft.text());
            draft.write(&text).unwrap();
        };
        std::thread::scope(|scope| {
            for letter in 'a'..='h' {
                scope.spawn(move || add(letter));
            }
        });
        assert_eq!(fs::read_to_string(&file).unwrap().len(), 8);
    }

    #[test]
    fn a_file_that_cannot_be_written_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sosik.toml");
        fs::write(&file, "old").unwrap();
        // A folder in the place of the file that is written first: the same for every user, root included.
        fs::create_dir(folder.path().join(".sosik.toml.tmp")).unwrap();
        let problem = Draft::of(&file).unwrap().write("new").unwrap_err();
        assert!(problem.message.starts_with("this file cannot be written"), "{problem}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "old");
    }
}
