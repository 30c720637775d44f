//! What a post brings along: a sound, a film, a file (RSS 2.0 `enclosure`, RFC 4287 §4.2.7, JSON Feed attachments).

use serde::{Deserialize, Serialize};
use url::Url;

/// A file beside a post's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosure {
    /// Where it is; absolute, http or https.
    pub url: String,
    /// What it is: `audio/mpeg`.
    pub media_type: String,
    /// How many bytes it has, where a page or a feed says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
}

/// What files are by the ending of their address.
const TYPES: &[(&str, &[&str])] = &[
    ("audio/mpeg", &["mp3"]),
    ("audio/mp4", &["m4a", "m4b"]),
    ("audio/aac", &["aac"]),
    ("audio/ogg", &["ogg", "oga", "opus"]),
    ("audio/flac", &["flac"]),
    ("audio/wav", &["wav"]),
    ("video/mp4", &["mp4", "m4v"]),
    ("video/webm", &["webm"]),
    ("video/quicktime", &["mov"]),
    ("application/pdf", &["pdf"]),
    ("application/epub+zip", &["epub"]),
    ("application/zip", &["zip"]),
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/png", &["png"]),
    ("image/gif", &["gif"]),
    ("image/webp", &["webp"]),
];

/// What is said of a file of which nobody says what it is.
const UNKNOWN: &str = "application/octet-stream";

impl Enclosure {
    /// The file at `url`: of the type that is told, where it is one, else of that which its address ends with.
    pub fn new(url: &Url, told: Option<&str>, length: Option<u64>) -> Self {
        let media_type = told.map(str::trim).filter(|told| is_media_type(told)).map(str::to_ascii_lowercase);
        let media_type = media_type.unwrap_or_else(|| by_ending(url).to_owned());
        Self { url: url.to_string(), media_type, length }
    }
}

fn by_ending(url: &Url) -> &'static str {
    let ending = url.path().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    TYPES.iter().find(|(_, endings)| endings.contains(&ending.as_str())).map_or(UNKNOWN, |(media_type, _)| media_type)
}

/// Whether a text is `type/subtype` (RFC 6838 §4.2).
pub fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        (1..=127).contains(&name.len())
            && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&letter))
    };
    text.split_once('/').is_some_and(|(kind, sub)| is_name(kind) && is_name(sub))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_is_told_or_what_its_address_ends_with() {
        for (url, told, expected) in [
            ("https://x.org/1.mp3?a=b.pdf", None, "audio/mpeg"),
            ("https://x.org/1.MP3", Some(" "), "audio/mpeg"),
            ("https://x.org/1.mp3", Some("Audio/X-M4A"), "audio/x-m4a"),
            ("https://x.org/1.mp3", Some("mp3"), "audio/mpeg"),
            ("https://x.org/1.mp3", Some("audio/\"><script>"), "audio/mpeg"),
            ("https://x.org/listen", None, UNKNOWN),
        ] {
            let enclosure = Enclosure::new(&Url::parse(url).unwrap(), told, None);
            assert_eq!(enclosure.media_type, expected, "{url} {told:?}");
        }
    }
}
