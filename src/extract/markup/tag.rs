//! Tags and their attributes (HTML standard §13.2.5.6 to 8, 32 to 40).

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{EndTag, StartTag, Tag};
use html5ever::{Attribute, LocalName, QualName, ns};
use memchr::memchr;

use super::part::part;
use super::reference;
use crate::extract::contract::ExtractError;

/// A tag, and where it ends.
pub(super) struct Read {
    /// The tag.
    pub(super) tag: Tag,
    /// The place behind it.
    pub(super) end: usize,
}

/// How many names are remembered.
const REMEMBERED: usize = 128;

/// Names of tags and attributes that were met last: most come again and again.
pub(super) struct Names<'t> {
    met: Vec<Option<(&'t str, LocalName)>>,
    /// The attributes of the tag that is read, so that each list is made at its length.
    attributes: Vec<Attribute>,
}

impl Default for Names<'_> {
    fn default() -> Self {
        Self { met: vec![None; REMEMBERED], attributes: Vec::new() }
    }
}

impl<'t> Names<'t> {
    /// The name of a tag or an attribute, in small letters.
    fn of(&mut self, name: &'t str) -> LocalName {
        let bytes = name.as_bytes();
        let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return LocalName::from(name) };
        let middle = bytes[bytes.len() / 2];
        let mixed = usize::from(first) * 7 + usize::from(last) * 31 + usize::from(middle) * 13 + bytes.len() * 3;
        let place = &mut self.met[mixed % REMEMBERED];
        if let Some((met, known)) = place
            && *met == name
        {
            return known.clone();
        }
        let known = if bytes.iter().any(u8::is_ascii_uppercase) {
            LocalName::from(name.to_ascii_lowercase())
        } else {
            LocalName::from(name)
        };
        *place = Some((name, known.clone()));
        known
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0c | b' ')
}

/// Reads the tag that begins at a place of the page; `None` where the page ends within it. With more attributes than
/// `most` it is refused.
pub(super) fn read<'t>(
    text: &'t str,
    page: &StrTendril,
    from: usize,
    closes: bool,
    names: &mut Names<'t>,
    most: usize,
) -> Result<Option<Read>, ExtractError> {
    let bytes = text.as_bytes();
    let begin = from + 1 + usize::from(closes);
    let ends = |byte: &u8| is_space(*byte) || matches!(byte, b'/' | b'>');
    let Some(length) = bytes[begin..].iter().position(ends) else { return Ok(None) };
    let mut at = begin + length;
    let mut count = 0;
    let mut tag = Tag {
        kind: if closes { EndTag } else { StartTag },
        name: names.of(&text[begin..at]),
        self_closing: false,
        attrs: Vec::new(),
        had_duplicate_attributes: false,
    };
    names.attributes.clear();
    loop {
        let Some(&byte) = bytes.get(at) else { return Ok(None) };
        match byte {
            b'>' => break,
            b'/' => tag.self_closing = bytes.get(at + 1) == Some(&b'>'),
            _ if is_space(byte) => {}
            _ => {
                count += 1;
                if count > most {
                    return Err(ExtractError::Budget { what: "attributes on one tag", limit: most });
                }
                let Some(name_end) = end_of_name(bytes, at) else { return Ok(None) };
                let name = names.of(&text[at..name_end]);
                let Some((value, behind)) = read_value(text, page, name_end) else { return Ok(None) };
                at = behind;
                if names.attributes.iter().any(|attribute| attribute.name.local == name) {
                    tag.had_duplicate_attributes = true;
                } else {
                    names.attributes.push(Attribute { name: QualName::new(None, ns!(), name), value });
                }
                continue;
            }
        }
        at += 1;
    }
    tag.attrs = names.attributes.drain(..).collect();
    Ok(Some(Read { tag, end: at + 1 }))
}

/// Where the name of an attribute ends. What it begins with is a part of it, be it a sign that parts.
fn end_of_name(bytes: &[u8], at: usize) -> Option<usize> {
    let ends = |byte: &u8| is_space(*byte) || matches!(byte, b'/' | b'>' | b'=');
    bytes[at + 1..].iter().position(ends).map(|length| at + 1 + length)
}

/// The value behind a name, and the place behind it.
fn read_value(text: &str, page: &StrTendril, name_end: usize) -> Option<(StrTendril, usize)> {
    let bytes = text.as_bytes();
    let past_spaces = |at: usize| bytes[at..].iter().position(|&byte| !is_space(byte)).map(|length| at + length);
    let sign = past_spaces(name_end)?;
    if bytes[sign] != b'=' {
        return Some((StrTendril::new(), sign));
    }
    let begin = past_spaces(sign + 1)?;
    let (from, until, behind) = match bytes[begin] {
        b'>' => return Some((StrTendril::new(), begin)),
        quote @ (b'"' | b'\'') => {
            let until = begin + 1 + memchr(quote, &bytes[begin + 1..])?;
            (begin + 1, until, until + 1)
        }
        _ => {
            let until = begin + bytes[begin..].iter().position(|&byte| is_space(byte) || byte == b'>')?;
            (begin, until, until)
        }
    };
    let value = match memchr(b'&', &bytes[from..until]) {
        Some(first) => reference::resolved(&text[from..until], first, true),
        None => part(page, from, until),
    };
    Some((value, behind))
}
