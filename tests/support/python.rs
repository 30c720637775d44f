//! Programs in Python, in the environment that `scripts/test` makes: a browser that is driven, and readers of feeds.

#![allow(unreachable_pub, reason = "a test program exports nothing")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The folder into which `scripts/test` installs what the tests need.
pub fn installed() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache"))).unwrap_or_default();
    cache.join("sosik-test")
}

/// The interpreter of the environment.
pub fn interpreter() -> PathBuf {
    std::env::var_os("SOSIK_TEST_PYTHON").map_or_else(|| installed().join("python/bin/python"), PathBuf::from)
}

/// Runs a script of the project, gives it `input` as JSON on its standard input, and reads JSON from its output.
///
/// # Panics
/// When it fails; the message holds what it said.
pub fn run(script: &str, input: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
    let interpreter = interpreter();
    let mut child = Command::new(&interpreter)
        .arg(&script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{} does not start ({error}); scripts/test --only-install makes it", interpreter.display())
        });
    let mut stdin = child.stdin.take().expect("a pipe was asked for");
    // A script that ends at once says why below.
    let _ = stdin.write_all(input.to_string().as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("its output can be read");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} failed:\n{said}", script.display());
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}\n{said}", String::from_utf8_lossy(&output.stdout)))
}
