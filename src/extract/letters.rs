//! What a letter is, told without the tables of Unicode for those that most texts are of.
//!
//! The answers are those of the standard library; the tests ask it about every character.

use std::borrow::Cow;

/// Whether a character is of a script without small letters: kana, ideographs, Hangul syllables.
pub(super) fn has_one_case(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// As [`char::is_alphabetic`].
pub(super) fn is_alphabetic(character: char) -> bool {
    match character {
        '\0'..='\u{7f}' => character.is_ascii_alphabetic(),
        '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => true,
        _ => character.is_alphabetic(),
    }
}

/// As [`char::is_alphanumeric`].
pub(super) fn is_alphanumeric(character: char) -> bool {
    match character {
        '\0'..='\u{7f}' => character.is_ascii_alphanumeric(),
        '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => true,
        _ => character.is_alphanumeric(),
    }
}

/// Puts a character behind a text in lower case.
pub(super) fn push_lower(text: &mut String, character: char) {
    if character.is_ascii() {
        text.push(character.to_ascii_lowercase());
    } else if has_one_case(character) {
        text.push(character);
    } else {
        text.extend(character.to_lowercase());
    }
}

/// As [`str::to_lowercase`]: the text itself where it has no capitals.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    let is_small = |character: char| {
        if character.is_ascii() { !character.is_ascii_uppercase() } else { has_one_case(character) }
    };
    if text.chars().all(is_small) {
        return Cow::Borrowed(text);
    }
    // The end of a word changes what this letter becomes, and no other.
    if text.contains('Σ') {
        return Cow::Owned(text.to_lowercase());
    }
    let mut small = String::with_capacity(text.len());
    text.chars().for_each(|character| push_lower(&mut small, character));
    Cow::Owned(small)
}

/// As [`lower`], of a short text of ASCII in the place that is given for it.
pub(super) fn lower_in<'t>(text: &'t str, place: &'t mut [u8]) -> Cow<'t, str> {
    let Some(place) = place.get_mut(..text.len()).filter(|_| text.is_ascii()) else { return lower(text) };
    place.copy_from_slice(text.as_bytes());
    place.make_ascii_lowercase();
    std::str::from_utf8(place).map_or_else(|_| lower(text), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_character_is_what_the_standard_library_says() {
        for character in '\0'..=char::MAX {
            assert_eq!(is_alphabetic(character), character.is_alphabetic(), "{character:?}");
            assert_eq!(is_alphanumeric(character), character.is_alphanumeric(), "{character:?}");
            let mut pushed = String::new();
            push_lower(&mut pushed, character);
            assert_eq!(pushed, character.to_lowercase().to_string(), "{character:?}");
            assert_eq!(lower(&character.to_string()), character.to_string().to_lowercase(), "{character:?}");
        }
    }

    proptest! {
        #[test]
        fn texts_in_lower_case_are_those_of_the_standard_library(text in r"([ -~]|[가-힣]|[Α-ω]|\PC){0,12}") {
            prop_assert_eq!(lower(&text), text.to_lowercase());
            let mut place = [0; 8];
            prop_assert_eq!(lower_in(&text, &mut place), text.to_lowercase());
        }
    }
}
