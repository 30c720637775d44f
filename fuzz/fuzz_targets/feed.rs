//! Any bytes as RSS, Atom, JSON Feed or a sitemap.
#![no_main]

mod page;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (media_type, rest) = match bytes.split_first() {
        Some((b'j', rest)) => (Some("application/feed+json"), rest),
        Some((b'x', rest)) => (Some("application/xml"), rest),
        _ => (None, bytes),
    };
    if let Ok(read) = page::read(&String::from_utf8_lossy(rest), media_type, Vec::new()) {
        page::holds(&read);
    }
});
