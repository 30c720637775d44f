//! Colours, tables and the one place that prints. Colours come off where the output is no terminal (anstream).

use std::fmt::Display;
use std::io::Write;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::report::CliError;

/// Paints a text for a terminal.
pub(crate) trait Paint {
    /// What stopped us.
    fn error(&self) -> String;
    /// What to do.
    fn help(&self) -> String;
    /// What went well.
    fn good(&self) -> String;
    /// What a person looks for.
    fn bold(&self) -> String;
    /// What stands back.
    fn dim(&self) -> String;
}

/// A number of things by their name: `1 source`, `2 sources`.
pub(crate) fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, name: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {name}{plural}")
}

impl<T: AsRef<str> + ?Sized> Paint for T {
    fn error(&self) -> String {
        painted(self.as_ref(), AnsiColor::Red.on_default().bold())
    }

    fn help(&self) -> String {
        painted(self.as_ref(), AnsiColor::Cyan.on_default())
    }

    fn good(&self) -> String {
        painted(self.as_ref(), AnsiColor::Green.on_default())
    }

    fn bold(&self) -> String {
        painted(self.as_ref(), Style::new().bold())
    }

    fn dim(&self) -> String {
        painted(self.as_ref(), Style::new().dimmed())
    }
}

fn painted(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

/// Prints a line on standard output.
pub(crate) fn out(line: &str) -> Result<(), CliError> {
    writeln!(anstream::stdout(), "{line}").map_err(CliError::Output)
}

/// Prints lines on standard output, all at once.
pub(crate) fn out_lines(lines: &[String]) -> Result<(), CliError> {
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    write!(anstream::stdout(), "{text}").map_err(CliError::Output)
}

/// Prints bytes on standard output as they are.
pub(crate) fn out_bytes(bytes: &[u8]) -> Result<(), CliError> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(CliError::Output)
}

/// Prints a value as JSON on standard output.
pub(crate) fn out_json(value: &impl serde::Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string(value).expect("our own values are JSON");
    out(&text)
}

/// Prints a line on standard error. Nothing can be said where even that fails.
pub(crate) fn err(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Rows as columns that line up, wide characters counted as two.
pub(crate) fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| shown_width(cell)).max().unwrap_or(0))
        .collect();
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                line.push_str(cell);
                if column + 1 < row.len() {
                    line.push_str(&" ".repeat(widths[column] - shown_width(cell) + 2));
                }
            }
            line.trim_end().to_owned()
        })
        .collect()
}

/// The columns that a painted text takes.
fn shown_width(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}

/// A painted line cut to so many columns: what steers the terminal is kept, what it would show past the edge is not.
pub(crate) fn fit(line: &str, columns: usize) -> String {
    let (mut kept, mut used, mut letters) = (String::new(), 0, line.chars());
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            kept.push(letter);
            for part in letters.by_ref() {
                kept.push(part);
                if part.is_ascii_alphabetic() {
                    break;
                }
            }
            continue;
        }
        used += unicode_width::UnicodeWidthChar::width(letter).unwrap_or(0);
        if used <= columns {
            kept.push(letter);
        }
    }
    kept
}

/// A text cut to so many columns, with an ellipsis where something was cut.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if kept.width() + unicode_width::UnicodeWidthChar::width(letter).unwrap_or(0) >= columns {
            break;
        }
        kept.push(letter);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_take_two_columns() {
        let rows = [vec!["한글".to_owned(), "x".to_owned()], vec!["abc".to_owned(), "y".to_owned()]];
        assert_eq!(table(&rows), ["한글  x", "abc   y"]);
        assert_eq!(cut("한글 제목", 6), "한글 …");
        assert_eq!(cut("abc", 3), "abc");
        let painted = [vec!["ab".bold(), "x".to_owned()], vec!["abcd".to_owned(), "y".to_owned()]];
        let shown: Vec<String> =
            table(&painted).iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect();
        assert_eq!(shown, ["ab    x", "abcd  y"]);
        assert_eq!(fit(&"한글abc".bold(), 5), "한글a".bold());
    }
}
