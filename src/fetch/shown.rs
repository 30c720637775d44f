//! A URL as people and logs may see it.

use url::Url;

/// The URL without user, password and fragment; of its query only the numbers are shown, since anything else may be
/// a secret.
pub(super) fn shown(url: &Url) -> String {
    let mut plain = url.clone();
    // Both fail only for URLs that cannot have a user, which therefore show none.
    let _ = plain.set_username("");
    let _ = plain.set_password(None);
    plain.set_fragment(None);
    let query: Option<Vec<String>> = url.query().map(|query| {
        query
            .split('&')
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) if value.len() <= 9 && value.bytes().all(|digit| digit.is_ascii_digit()) => {
                    format!("{name}={value}")
                }
                Some((name, _)) => format!("{name}=…"),
                None => "…".to_owned(),
            })
            .collect()
    });
    plain.set_query(None);
    match query {
        Some(query) => format!("{plain}?{}", query.join("&")),
        None => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        for (url, expected) in [
            ("https://x.org/a?page=2&token=s3cret#top", "https://x.org/a?page=2&token=…"),
            ("https://me:pass@x.org/?abcdef", "https://x.org/?…"),
            ("https://x.org/entry", "https://x.org/entry"),
            ("file:///tmp/x.html", "file:///tmp/x.html"),
        ] {
            assert_eq!(shown(&Url::parse(url).unwrap()), expected);
        }
    }
}
