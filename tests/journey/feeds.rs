//! What the tests ask of a feed file, read with a feed reader's own parser.

use std::collections::BTreeMap;

use feed_rs::model::Entry;
use jiff::tz::TimeZone;

use crate::support::blog::Row;
use crate::support::sosik::Sosik;

/// The entries of one published feed by the path of their link, in the order of the document.
pub(crate) fn entries(sosik: &Sosik, path: &str) -> Vec<(String, Entry)> {
    let text = sosik.feed(path);
    let feed = feed_rs::parser::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
    feed.entries
        .into_iter()
        .map(|entry| {
            let link = url::Url::parse(&entry.links[0].href).expect("an absolute link");
            (link.path().to_owned(), entry)
        })
        .collect()
}

/// The paths of a feed's posts, in the order of the document.
pub(crate) fn paths(sosik: &Sosik, path: &str) -> Vec<String> {
    entries(sosik, path).into_iter().map(|(path, _)| path).collect()
}

/// The ids of a feed's posts by path.
pub(crate) fn ids(sosik: &Sosik, path: &str) -> BTreeMap<String, String> {
    entries(sosik, path).into_iter().map(|(path, entry)| (path, entry.id)).collect()
}

/// Holds the feed in every format against what the blog truly shows.
pub(crate) fn assert_holds(sosik: &Sosik, path: &str, truth: &[Row]) {
    for extension in ["rss", "atom", "json"] {
        let file = format!("{path}.{extension}");
        let found = entries(sosik, &file);
        let wanted: Vec<&str> = truth.iter().map(|row| row.path.as_str()).collect();
        let shown: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(shown, wanted, "{file}");
        for ((_, entry), row) in found.iter().zip(truth) {
            assert_eq!(entry.title.as_ref().map(|title| title.content.as_str()), Some(row.title.as_str()), "{file}");
            if let Some(date) = &row.date {
                let published = entry.published.expect("a published date");
                let at = jiff::Timestamp::from_second(published.timestamp()).unwrap();
                let day = at.to_zoned(TimeZone::get("Asia/Seoul").unwrap()).date();
                assert_eq!(&day.to_string(), date, "{file} {}", row.path);
            }
        }
    }
}
