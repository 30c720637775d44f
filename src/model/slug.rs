//! Slugs: the part of a feed's path that names a source or a category.
//!
//! The rules are a promise to subscribers (docs/configuration.md): NFC, lower case, white space and `/` to
//! `-`, letters and digits of every script kept, `+ # .` spelled, other punctuation dropped, at most 80 bytes.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest slug in bytes: two levels and an extension stay under the 255 bytes of a file name.
const MAX_BYTES: usize = 80;

/// The slug of one category label. Never empty, never begins with `_`.
///
/// ```
/// use sosik::model::slug::of_label;
/// assert_eq!(of_label("C++"), "c-plus-plus");
/// assert_eq!(of_label("Node.js"), "node-js");
/// assert_eq!(of_label("여름 휴가"), "여름-휴가");
/// ```
pub fn of_label(label: &str) -> String {
    let mut slug = String::with_capacity(label.len());
    for character in label.nfc().flat_map(char::to_lowercase).nfc() {
        match character {
            '+' => slug.push_str("-plus-"),
            '#' => slug.push_str("-sharp-"),
            '.' | '/' | '-' => slug.push('-'),
            white if white.is_whitespace() => slug.push('-'),
            kept if kept.is_alphanumeric() || is_combining_mark(kept) => slug.push(kept),
            _ => {}
        }
    }
    let slug = slug.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    // What was dropped may have stood between marks that belong in another order (or in one letter) without it.
    let slug: String = slug.nfc().collect();
    let slug = cut(&slug, MAX_BYTES);
    if slug.is_empty() { "category".to_owned() } else { slug.to_owned() }
}

/// `slug`, or the first of `slug-2`, `slug-3`, … that is not taken, within the same length.
pub fn unique(slug: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut unique = slug.to_owned();
    let mut number = 1_u64;
    while taken(&unique) {
        number += 1;
        let suffix = format!("-{number}");
        unique = format!("{}{suffix}", cut(slug, MAX_BYTES - suffix.len()));
    }
    unique
}

/// The longest prefix of at most `bytes` bytes that ends on a character and not with a hyphen.
fn cut(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].trim_end_matches('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(label: &str, expected: &str) {
        assert_eq!(of_label(label), expected, "{label:?}");
    }

    #[test]
    fn labels_become_slugs() {
        check("Big Data", "big-data");
        check("C++", "c-plus-plus");
        check("C#", "c-sharp");
        check("F# & OCaml", "f-sharp-ocaml");
        check("Node.js", "node-js");
        check(".NET", "net");
        check("TCP/IP", "tcp-ip");
        check("일상", "일상");
        check("\u{1112}\u{1161}\u{11ab}글", "한글");
        check("ÉCOLE", "école");
        check("हिन्दी", "हिन्दी");
        check("_private_", "private");
        check("🚀", "category");
        check("  a   b  ", "a-b");
        check("../../etc/passwd", "etc-passwd");
    }

    #[test]
    fn long_labels_are_cut_on_a_character() {
        let slug = of_label(&"가".repeat(100));
        assert_eq!(slug.len(), 78);
        let numbered = unique(&slug, |taken| taken == slug);
        assert!(numbered.len() <= MAX_BYTES && numbered.ends_with("-2"), "{numbered}");
    }

    proptest::proptest! {
        #[test]
        fn a_slug_is_one_segment_of_a_path_whatever_the_label(label in "\\PC{0,120}|[./\\\\\\-_~%\\x00 a가]{0,60}") {
            let slug = of_label(&label);
            proptest::prop_assert!(!slug.is_empty() && slug.len() <= MAX_BYTES, "{slug:?}");
            proptest::prop_assert!(!slug.starts_with(['_', '.', '-', '~']) && !slug.ends_with('-'), "{slug:?}");
            let strange = |letter: char| letter.is_control() || letter.is_whitespace() || "./\\%?#&<>\"'".contains(letter);
            proptest::prop_assert!(!slug.contains(strange), "{slug:?}");
            // What is in a path already is minted to itself: a slug does not wander.
            proptest::prop_assert_eq!(of_label(&slug), slug.clone());
            let taken = [slug.clone(), unique(&slug, |taken| taken == slug)];
            let third = unique(&slug, |slug| taken.iter().any(|taken| taken == slug));
            proptest::prop_assert!(!taken.contains(&third) && third.len() <= MAX_BYTES, "{third}");
        }
    }
}
