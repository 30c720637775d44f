//! Content codings (RFC 9110 §8.4, §12.5.3): which one a reader wants, and how it is made.

use std::io::Write;

use axum::http::{HeaderMap, header};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Shorter bodies fit into one packet as they are.
const WORTH_IT: usize = 1024;

/// Where a higher one gains little for documents of this kind and costs several times the time.
const BROTLI_QUALITY: u32 = 5;
const BROTLI_WINDOW: u32 = 22;
const ZSTD_LEVEL: i32 = 6;

/// How a body is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Brotli,
    Zstd,
}

/// The codings by what we would rather send.
const BY_TASTE: [(&str, Coding); 3] = [("br", Coding::Brotli), ("zstd", Coding::Zstd), ("gzip", Coding::Gzip)];

impl Coding {
    /// What a reader wants most. As it is, where he says nothing or refuses all that we have.
    pub(super) fn wanted(headers: &HeaderMap) -> Self {
        let listed: Vec<(String, u16)> = headers
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(weighed)
            .collect();
        let weight = |name: &str| {
            let named = listed.iter().find(|(listed, _)| listed == name || (name == "gzip" && listed == "x-gzip"));
            named.or_else(|| listed.iter().find(|(listed, _)| listed == "*")).map_or(0, |(_, weight)| *weight)
        };
        let identity = listed.iter().find(|(listed, _)| listed == "identity").map_or(0, |(_, weight)| *weight);
        let mut best = (identity.max(1), Self::Identity);
        for (name, coding) in BY_TASTE {
            let weight = weight(name);
            if weight > best.0 || (weight == best.0 && best.1 == Self::Identity) {
                best = (weight, coding);
            }
        }
        best.1
    }

    /// The value of `Content-Encoding`.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// What stays worth it for a body of that size.
    pub(super) fn for_size(self, bytes: usize) -> Self {
        if bytes < WORTH_IT { Self::Identity } else { self }
    }

    /// The bytes, coded.
    pub(super) fn encode(self, bytes: &[u8]) -> Vec<u8> {
        let coded = match self {
            Self::Identity => Ok(bytes.to_vec()),
            Self::Gzip => {
                let mut writer = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::default());
                writer.write_all(bytes).and_then(|()| writer.finish())
            }
            Self::Brotli => {
                let mut coded = Vec::with_capacity(bytes.len() / 3);
                let mut writer = brotli::CompressorWriter::new(&mut coded, 4096, BROTLI_QUALITY, BROTLI_WINDOW);
                let written = writer.write_all(bytes).and_then(|()| writer.flush());
                drop(writer);
                written.map(|()| coded)
            }
            Self::Zstd => zstd::bulk::compress(bytes, ZSTD_LEVEL),
        };
        coded.expect("memory takes every byte")
    }
}

/// A coding and its weight in thousandths; what cannot be read counts nothing.
fn weighed(item: &str) -> (String, u16) {
    let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
    (name.trim().to_ascii_lowercase(), weight(parameters))
}

/// The weight that `q=` gives, in thousandths (RFC 9110 §12.4.2); 1000 without one.
pub(super) fn weight(parameters: &str) -> u16 {
    let quality = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let Some(quality) = quality else { return 1000 };
    match quality.parse::<f32>() {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
        Ok(quality) if (0.0..=1.0).contains(&quality) => (quality * 1000.0).round() as u16,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accepted: &str, expected: Coding) {
        let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, accepted.parse().unwrap())]);
        assert_eq!(Coding::wanted(&headers), expected, "{accepted:?}");
    }

    #[test]
    fn the_reader_chooses_and_we_break_ties() {
        assert_eq!(Coding::wanted(&HeaderMap::new()), Coding::Identity);
        check("", Coding::Identity);
        check("gzip", Coding::Gzip);
        check("x-gzip", Coding::Gzip);
        check("gzip, deflate, br, zstd", Coding::Brotli);
        check("gzip, zstd", Coding::Zstd);
        check("gzip;q=1.0, br;q=0.5", Coding::Gzip);
        check("GZIP;Q=0.001", Coding::Gzip);
        check("gzip;q=0", Coding::Identity);
        check("*", Coding::Brotli);
        check("br;q=0, *;q=0.5", Coding::Zstd);
        check("identity, gzip;q=0.5", Coding::Identity);
        check("identity;q=0.5, gzip", Coding::Gzip);
        check("identity;q=0", Coding::Identity);
        check("gzip;q=x", Coding::Identity);
        check("deflate", Coding::Identity);
    }
}
