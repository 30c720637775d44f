//! Rust source as `tests/tidy.rs` looks at it: code without comments, and the paths that it names.
//!
//! A small lexer, not a parser: it knows comments, strings, characters and paths. Macros that build paths from
//! pieces escape it; none of ours do.

/// What is left of a file when comments are blanked; lines and columns stay where they were.
pub(crate) struct Code {
    /// Without comments.
    pub(crate) with_strings: String,
    /// Without comments and without the insides of strings.
    pub(crate) bare: String,
}

/// A path that code names, such as `crate::model::post::Post`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedPath {
    /// From 1.
    pub(crate) line: usize,
    /// `crate`, or one `super` for each step up, then names; a last `*` for all.
    pub(crate) segments: Vec<String>,
}

impl Code {
    /// Reads a file's text.
    pub(crate) fn read(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let (mut with_strings, mut bare) = (String::new(), String::new());
        let mut at = 0;
        while at < letters.len() {
            let (kind, end) = token(&letters, at);
            for &letter in &letters[at..end] {
                let blank = if letter == '\n' { '\n' } else { ' ' };
                with_strings.push(if kind == Token::Comment { blank } else { letter });
                bare.push(if kind == Token::Code { letter } else { blank });
            }
            at = end;
        }
        Self { with_strings, bare }
    }

    /// The same without the unit tests at the file's end.
    pub(crate) fn without_tests(&self) -> Self {
        let lines: Vec<&str> = self.bare.lines().collect();
        let begins = |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{');
        let lines_before = lines.windows(2).position(begins).unwrap_or(lines.len());
        let cut = |text: &str| text.split_inclusive('\n').take(lines_before).collect();
        Self { with_strings: cut(&self.with_strings), bare: cut(&self.bare) }
    }

    /// Every path from the crate's root or a parent module, groups taken apart.
    pub(crate) fn paths(&self) -> Vec<NamedPath> {
        let letters: Vec<char> = self.bare.chars().collect();
        let mut found = Vec::new();
        let mut at = 0;
        while at < letters.len() {
            let (word, end) = word(&letters, at);
            let inside = at >= 2 && letters[at - 2..at] == [':', ':'];
            if !inside && (word == "crate" || word == "super") && letters[end..].starts_with(&[':', ':']) {
                at = tree(&letters, at, &[], &mut found);
            } else {
                at = end.max(at + 1);
            }
        }
        found
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Code,
    Comment,
    Text,
}

/// The kind of what begins at `at`, and where it ends.
fn token(letters: &[char], at: usize) -> (Token, usize) {
    let rest = &letters[at..];
    match rest {
        ['/', '/', ..] => (Token::Comment, at + rest.iter().position(|&letter| letter == '\n').unwrap_or(rest.len())),
        ['/', '*', ..] => (Token::Comment, end_of_block(letters, at)),
        ['r', '"' | '#', ..] if at == 0 || !is_name(letters[at - 1]) || letters[at - 1] == 'b' => {
            raw_string(letters, at)
        }
        ['"', ..] => (Token::Text, end_of_string(letters, at + 1)),
        ['\'', '\\', _, more @ ..] => {
            let length = more.iter().position(|&letter| letter == '\'').map_or(rest.len(), |place| place + 4);
            (Token::Text, at + length)
        }
        ['\'', _, '\'', ..] => (Token::Text, at + 3),
        _ => (Token::Code, at + 1),
    }
}

fn end_of_block(letters: &[char], at: usize) -> usize {
    let (mut depth, mut end) = (0, at);
    while end < letters.len() {
        match letters[end..] {
            ['/', '*', ..] => (depth, end) = (depth + 1, end + 2),
            ['*', '/', ..] => (depth, end) = (depth - 1, end + 2),
            _ => end += 1,
        }
        if depth == 0 {
            break;
        }
    }
    end
}

fn end_of_string(letters: &[char], mut end: usize) -> usize {
    while end < letters.len() {
        match letters[end] {
            '\\' => end += 2,
            '"' => return end + 1,
            _ => end += 1,
        }
    }
    letters.len()
}

fn raw_string(letters: &[char], at: usize) -> (Token, usize) {
    let hashes = letters[at + 1..].iter().take_while(|&&letter| letter == '#').count();
    if letters.get(at + 1 + hashes) != Some(&'"') {
        return (Token::Code, at + 1);
    }
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let start = at + 2 + hashes;
    let length = letters[start..].windows(close.len()).position(|window| window == close);
    (Token::Text, length.map_or(letters.len(), |length| start + length + close.len()))
}

/// Reads a path or a group of paths that begins at `at`, below `above`; gives where it ends.
fn tree(letters: &[char], at: usize, above: &[String], found: &mut Vec<NamedPath>) -> usize {
    let line = 1 + letters[..at].iter().filter(|&&letter| letter == '\n').count();
    let mut segments = above.to_vec();
    let mut end = skip_space(letters, at);
    loop {
        if letters.get(end) == Some(&'{') {
            end = skip_space(letters, end + 1);
            while end < letters.len() && letters[end] != '}' {
                let next = tree(letters, end, &segments, found);
                end = skip_space(letters, next.max(end + 1));
                if letters.get(end) == Some(&',') {
                    end = skip_space(letters, end + 1);
                }
            }
            return end + 1;
        }
        if letters.get(end) == Some(&'*') {
            segments.push("*".to_owned());
            end += 1;
            break;
        }
        let (name, after) = word(letters, end);
        if name.is_empty() {
            break;
        }
        if name != "self" {
            segments.push(name);
        }
        end = after;
        if !letters[end..].starts_with(&[':', ':']) {
            break;
        }
        end += 2;
    }
    let alias = skip_space(letters, end);
    if let (name, after) = word(letters, alias)
        && name == "as"
    {
        end = word(letters, skip_space(letters, after)).1;
    }
    found.push(NamedPath { line, segments });
    end
}

/// The name that begins at `at` (empty where none does), and where it ends.
fn word(letters: &[char], at: usize) -> (String, usize) {
    let name: String = letters[at.min(letters.len())..].iter().take_while(|&&letter| is_name(letter)).collect();
    let end = at + name.chars().count();
    (name, end)
}

fn skip_space(letters: &[char], at: usize) -> usize {
    at + letters[at.min(letters.len())..].iter().take_while(|letter| letter.is_whitespace()).count()
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
