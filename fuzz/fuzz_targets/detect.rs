//! Any bytes as a page that is read by its structure or by the preset that knows it.
#![no_main]

mod page;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(read) = page::read(&String::from_utf8_lossy(bytes), Some("text/html"), Vec::new()) {
        page::holds(&read);
    }
});
