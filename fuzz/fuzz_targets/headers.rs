//! Any bytes as the headers that say when to ask again, and as a `Content-Type`.
#![no_main]

mod page;

use libfuzzer_sys::fuzz_target;
use sosik::fetch::{charset, wishes_in};

fuzz_target!(|bytes: &[u8]| {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let status = match lines.next().and_then(|line| line.first()) {
        Some(b'4') => 429,
        Some(b'5') => 503,
        Some(b'3') => 304,
        _ => 200,
    };
    let names: [&[u8]; 5] = [b"retry-after", b"cache-control", b"expires", b"age", b"date"];
    let values: Vec<&[u8]> = lines.by_ref().take(names.len()).collect();
    let headers: Vec<(&[u8], &[u8])> = names.into_iter().zip(values).collect();
    let wishes = wishes_in(status, &headers, page::now());
    let day = 24 * 60 * 60;
    assert!(wishes.fresh_for_seconds.is_none_or(|seconds| seconds <= day));
    let bound = page::now() + jiff::SignedDuration::from_secs(i64::from(day));
    assert!(wishes.retry_at.is_none_or(|at| at >= page::now() && at <= bound));
    let content_type = lines.next().map(String::from_utf8_lossy);
    let _ = charset::decode(bytes, content_type.as_deref(), Some("kr"));
});
