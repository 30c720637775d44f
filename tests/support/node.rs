//! Programs for Node, in the folder into which `scripts/test` installs what they need: readers of feeds.

#![allow(unreachable_pub, reason = "a test program exports nothing")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::python::installed;

/// Runs a module of the project with `input` as JSON for its last argument, and reads JSON from its output.
///
/// # Panics
/// When it fails; the message holds what it said.
pub fn run(script: &str, input: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
    let source = std::fs::read_to_string(&script).expect("a file of the project");
    let folder = installed().join("node");
    // A module that is evaluated finds its packages from where it runs; one in a file only beside that file.
    let output = Command::new("node")
        .args(["--input-type=module", "--eval", &source, "--", &input.to_string()])
        .current_dir(&folder)
        .output()
        .unwrap_or_else(|error| {
            panic!("node does not start in {} ({error}); scripts/test --only-install makes it", folder.display())
        });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} failed on {input}:\n{said}", script.display());
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}\n{said}", String::from_utf8_lossy(&output.stdout)))
}
