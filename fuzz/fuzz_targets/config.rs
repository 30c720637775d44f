//! Any text as a configuration: checked, changed by commands, and as a list of subscriptions.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use sosik::app::configure_text;
use sosik::config::{Overrides, edit, foreign};
use sosik::model::source::SourceId;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let env = |name: &str| (name == "HOME").then(|| "/nonexistent".to_owned());
    let read = |text: &str| configure_text(text, Path::new("/nonexistent/sosik.toml"), &Overrides::default(), &env);
    if let Ok(config) = read(&text) {
        let new = SourceId::try_from("fuzzed-id".to_owned()).expect("a plain id");
        for source in config.sources.iter().take(3) {
            let id = source.id.as_str();
            // What a command changes is a configuration still, and means what was asked for.
            if let Ok(paused) = edit::set_paused(&text, id, true) {
                assert!(read(&paused).is_ok_and(|after| after.sources.len() == config.sources.len()), "{paused}");
            }
            let _ = (edit::remove(&text, id), edit::rename(&text, id, &new));
        }
    }
    if let Some(form) = foreign::form_of(&text) {
        if let Ok(found) = foreign::read(form, &text) {
            assert!(found.found.iter().all(|found| matches!(found.url.scheme(), "http" | "https")));
        }
    }
});
