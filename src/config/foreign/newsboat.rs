//! The `urls` file of newsboat: an address a line, then tags, of which one that begins with `~` is the title.

use super::found::{Found, Subscriptions, cut};

/// Reads the lines. Every text is one.
pub(super) fn read(text: &str) -> Subscriptions {
    let mut read = Subscriptions::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let words = words(line);
        let Some(url) = words.first() else { continue };
        if ["query:", "exec:", "filter:"].iter().any(|kind| url.starts_with(kind)) {
            read.left_out.push(format!("{:?} is made by newsboat itself", cut(url)));
            continue;
        }
        let title = words.iter().skip(1).find_map(|tag| tag.strip_prefix('~'));
        read.take(url, |url| Found::at(url, title));
    }
    read
}

/// The words of a line; one in double quotes may hold spaces, and `\"` in it is a quote.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted, mut is_escaped) = (Vec::new(), None::<String>, false, false);
    for letter in line.chars() {
        match letter {
            _ if is_escaped => {
                word.get_or_insert_default().push(letter);
                is_escaped = false;
            }
            '\\' if is_quoted => is_escaped = true,
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            _ if letter.is_whitespace() && !is_quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}
