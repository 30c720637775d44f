//! What is wrong with a configuration, and what to write instead.
//!
//! All problems of a file are told at once. The JSON form is a promise to scripts: `sosik check --json` prints
//! problems as they are serialised here.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// One mistake (or, among the warnings, one oddity) in a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file in which it stands; for a folder that an argument names, that folder.
    pub file: PathBuf,
    /// The line, counted from 1. `None`: it is about the file as a whole.
    pub line: Option<u32>,
    /// What is wrong: lowercase, no full stop, the thing quoted.
    pub message: String,
    /// What to write.
    pub help: String,
}

impl Problem {
    /// `file:line`, or the file alone.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.file.display()),
            None => self.file.display().to_string(),
        }
    }
}

/// `file:line: message` and, on a line of its own, the help.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  help: {}", self.place(), self.message, self.help)
    }
}

/// A configuration that cannot be used. It stops the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigError {
    /// Every problem, in the order of their lines; never empty.
    pub problems: Vec<Problem>,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// A mistake at a place of the text, before the file and the line are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where in the text, in bytes.
    pub(super) at: usize,
    /// What is wrong and what to write.
    pub(super) wrong: Wrong,
}

impl Fault {
    pub(super) fn new(at: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { at, wrong: Wrong::new(message, help) }
    }
}

/// What is wrong with a value, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) help: String,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }

    /// The problem of a whole file or folder.
    pub(super) fn of_file(self, file: &Path) -> Problem {
        Problem { file: file.to_owned(), line: None, message: self.message, help: self.help }
    }
}
