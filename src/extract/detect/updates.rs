//! The words by which pages tell that a date is that of a later change.

use std::sync::LazyLock;

/// Words of a class or text that tell of a later change.
pub(super) const UPDATES: &[&str] = &["update", "updated", "modified", "lastmod", "edited", "수정", "업데이트", "갱신"];

/// The same within texts, in lower case.
const TEXTS: &str = "updated|modified|last edit|수정|업데이트|更新|обновл|измен|оновлен|aktualisiert|geändert|actualizad|modifié|\
    mis à jour|atualizad|aggiornat|bijgewerkt|zaktualizowan|güncelle|cập nhật";

/// Whether a text in lower case tells of a later change.
pub(super) fn names_update(text: &str) -> bool {
    static BY_FIRST: LazyLock<[Vec<&str>; 256]> = LazyLock::new(|| {
        let begin = |first: usize| move |word: &&str| usize::from(word.as_bytes()[0]) == first;
        std::array::from_fn(|first| TEXTS.split('|').filter(begin(first)).collect())
    });
    let bytes = text.as_bytes();
    let begins =
        |at: usize| BY_FIRST[usize::from(bytes[at])].iter().any(|word| bytes[at..].starts_with(word.as_bytes()));
    (0..bytes.len()).any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn changes_are_told_in_many_languages() {
        for (text, expected) in [
            ("updated 2020-07-10", true),
            ("last modified: july 10", true),
            ("마지막 수정 2020", true),
            ("обновлено 10 июля", true),
            ("mis à jour le 10 juillet", true),
            ("update 2020", false),
            ("published july 10, 2020", false),
            ("", false),
        ] {
            assert_eq!(names_update(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn each_word_is_found_wherever_it_stands(text in "([a-zé ]|수정|업|갱신|updated|cập nhật|mis à jour|date|last edit|modifi){0,6}") {
            prop_assert_eq!(names_update(&text), TEXTS.split('|').any(|word| text.contains(word)), "{:?}", text);
        }
    }
}
