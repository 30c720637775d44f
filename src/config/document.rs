//! The text of a configuration as a tree in which every value knows its place.

use toml::de::{DeTable, DeValue};

use super::problem::{Fault, Wrong};

/// Finds the line of a place in a text.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Where each line begins, in bytes.
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { starts }
    }

    /// The line, counted from 1, that holds the byte `at`.
    pub(super) fn line(&self, at: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }
}

/// Reads TOML. When it is none, the first mistake of each line: what follows a mistake on its line is often an echo.
pub(super) fn tree<'text>(text: &'text str, lines: &Lines) -> Result<DeTable<'text>, Vec<Fault>> {
    let (tree, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(tree.into_inner());
    }
    let mut faults: Vec<Fault> = errors
        .iter()
        .map(|error| {
            let at = error.span().map_or(0, |span| span.start);
            Fault { at, wrong: explained(error.message(), text.get(at..).unwrap_or("")) }
        })
        .collect();
    faults.sort_by_key(|fault| fault.at);
    faults.dedup_by_key(|fault| lines.line(fault.at));
    Err(faults)
}

/// The parser's words, and what to write for the mistakes that people make.
fn explained(message: &str, rest: &str) -> Wrong {
    let (what, _) = message.split_once(", expected").unwrap_or((message, ""));
    let word: String =
        rest.chars().take_while(|letter| !letter.is_whitespace() && !"=]".contains(*letter)).take(40).collect();
    if message == "invalid basic string, expected `\"`" {
        return Wrong::new(
            "this text has no closing quote",
            "close it with a double quote on the same line; inside it write \\\" for a quote and \\\\ for a backslash",
        );
    }
    let help = match what {
        "duplicate key" => {
            return Wrong::new(
                format!("{word:?} is written twice"),
                "a key and a [table] stand once; keep one of the two (every blog has a [[source]] of its own, with two brackets)",
            );
        }
        "string values must be quoted" | "invalid value" | "missing value" => {
            "write a value after `=`: a text in double quotes (key = \"text\"), a number, true, false, or a [list]"
        }
        "key with no value" | "missing assignment between key-value pairs" | "invalid key-value pair" => {
            "write the key, `=` and a value: key = \"text\""
        }
        "unclosed table" | "unclosed array table" | "missing table open" => {
            "a table begins with its name in brackets on a line of its own: [fetch], [[source]]"
        }
        "unclosed array" | "missing comma between array elements" => {
            "write the list in brackets, with commas between: [\"rss\", \"atom\"]"
        }
        "unclosed inline table" => "write the closing brace: { name = \"value\" }",
        _ if what.contains("string") || message.contains("basic string") => {
            "close the text with a double quote on the same line, and write \\\\ for a backslash"
        }
        _ if what.contains("escape") || what.contains("unicode") => {
            "write \\\\ for a backslash in double quotes, or put the text in single quotes"
        }
        _ => "write one `key = value` to a line; texts stand in double quotes",
    };
    // "expected literal string" says less than the help does; "expected `]`" says more.
    let message = if message.contains('`') { message } else { what };
    Wrong::new(format!("this is not TOML: {message}"), help)
}

/// What was found in a value's place, in words, cut where it is long.
pub(super) fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text {}", quoted(text)),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Float(number) => format!("the number {number}"),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(date) => format!("the date {date}"),
        DeValue::Array(_) | DeValue::Table(_) => sort(value).to_owned(),
    }
}

/// What sort of value was found, without the value: it may be a secret.
pub(super) fn sort(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A URL in quotes, cut as [`quoted`] does, and without what may be a password.
pub(super) fn quoted_url(text: &str) -> String {
    match text.rfind('@') {
        Some(at) => quoted(&format!("…{}", &text[at..])),
        None => quoted(text),
    }
}

/// A text in quotes, cut after 60 characters.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{:?}", format!("{}…", &text[..end])),
        None => format!("{text:?}"),
    }
}

/// The candidate that is spelled most like `word`, where one is near enough to be meant.
pub(super) fn nearest<'name>(word: &str, candidates: impl IntoIterator<Item = &'name str>) -> Option<&'name str> {
    /// Below this two words have little in common (`titel` and `title` score 0.95, `feed` and `feeds` 0.96).
    const LIKENESS: f64 = 0.8;
    let word = word.to_lowercase().replace('-', "_");
    candidates
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&word, &name.to_lowercase().replace('-', "_")), name))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_from_one() {
        let lines = Lines::of("a\nbc\n\nd");
        assert_eq!([0, 1, 2, 4, 5, 6].map(|at| lines.line(at)), [1, 1, 2, 2, 3, 4]);
    }

    #[test]
    fn the_nearest_word_is_near() {
        let names = ["url", "base_url", "title", "time_zone", "interval"];
        assert_eq!(nearest("titel", names), Some("title"));
        assert_eq!(nearest("base-url", names), Some("base_url"));
        assert_eq!(nearest("timezone", names), Some("time_zone"));
        assert_eq!(nearest("colour", names), None);
    }
}
