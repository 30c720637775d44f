//! Any bytes as a body in some charset, declared or not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sosik::fetch::charset::decode;

fuzz_target!(|bytes: &[u8]| {
    const TYPES: [Option<&str>; 6] = [
        None,
        Some("text/html; charset=euc-kr"),
        Some("text/html; charset=utf-16le"),
        Some("text/html; charset=iso-2022-jp"),
        Some("text/html; charset=x-user-defined"),
        Some("text/html; charset=\"utf-8"),
    ];
    let (first, rest) = bytes.split_first().map_or((0, bytes), |(first, rest)| (usize::from(*first), rest));
    let text = decode(rest, TYPES[first % TYPES.len()], [None, Some("kr"), Some("jp")][first % 3]);
    // A text is at most three bytes for each byte of a legacy charset.
    assert!(text.len() <= 16 + rest.len() * 4);
});
