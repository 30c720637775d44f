//! Markup inside a feed → plain text, in one pass over its letters.
//!
//! No tree: a feed may hold hundreds of texts, and building hostile markup is dear. Entities are resolved once, after
//! the tags are gone, so that an escaped `<` stays a letter. What only looks like a tag (`<String>` in a title) stays.

use quick_xml::escape::resolve_html5_entity;

use crate::extract::tags::is_html;

/// Letters of one text that are looked at: more than any title or excerpt needs.
const MOST: usize = 65_536;

/// Elements whose text nobody sees.
const UNSEEN: &[&str] = &["script", "style", "iframe", "svg", "noscript", "template", "figcaption"];

/// Elements that stand within a line; around all others there is white space.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "ruby", "s", "small",
    "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// The text without markup.
pub(super) fn plain(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(MOST)];
    // As long as the text itself, letter for letter.
    let lower = text.to_ascii_lowercase();
    let mut seen = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        seen.push_str(before);
        let Some(name) = name_of(tag) else {
            // A lone `<` is a letter.
            seen.push('<');
            rest = &tag[1..];
            continue;
        };
        rest = match tag.strip_prefix("<!--") {
            Some(comment) => comment.split_once("-->").map_or("", |(_, behind)| behind),
            None => tag.split_once('>').map_or("", |(_, behind)| behind),
        };
        if !INLINE.contains(&name.as_str()) {
            seen.push(' ');
        }
        if UNSEEN.contains(&name.as_str()) && !tag.starts_with("</") {
            let end = format!("</{name}");
            rest = lower[lower.len() - rest.len()..].find(&end).map_or("", |at| &rest[at..]);
        }
    }
    seen.push_str(rest);
    unescaped(&seen)
}

/// The name of the tag that a text begins with; `!` for what is no element.
fn name_of(tag: &str) -> Option<String> {
    let inner = tag[1..].trim_start_matches('/');
    if inner.starts_with(['!', '?']) {
        return Some("!".to_owned());
    }
    let name: String = inner.chars().take_while(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    let is_custom = inner[name.len()..].starts_with('-');
    (is_custom || is_html(&name)).then_some(name)
}

/// The text with its references resolved; what is none stays as it is.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest[1..].find(';').filter(|end| *end <= 32).map(|end| &rest[1..=end]);
        match reference.and_then(resolved) {
            Some(letters) => {
                plain.push_str(&letters);
                rest = &rest[reference.map_or(1, str::len) + 2..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn resolved(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else { return resolve_html5_entity(name).map(str::to_owned) };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        for (markup, expected) in [
            ("<p>a &amp; b</p>", " a & b "),
            ("a<br>b", "a b"),
            ("a <b>bold</b>ly", "a boldly"),
            ("1 < 2 & 3", "1 < 2 & 3"),
            ("List&lt;String&gt;", "List<String>"),
            ("x<script>alert('<p>')</script>y", "x  y"),
            ("List<String> & Map<K, V>", "List<String> & Map<K, V>"),
            ("&nbsp;&#x41;&#66;&bogus;", "\u{a0}AB&bogus;"),
            ("<!-- <b> -->c", " c"),
            ("cut <a href=", "cut "),
        ] {
            assert_eq!(plain(markup), expected, "{markup:?}");
        }
    }
}
