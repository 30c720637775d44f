//! A disk that fails: at any write, at any sync, by an error or with the process.
//!
//! strace puts the fault into the real program at the real system call. By default every seventh call is tried;
//! `scripts/faults-io` tries each, and adds what needs privileges: a disk that is full and one that is read-only.

use std::process::Command;

use crate::feeds::paths;
use crate::support::blog::Blog;
use crate::support::sosik::Sosik;

/// Of how many calls one is tried; `SOSIK_FAULT_STRIDE` is another number.
const STRIDE: usize = 7;

fn stride() -> usize {
    std::env::var("SOSIK_FAULT_STRIDE").map_or(STRIDE, |stride| stride.parse().expect("SOSIK_FAULT_STRIDE is a number"))
}

/// `sosik refresh` with these options of strace.
fn traced(sosik: &Sosik, options: &[&str]) -> Command {
    let plain = sosik.command(&["refresh"]);
    let mut traced = Command::new("strace");
    traced.args(["-f", "-o"]).arg(sosik.path("trace")).args(options).arg(plain.get_program()).args(plain.get_args());
    traced.current_dir(sosik.path(".")).env_clear().stdin(std::process::Stdio::null());
    for (name, value) in plain.get_envs() {
        if let Some(value) = value {
            traced.env(name, value);
        }
    }
    traced
}

/// strace's options for these calls, and for those that this disk has not: files without a name that get one.
fn watched(names: &str, has_nameless: bool) -> Vec<String> {
    let of = |option: String| ["-e".to_owned(), option];
    if has_nameless {
        return of(format!("trace={names}")).to_vec();
    }
    [of(format!("trace={names},linkat")), of("inject=linkat:error=EPERM".to_owned())].concat()
}

/// How often each thread of a refresh makes one of these calls, at most.
fn calls(sosik: &Sosik, names: &str, has_nameless: bool) -> usize {
    let options = watched(names, has_nameless);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let output = traced(sosik, &options).output().expect("strace is installed");
    assert!(output.status.success(), "{output:?}");
    let trace = std::fs::read_to_string(sosik.path("trace")).unwrap();
    let mut threads = std::collections::BTreeMap::<&str, usize>::new();
    for line in
        trace.lines().filter(|line| line.contains(" = ") && !line.contains("resumed") && !line.contains("INJECTED"))
    {
        *threads.entry(line.split_whitespace().next().unwrap()).or_default() += 1;
    }
    threads.into_values().max().unwrap_or_default()
}

/// Puts the fault into every so-many-th call of a first look and of a second one; after each the next refresh puts all
/// right, nothing was announced twice, and no feed was ever torn.
fn survives(names: &str, what: &str, lasts: &str) {
    survives_where(true, names, what, lasts);
}

/// As [`survives`], on a disk that may not know files without a name.
fn survives_where(has_nameless: bool, names: &str, what: &str, lasts: &str) {
    let blog = Blog::with_posts(12);
    let new = || Sosik::watching(&blog).with("[notify.desktop]\nenabled = true");
    let count = calls(&new(), names, has_nameless);
    assert!(count > 3, "{names} is called: {count}");
    let wanted: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
    for nth in (1..=count).step_by(stride()) {
        let sosik = new();
        let fault = format!("inject={names}:{what}:when={nth}{lasts}");
        let options = watched(names, has_nameless);
        let options: Vec<&str> = options.iter().map(String::as_str).chain(["-e", &*fault]).collect();
        let output = traced(&sosik, &options).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if let Some(code) = output.status.code() {
            assert!([0, 4, 5].contains(&code), "{fault}: exit {code}: {said}");
            assert!(code == 0 || said.contains("help:"), "{fault}: {said}");
        }
        // What is there of files is whole.
        for (path, file) in sosik.published() {
            if !path.contains("/.") && !path.starts_with('.') {
                let text = String::from_utf8(file.bytes).unwrap();
                assert!(text.trim_end().ends_with(['>', '}']), "{fault}: {path} is torn");
            }
        }
        let again = sosik.run(&["refresh"]);
        assert_eq!(again.code, Some(0), "{fault}: {}{}", said, again.stderr);
        assert!(!again.stderr.contains("could not be used"), "{fault}: the state was damaged: {}", again.stderr);
        assert_eq!(paths(&sosik, "blog.atom"), wanted, "{fault}");
        assert_eq!(
            sosik.run(&["status", "--json"]).success().json()["outbox"]["owed"],
            0,
            "{fault}: a first look is silent"
        );
        let backup = sosik.run(&["backup", "whole.db"]).success();
        assert!(backup.stdout.contains("12 posts"), "{fault}: {}", backup.stdout);
    }
}

#[test]
fn a_kill_at_any_write_into_the_state() {
    survives("pwrite64", "signal=KILL", "");
}

#[test]
fn a_disk_that_is_full_from_any_write_on() {
    survives("pwrite64", "error=ENOSPC", "+");
}

#[test]
fn a_disk_that_is_read_only_from_any_write_on() {
    survives("pwrite64", "error=EROFS", "+");
}

#[test]
fn a_disk_that_fails_at_any_write() {
    survives("pwrite64", "error=EIO", "");
}

#[test]
fn a_disk_that_fails_at_any_sync() {
    survives("fsync,fdatasync", "error=EIO", "");
}

#[test]
fn a_kill_at_any_sync() {
    survives("fsync,fdatasync", "signal=KILL", "");
}

#[test]
fn a_kill_before_any_file_gets_its_name() {
    survives("linkat", "signal=KILL", "");
}

#[test]
fn a_kill_at_any_rename_of_a_file() {
    survives_where(false, "rename,renameat,renameat2", "signal=KILL", "");
}
