//! Parsing with a budget.
//!
//! html5ever is quadratic in depth (100,000 nested elements took half a minute) and in the attributes of one tag. So
//! the text is scanned first, in one pass, for both; then it is fed to the parser in pieces, and a look at the clock
//! between two pieces ends what takes too long all the same.

use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{Html, HtmlTreeSink};

use super::budget::{Budget, Deadline};

/// Bytes parsed between two looks at the clock.
const PIECE: usize = 8 * 1024;

/// Elements that never hold others, so an open one adds no depth.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements whose end tag people leave out: an unclosed one adds no depth once its like follows.
const SELF_CLOSING: &[&str] =
    &["p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "rt", "rp"];

/// Parses a page.
///
/// # Errors
/// The limit that it passed, as words that follow "the page has".
pub(super) fn parse(text: &str, budget: Budget) -> Result<Html, &'static str> {
    scan(text, budget)?;
    let deadline = Deadline::after(budget.time);
    let mut parser = parse_document(HtmlTreeSink::new(Html::new_document()), ParseOpts::default());
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = PIECE.min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, after) = rest.split_at(end);
        parser.process(StrTendril::from_slice(piece));
        rest = after;
        if deadline.is_over() {
            return Err("more to parse than the time for a page allows");
        }
    }
    Ok(parser.finish())
}

/// One pass over the tags, for what the parser is slow with. A page that fools it meets the deadline instead.
fn scan(text: &str, budget: Budget) -> Result<(), &'static str> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'<') {
        at += found + 1;
        match bytes.get(at) {
            Some(b'/') => {
                let name = name_at(text, at + 1).to_ascii_lowercase();
                if !SELF_CLOSING.contains(&name.as_str()) && !VOID.contains(&name.as_str()) {
                    depth = depth.saturating_sub(1);
                }
            }
            Some(letter) if letter.is_ascii_alphabetic() => {
                let name = name_at(text, at).to_ascii_lowercase();
                let name_end = at + name.len();
                let (tag_end, attributes) = tag(&bytes[name_end..]);
                if attributes > budget.attributes {
                    return Err("a tag with more attributes than any page needs");
                }
                let closes_itself = bytes.get((name_end + tag_end).saturating_sub(1)) == Some(&b'/');
                if !closes_itself && !VOID.contains(&name.as_str()) && !SELF_CLOSING.contains(&name.as_str()) {
                    depth += 1;
                    if depth > budget.depth {
                        return Err("elements nested deeper than any browser shows");
                    }
                }
                at = name_end + tag_end;
                if name == "script" || name == "style" || name == "textarea" || name == "title" {
                    at = raw_text_end(text, at, &name);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The letters and digits that stand at a place.
fn name_at(text: &str, at: usize) -> &str {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let length = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
    &text[at..at + length]
}

/// Where a tag ends, and how many attributes it has, counted by the runs of letters outside quotes.
fn tag(rest: &[u8]) -> (usize, usize) {
    let (mut quote, mut attributes, mut in_name) = (None, 0, false);
    for (index, byte) in rest.iter().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == *byte => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return (index, attributes),
            (None, b'"' | b'\'') if index > 0 && rest[index - 1] == b'=' => quote = Some(*byte),
            (None, b' ' | b'\n' | b'\t' | b'\r' | b'/' | b'\x0c') => in_name = false,
            (None, _) if !in_name => {
                in_name = true;
                attributes += 1;
            }
            (None, _) => {}
        }
    }
    (rest.len(), attributes)
}

/// Where the end tag of an element begins that holds text and no elements.
fn raw_text_end(text: &str, from: usize, name: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(found) = bytes[at..].windows(2).position(|pair| pair == b"</") {
        at += found;
        let after = bytes.get(at + 2..at + 2 + name.len());
        if after.is_some_and(|after| after.eq_ignore_ascii_case(name.as_bytes())) {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn refused(text: &str) -> Option<&'static str> {
        parse(text, Budget::default()).err()
    }

    #[test]
    fn ordinary_pages_pass() {
        let rows = "<tr><td>1<td>2<p>a<p>b<br><img src=x>".repeat(2_000);
        assert_eq!(refused(&format!("<table>{rows}</table>")), None);
        let script = format!("<script>if (a<b) {{ x = '<div>'; }}{}</script><p>x</p>", "<div>".repeat(2_000));
        assert_eq!(refused(&script), None);
        assert_eq!(refused(&"<ul><li>a</li></ul>".repeat(10_000)), None);
        assert_eq!(refused(&format!("<a title=\"{}\">x</a>", "a b > ".repeat(5_000))), None);
    }

    #[test]
    fn what_a_parser_is_slow_with_is_refused_at_once() {
        assert!(refused(&"<div>".repeat(100_000)).unwrap().contains("nested"));
        assert!(refused(&"<b><i>".repeat(50_000)).unwrap().contains("nested"));
        let attributes: String = (0..200_000).map(|number| format!(" a{number}=1")).collect();
        assert!(refused(&format!("<p{attributes}>")).unwrap().contains("attributes"));
    }

    #[test]
    fn a_page_that_takes_too_long_is_left() {
        let budget = Budget { time: Duration::ZERO, ..Budget::default() };
        assert!(parse(&"<p>a</p>".repeat(10_000), budget).unwrap_err().contains("time"));
    }
}
