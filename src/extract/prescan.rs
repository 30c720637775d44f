//! A cheap look at a page's tags before it is parsed: too many, or too many attributes on one, and it is refused.
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
        let (attributes, end) = attributes(bytes, name_end);
        if attributes > budget.attributes {
            return Err(ExtractError::Budget { what: "attributes on one tag", limit: budget.attributes });
        }
        at = end;
        if let Some(raw) = RAW.iter().find(|raw| name.eq_ignore_ascii_case(raw.as_bytes())) {
            at = end_of_raw(bytes, at, raw);
        }
    }
    Ok(())
}

/// How many attributes the tag has whose name ends at `at`, and where the tag ends.
fn attributes(bytes: &[u8], mut at: usize) -> (usize, usize) {
    let mut count = 0;
    let (mut in_name, mut after_equals) = (false, false);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'>' => return (count, at),
            b'"' | b'\'' if after_equals => {
                at = find(bytes, at, byte).map_or(bytes.len(), |end| end + 1);
                (in_name, after_equals) = (false, false);
            }
            b'=' if in_name => (in_name, after_equals) = (false, true),
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/' if !after_equals => in_name = false,
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => {}
            _ if after_equals => {
                // A value without quotes ends at white space or at the end of the tag.
                at = bytes[at..]
                    .iter()
                    .position(|byte| byte.is_ascii_whitespace() || *byte == b'>')
                    .map_or(bytes.len(), |n| at + n);
                after_equals = false;
            }
            _ if !in_name => {
                count += 1;
                in_name = true;
            }
            _ => {}
        }
    }
    (count, at)
}

/// Where the end tag of a raw element begins.
fn end_of_raw(bytes: &[u8], from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(found) = find(bytes, at, b'<') {
        let rest = &bytes[found + 1..];
        if rest.first() == Some(&b'/')
            && rest.get(1..=name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
        {
            return found;
        }
        at = found + 1;
    }
    bytes.len()
}

fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    bytes.get(from..)?.iter().position(|byte| *byte == wanted).map(|at| from + at)
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
