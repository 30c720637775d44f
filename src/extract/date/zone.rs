//! The zone in which a page's dates are written.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The zone of the first of `names` that the zone database knows, else the one that the language suggests.
///
/// A Korean blog without a word about its zone means Seoul; a language of many zones suggests none, so UTC.
pub fn zone_of<'a>(names: impl IntoIterator<Item = Option<&'a str>>, language: Option<&str>) -> TimeZone {
    names.into_iter().flatten().find_map(named).or_else(|| named(zone_of_language(language?)?)).unwrap_or(TimeZone::UTC)
}

/// The zone of an IANA name, by the database in this program: so a blog's days are the same on every machine, and the
/// machine's own need not be searched.
pub(in crate::extract) fn named(name: &str) -> Option<TimeZone> {
    static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
    ZONES.get(name).ok()
}

fn zone_of_language(language: &str) -> Option<&'static str> {
    match language.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
        "ko" => Some("Asia/Seoul"),
        "ja" => Some("Asia/Tokyo"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_is_heard_before_the_recipe_and_the_language() {
        for (names, language, expected) in [
            ([Some("Europe/Berlin"), Some("Asia/Seoul")], Some("ja"), "Europe/Berlin"),
            ([None, Some("Asia/Seoul")], Some("en"), "Asia/Seoul"),
            ([Some("Nowhere/Land"), None], Some("ko-KR"), "Asia/Seoul"),
            ([None, None], Some("ja"), "Asia/Tokyo"),
            ([None, None], Some("en"), "UTC"),
            ([None, None], None, "UTC"),
        ] {
            assert_eq!(zone_of(names, language).iana_name(), Some(expected), "{names:?} {language:?}");
        }
    }
}
