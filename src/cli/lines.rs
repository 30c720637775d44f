//! What `sosik import` reads: a file or standard input, and an export line by line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::{Map, Value};

use super::export::FORM;
use super::report::CliError;
use crate::store::StoreError;
use crate::store::contract::{ExportedRow, Rows};

/// What every export begins with.
const HEAD: &[u8] = b"{\"sosik\":";

/// Longest line: an archive page, many times over.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

/// Longest list of subscriptions.
const LONGEST_TEXT: u64 = 64 * 1024 * 1024;

/// A file or standard input of which the beginning is known.
pub(super) struct Input {
    name: String,
    reader: BufReader<Box<dyn Read + Send>>,
}

/// An export, of which the rows are still to be read.
pub(super) struct Exported {
    /// The schema of its rows.
    pub(super) schema: i64,
    /// Sources in the words of the configuration.
    pub(super) configured: Vec<toml::Table>,
    /// Everything else.
    pub(super) rows: Rows,
}

impl Input {
    pub(super) fn open(file: &Path) -> Result<Self, CliError> {
        let name = file.display().to_string();
        let reader: Box<dyn Read + Send> = if file == Path::new("-") {
            Box::new(std::io::stdin())
        } else {
            Box::new(File::open(file).map_err(|error| unreadable(&name, &error))?)
        };
        let mut input = Self { name, reader: BufReader::new(reader) };
        input.reader.fill_buf().map_err(|error| unreadable(&input.name, &error))?;
        Ok(input)
    }

    pub(super) fn is_export(&self) -> bool {
        self.reader.buffer().starts_with(HEAD)
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it begins as lines of JSON do.
    pub(super) fn begins_with_object(&self) -> bool {
        let text = self.reader.buffer();
        text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start().starts_with(b"{")
    }

    /// Its lines that are not empty, with their numbers.
    pub(super) fn lines(self) -> impl Iterator<Item = Result<(u64, Vec<u8>), CliError>> {
        let Self { name, mut reader } = self;
        let mut number = 0;
        std::iter::from_fn(move || {
            loop {
                number += 1;
                let mut line = Vec::new();
                match (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line) {
                    Ok(0) => return None,
                    Ok(_) if line.trim_ascii().is_empty() => {}
                    Ok(_) => {
                        if number == 1 && line.starts_with(b"\xef\xbb\xbf") {
                            line.drain(..3);
                        }
                        return Some(Ok((number, line)));
                    }
                    Err(error) => return Some(Err(unreadable(&name, &error))),
                }
            }
        })
    }

    /// All of it.
    pub(super) fn text(self) -> Result<String, CliError> {
        let mut text = String::new();
        let read = self.reader.take(LONGEST_TEXT).read_to_string(&mut text);
        read.map_err(|error| unreadable(&self.name, &error))?;
        Ok(text)
    }
}

impl Exported {
    /// Reads what stands before the rows.
    pub(super) fn read(input: Input) -> Result<Self, CliError> {
        let mut lines = Lines { reader: input.reader, number: 0 };
        let (line, (word, head)) = lines.next_line()?.ok_or_else(|| cut(1))?;
        let number = |name: &str| head.get(name).and_then(Value::as_i64);
        let (Some(FORM), Some(schema), "sosik") = (number("export"), number("schema"), word.as_str()) else {
            let reason = match number("export") {
                Some(form) if form > FORM => format!("a newer sosik wrote it (form {form}): install that one"),
                _ => "it does not begin as an export does".to_owned(),
            };
            return Err(StoreError::Unreadable { line, reason }.into());
        };
        let mut configured = Vec::new();
        let mut first = lines.next_line()?;
        while let Some((line, (_, keys))) = first.take_if(|(_, (word, _))| word == "configured") {
            let table = serde_json::from_value(Value::Object(keys));
            configured.push(table.map_err(|error| StoreError::Unreadable { line, reason: error.to_string() })?);
            first = lines.next_line()?;
        }
        Ok(Self { schema, configured, rows: Box::new(RowsOf { lines, first, rows: 0, ended: false }) })
    }
}

struct Lines {
    reader: BufReader<Box<dyn Read + Send>>,
    number: u64,
}

impl Lines {
    /// The next line that is not empty, with its number: a word and an object.
    fn next_line(&mut self) -> Result<Option<(u64, ExportedRow)>, StoreError> {
        loop {
            self.number += 1;
            let line = self.number;
            let wrong = |reason: String| StoreError::Unreadable { line, reason };
            let mut bytes = Vec::new();
            let read = (&mut self.reader).take(LONGEST_LINE).read_until(b'\n', &mut bytes);
            if read.map_err(|error| wrong(error.to_string()))? == 0 {
                return Ok(None);
            }
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            let object: Map<String, Value> =
                serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
            let mut entries = object.into_iter();
            return match (entries.next(), entries.next()) {
                (Some((word, Value::Object(values))), None) => Ok(Some((line, (word, values)))),
                _ => Err(wrong("it is not one word with an object".to_owned())),
            };
        }
    }
}

/// The rows, up to the end that an export writes.
struct RowsOf {
    lines: Lines,
    first: Option<(u64, ExportedRow)>,
    rows: u64,
    ended: bool,
}

impl Iterator for RowsOf {
    type Item = Result<(u64, ExportedRow), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.lines.next_line(),
        };
        match next {
            Ok(Some((_, (word, end)))) if word == "end" => {
                self.ended = true;
                (end.get("rows").and_then(Value::as_u64) != Some(self.rows)).then(|| Err(cut(self.lines.number)))
            }
            Ok(Some(row)) => {
                self.rows += 1;
                Some(Ok(row))
            }
            Ok(None) => {
                self.ended = true;
                Some(Err(cut(self.lines.number)))
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}

fn cut(line: u64) -> StoreError {
    StoreError::Unreadable { line, reason: "the export is not whole: it was cut off, or lines are missing".to_owned() }
}

fn unreadable(name: &str, error: &std::io::Error) -> CliError {
    CliError::Usage {
        message: format!("{name} cannot be read: {error}"),
        help: "name a file that is there and that you may read, or `-` for standard input".to_owned(),
    }
}
