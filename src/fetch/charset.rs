//! From bytes to text, whatever the page says about its charset.
//!
//! Pure. A byte order mark counts first, as browsers have it (WHATWG Encoding §6). Then the bytes speak before the
//! labels: what is UTF-8 cannot look so by chance. Then header, `<meta>` and XML declaration in that order, each
//! believed only if it decodes what is there; a guess comes last. Browsers trust the header alone, but a poller
//! must read the page as its author sees it after pressing "repair text encoding".

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// Where a `<meta>` may stand; browsers read 1 KiB, and blogs put scripts before it.
const PRESCAN_BYTES: usize = 4 * 1024;

/// How much the guess is shown.
const GUESS_BYTES: usize = 256 * 1024;

/// One broken character in this many is an accident in a text that is otherwise as declared.
const ACCIDENT: usize = 1000;

/// The text of a body. `content_type` is the header as it came; `tld` the last label of the host, which tells a
/// guess about languages.
pub fn decode(bytes: &[u8], content_type: Option<&str>, tld: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    let header = content_type.and_then(header_label).and_then(known);
    let meta = || prescan(&bytes[..bytes.len().min(PRESCAN_BYTES)]);
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        // Two kinds of charset hide in what looks like ASCII.
        let hidden = || {
            let wide = header.filter(|encoding| *encoding == UTF_16LE || *encoding == UTF_16BE);
            let shifts = || header.into_iter().chain(meta()).find(|encoding| *encoding == ISO_2022_JP);
            wide.or_else(|| if bytes.contains(&0x1b) { shifts() } else { None })
        };
        return match if text.is_ascii() { hidden() } else { None } {
            Some(encoding) => Reading::of(encoding, bytes).text,
            None => text.to_owned(),
        };
    }
    let meta = meta();
    let utf8 = Reading::of(UTF_8, bytes);
    if utf8.is_rather_utf8() {
        return utf8.text;
    }
    let mut first: Option<Reading> = None;
    for encoding in in_order_of_trust(header, meta) {
        let reading = if encoding == UTF_8 { utf8.clone() } else { Reading::of(encoding, bytes) };
        if reading.is_as_declared() {
            return reading.text;
        }
        first = first.or(Some(reading));
    }
    let guess = Reading::of(guess(bytes, tld), bytes);
    match first {
        // A charset of single bytes reads anything, so its cleanness alone says nothing.
        Some(declared) if guess.encoding.is_single_byte() && declared.is_mostly_read() => declared.text,
        Some(declared) if declared.broken <= guess.broken => declared.text,
        _ => guess.text,
    }
}

/// The bytes read in one charset.
#[derive(Debug, Clone)]
struct Reading {
    encoding: &'static Encoding,
    text: String,
    characters: usize,
    foreign: usize,
    broken: usize,
}

impl Reading {
    fn of(encoding: &'static Encoding, bytes: &[u8]) -> Self {
        let text = encoding.decode_without_bom_handling(bytes).0.into_owned();
        let (mut characters, mut foreign, mut broken) = (0, 0, 0);
        for character in text.chars() {
            characters += 1;
            foreign += usize::from(!character.is_ascii());
            broken += usize::from(character == char::REPLACEMENT_CHARACTER);
        }
        Self { encoding, text, characters, foreign, broken }
    }

    /// Nothing but UTF-8 has nine well-formed sequences for each broken one.
    fn is_rather_utf8(&self) -> bool {
        self.broken * 10 <= self.foreign
    }

    fn is_as_declared(&self) -> bool {
        self.broken * ACCIDENT <= self.characters
    }

    fn is_mostly_read(&self) -> bool {
        self.broken * 20 <= self.foreign
    }
}

/// Header before meta, but a header that says ISO-8859-1 is often the server's default, set by nobody.
fn in_order_of_trust(
    header: Option<&'static Encoding>,
    meta: Option<&'static Encoding>,
) -> impl Iterator<Item = &'static Encoding> {
    let (first, second) = if header == Some(WINDOWS_1252) && meta.is_some() { (meta, header) } else { (header, meta) };
    first.into_iter().chain(second)
}

fn guess(bytes: &[u8], tld: Option<&str>) -> &'static Encoding {
    let start = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0).saturating_sub(1024);
    let end = bytes.len().min(start + GUESS_BYTES);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[start..end], end == bytes.len());
    let tld = tld.filter(|tld| {
        tld.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'-' || letter.is_ascii_digit())
    });
    detector.guess(tld.map(str::as_bytes), Utf8Detection::Allow)
}

/// The charset of this label. Labels that stand for "do not decode" count as unknown.
fn known(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label.trim_matches(['"', '\'', ' ']).as_bytes())?;
    Some(if encoding == X_USER_DEFINED { WINDOWS_1252 } else { encoding })
}

/// The value of `charset` in a Content-Type, in the header or in a meta.
fn header_label(content_type: &str) -> Option<&str> {
    let mut rest = content_type;
    loop {
        let at = rest.to_ascii_lowercase().find("charset")?;
        rest = rest[at + "charset".len()..].trim_start();
        if let Some(value) = rest.strip_prefix('=') {
            let value = value.trim_start();
            return match value.chars().next()? {
                quote @ ('"' | '\'') => value[1..].split(quote).next(),
                _ => value.split([';', ',', ' ', '\t']).next(),
            };
        }
    }
}

/// What the head of the document says about its charset: an XML declaration or the first meta that speaks of it.
fn prescan(head: &[u8]) -> Option<&'static Encoding> {
    // Byte by byte, so that positions hold whatever the charset is.
    let head: String = head.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect();
    let label = xml_label(&head).or_else(|| meta_label(&head))?;
    // What reads like ASCII up to here cannot be UTF-16 (HTML §13.2.3.2).
    known(&label).map(|encoding| if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

fn xml_label(head: &str) -> Option<String> {
    let declaration = head.trim_start().strip_prefix("<?xml")?.split("?>").next()?;
    attributes(declaration).into_iter().find(|(name, _)| name == "encoding").map(|(_, value)| value)
}

fn meta_label(head: &str) -> Option<String> {
    let lower = head.to_ascii_lowercase();
    let mut at = 0;
    while let Some(found) = lower[at..].find('<') {
        at += found;
        if lower[at..].starts_with("<!--") {
            at += 4 + lower[at + 4..].find("-->")?;
            continue;
        }
        at += 1;
        let Some(tag) = lower[at..].strip_prefix("meta").filter(|tag| tag.starts_with(['/', ' ', '\t', '\n', '\r']))
        else {
            continue;
        };
        let attributes = attributes(tag);
        let value = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        let label = value("charset").or_else(|| {
            value("http-equiv").filter(|kind| kind.trim() == "content-type")?;
            header_label(value("content")?)
        });
        if let Some(label) = label {
            return Some(label.to_owned());
        }
    }
    None
}

/// The attributes of a tag whose name was already read, up to its `>`.
fn attributes(tag: &str) -> Vec<(String, String)> {
    const SPACE: [char; 5] = [' ', '\t', '\n', '\r', '\u{c}'];
    let mut found = Vec::new();
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|letter| SPACE.contains(&letter) || letter == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return found;
        }
        let end = rest[1..].find(|letter| SPACE.contains(&letter) || matches!(letter, '=' | '>' | '/'));
        let (name, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        rest = after.trim_start_matches(SPACE);
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start_matches(SPACE);
            (value, rest) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                _ => {
                    after.split_at(after.find(|letter| SPACE.contains(&letter) || letter == '>').unwrap_or(after.len()))
                }
            };
        }
        found.push((name.to_owned(), value.to_owned()));
    }
}

#[cfg(test)]
mod tests;
