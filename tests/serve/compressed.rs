//! Content codings: each reader gets the one that he wants, under the same tag.

use std::io::Read;

use crate::given::*;

/// A feed long enough to be worth it.
async fn served_long() -> Served {
    let served = served().await;
    let posts = (10..40).map(|number| post(&format!("/{number}"), &format!("Post {number}"), number, &["Long"]));
    poll(&*served.store, "slow", posts.collect()).await;
    served
}

fn decode(coding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        "gzip" => flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap(),
        "br" => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut plain).unwrap(),
        "zstd" => zstd::stream::read::Decoder::new(bytes).unwrap().read_to_end(&mut plain).unwrap(),
        other => panic!("{other:?}"),
    };
    plain
}

#[tokio::test]
async fn feeds_pages_and_lists_are_coded_as_the_reader_wants() {
    let served = served_long().await;
    for path in ["/feeds/slow.atom", "/feeds/slow/long.json", "/opml", "/style.css", "/sources/slow"] {
        let plain = served.get(path).await;
        assert!(!plain.headers.contains_key("content-encoding"), "{path}");
        for (accepted, coding) in [("gzip", "gzip"), ("gzip, br", "br"), ("zstd;q=1, br;q=0.9", "zstd")] {
            // Twice: made, and kept.
            for _ in 0..2 {
                let answer = served.get_with(path, &[("Accept-Encoding", accepted)]).await;
                assert_eq!((answer.status, answer.header("content-encoding")), (200, coding), "{path}");
                assert_eq!(answer.header("etag"), plain.header("etag"), "{path}");
                assert!(answer.header("vary").contains("accept-encoding"), "{path}");
                assert_eq!(answer.header("content-length"), answer.body.len().to_string());
                assert!(answer.body.len() < plain.body.len() / 2, "{path} {coding}");
                assert!(decode(coding, &answer.body) == plain.body, "{path} {coding}");
            }
        }
        for refused in ["gzip;q=0", "deflate", "identity"] {
            let answer = served.get_with(path, &[("Accept-Encoding", refused)]).await;
            assert!(answer.body == plain.body, "{path} {refused}");
        }
    }
    let short = served.get_with("/healthz", &[("Accept-Encoding", "gzip")]).await;
    assert_eq!(short.text(), "ok\n");
}
