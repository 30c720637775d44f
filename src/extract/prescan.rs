//! A cheap look at the tags of what is left to html5ever's tokenizer: too many, or too many attributes on one, and the page
//! is refused. What `markup` reads itself it counts itself.
//!
//! One linear pass over the bytes. It follows the tokenizer (HTML standard §13.2.5) only as far as counting needs:
//! comments, quoted values, and the raw text of scripts and styles hold no tags.

use super::budget::Budget;
use super::contract::ExtractError;

/// Elements whose text is not markup.
const RAW: &[&str] = &["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// Fails for a page that a parser should not be given.
pub(super) fn refuse_excess(html: &str, budget: &Budget) -> Result<(), ExtractError> {
    let bytes = html.as_bytes();
    let (mut at, mut tags) = (0, 0usize);
    while let Some(found) = find(bytes, at, b'<') {
        at = found + 1;
        if bytes[at..].starts_with(b"!--") {
            at = html.get(at + 3..).and_then(|rest| rest.find("-->")).map_or(bytes.len(), |end| at + 3 + end);
            continue;
        }
        if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        tags += 1;
        if tags > budget.tags {
            return Err(ExtractError::Budget { what: "tags", limit: budget.tags });
        }
        let name_end =
            bytes[at..].iter().position(|byte| !byte.is_ascii_alphanumeric()).map_or(bytes.len(), |n| at + n);
        let name = &bytes[at..name_end];
        let tail = attributes(bytes, name_end);
        if tail.count > budget.attributes {
            return Err(ExtractError::Budget { what: "attributes on one tag", limit: budget.attributes });
        }
        at = tail.end;
        if let Some(raw) = RAW.iter().find(|raw| name.eq_ignore_ascii_case(raw.as_bytes())) {
            at = end_of_raw(bytes, at, raw);
        }
    }
    Ok(())
}

/// What follows the name of a tag.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tail {
    /// How many attributes it has.
    pub(super) count: usize,
    /// Where the tag ends.
    pub(super) end: usize,
    /// Whether it ends with `/>`.
    pub(super) closes_itself: bool,
    /// Whether it ends at all.
    pub(super) is_closed: bool,
}

/// Where in a tag behind its name the next byte stands (§13.2.5.32 to 39).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Between,
    Name,
    BehindName,
    BeforeValue,
}

/// What follows the name of a tag that ends at `at`.
pub(super) fn attributes(bytes: &[u8], mut at: usize) -> Tail {
    let mut count = 0;
    let (mut place, mut closes_itself) = (Place::Between, false);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        let slash = std::mem::take(&mut closes_itself);
        place = match (byte, place) {
            (b'>', _) => return Tail { count, end: at, closes_itself: slash, is_closed: true },
            (b' ' | b'\t' | b'\n' | b'\r' | b'\x0c', Place::Name) => Place::BehindName,
            (b' ' | b'\t' | b'\n' | b'\r' | b'\x0c', place) => place,
            (b'"' | b'\'', Place::BeforeValue) => {
                at = find(bytes, at, byte).map_or(bytes.len(), |end| end + 1);
                Place::Between
            }
            (_, Place::BeforeValue) => {
                // A value without quotes ends at white space or at the end of the tag.
                let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'>';
                at = bytes[at..].iter().position(ends).map_or(bytes.len(), |n| at + n);
                Place::Between
            }
            (b'/', _) => {
                closes_itself = true;
                Place::Between
            }
            (b'=', Place::Name | Place::BehindName) => Place::BeforeValue,
            (_, Place::Name) => Place::Name,
            (_, Place::Between | Place::BehindName) => {
                count += 1;
                Place::Name
            }
        };
    }
    Tail { count, end: at, closes_itself: false, is_closed: false }
}

/// Where the end tag of a raw element begins.
pub(super) fn end_of_raw(bytes: &[u8], from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(found) = find(bytes, at, b'<') {
        let rest = &bytes[found + 1..];
        let is_behind = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
        if rest.first() == Some(&b'/')
            && rest.get(1..=name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
            && rest.get(name.len() + 1).is_none_or(is_behind)
        {
            return found;
        }
        at = found + 1;
    }
    bytes.len()
}

/// Where a byte stands next.
pub(super) fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    memchr::memchr(wanted, bytes.get(from..)?).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: Result<(), &str>) {
        let budget = Budget { tags: 5, attributes: 3, ..Budget::default() };
        let read = refuse_excess(html, &budget).map_err(|error| match error {
            ExtractError::Budget { what, .. } => what,
            other => panic!("{other}"),
        });
        assert_eq!(read, expected, "{html:?}");
    }

    #[test]
    fn only_tags_and_their_attributes_count() {
        check("<p><p><p><p><p></p></p>", Ok(()));
        check("<p><p><p><p><p><p>", Err("tags"));
        check("<!-- <p><p><p><p><p><p> --><p>", Ok(()));
        check("<script>if (a<b) '<p><p><p><p><p><p>'</script>", Ok(()));
        check("<a b c d>", Ok(()));
        check("<a b c d e>", Err("attributes on one tag"));
        check("<a b=1 c='x y z > w' d=\"a b c\"/>", Ok(()));
        check("<a b = 1 c=2 d=3 e=4>", Err("attributes on one tag"));
        check("a < b, 3 <4 and <a b='never closed <p><p><p><p><p><p>", Ok(()));
        check("<script>never closed <p><p><p><p><p><p>", Ok(()));
        check("", Ok(()));
    }
}
