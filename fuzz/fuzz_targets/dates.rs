//! Any text as a date: alone, and in a format that a recipe names.
#![no_main]

mod page;

use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use sosik::extract::date::{read, read_with_format};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let seoul = TimeZone::get("Asia/Seoul").expect("the zone database is embedded");
    if let Some(published) = read(&text, &seoul, page::now()) {
        assert!(published.at.as_second() >= -14 * 3_600 && published.at < page::now() + jiff::SignedDuration::from_hours(72));
        // What is written down is read as the same.
        let written = published.to_string();
        let again = read(&written, &seoul, page::now()).expect("our own form is read");
        assert_eq!(again.to_string(), written);
    }
    if let Some((format, text)) = text.split_once('\n') {
        let _ = read_with_format(text, format, &seoul);
    }
});
