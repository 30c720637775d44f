//! The rules of the house, held by a test: who may import whom, who may say what, how a file looks.
//!
//! docs/architecture.md tells why. A new room gets its line in [`FLOORS`]; a rule that stands in the way is
//! changed here, in the open, or the code is.

#[path = "support/code.rs"]
mod code;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use code::Code;
use regex::Regex;

/// Each room and its floor. A room imports only from lower floors, so rooms of one floor don't know each other.
const FLOORS: &[(&str, u8)] = &[
    ("model", 1),
    ("clock", 1),
    ("schedule", 2),
    ("extract", 2),
    ("diff", 2),
    ("catalog", 2),
    ("feed", 2),
    ("fetch", 2),
    ("store", 2),
    ("notify", 2),
    ("rules", 2),
    ("service", 2),
    ("poll", 3),
    ("learn", 3),
    ("announce", 3),
    ("agent", 3),
    ("deliver", 3),
    ("publish", 3),
    ("serve", 3),
    ("run", 4),
    ("config", 5),
    ("app", 6),
    ("cli", 7),
];

/// Rooms of values: no effects, no time but what they are given.
const PURE: &[&str] = &["schedule", "extract", "diff", "catalog", "feed", "rules", "model"];

/// Looks at a clock only to stop a hostile page: nothing that is read depends on it.
const BOUNDS_TIME: &[&str] = &["src/extract/budget.rs"];

/// What a pure room never says.
const EFFECTS: &[&str] = &[
    r"\basync\s+(fn|move)\b",
    r"\.await\b",
    r"\btracing::",
    r"\bstd::(fs|net|process|thread|env)\b",
    r"\btokio::",
    r"\bcrate::clock\b",
    r"\b(Instant|SystemTime)\b",
];

/// What only one room says: the words, and the paths below src/ that may.
const RESERVED: &[(&str, &[&str])] = &[
    (r"\brusqlite(_migration)?\b", &["store/"]),
    (r"\btokio_postgres(_rustls)?\b", &["store/postgres/", "store/sql/"]),
    (r"\breqwest\b", &["fetch/", "fetch.rs"]),
    (r"\baxum\b", &["serve/", "serve.rs"]),
    (r"\blettre\b", &["notify/email/"]),
    (r"\b(notify_rust|zbus)\b", &["notify/desktop/", "notify/desktop.rs"]),
    (r"\bsd_notify\b", &["run/lifecycle.rs"]),
    (r"\bclap\b", &["cli/", "cli.rs", "main.rs"]),
    (r"\be?print(ln)?!", &["cli/", "cli.rs", "main.rs"]),
    (r"\bio::(stdout|stderr)\b", &["cli/", "cli.rs", "main.rs"]),
];

/// SQL, as it stands in strings.
const SQL: &str =
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|DELETE\s+FROM|UPDATE\s+\w+\s+SET|CREATE\s+TABLE|PRAGMA\s+\w+)\b";

/// What no file says.
const UNFINISHED: &str = r"\b(todo|unimplemented|dbg)!";

/// Lines in a file, at most. Past it, look for the second idea.
const LONGEST_FILE: usize = 500;

/// A Rust file.
struct SourceFile {
    /// Below the project, with `/`.
    path: String,
    text: String,
    code: Code,
}

/// A place where a rule is broken.
struct Breach {
    path: String,
    line: usize,
    what: String,
    rule: String,
}

impl SourceFile {
    fn breach(&self, line: usize, what: impl Into<String>, rule: impl Into<String>) -> Breach {
        Breach { path: self.path.clone(), line, what: what.into(), rule: rule.into() }
    }

    /// Every match of a pattern in `code`, which is this file's.
    fn matches(&self, code: &str, pattern: &str, rule: &str) -> Vec<Breach> {
        let pattern = Regex::new(pattern).expect("a pattern of this file");
        let line_of = |offset: usize| 1 + code[..offset].matches('\n').count();
        pattern.find_iter(code).map(|found| self.breach(line_of(found.start()), found.as_str(), rule)).collect()
    }

    /// The path below src/, for files that are there.
    fn in_src(&self) -> Option<&str> {
        self.path.strip_prefix("src/")
    }

    /// The modules from the crate's root to this file's own.
    fn module(&self) -> Vec<String> {
        let path = self.in_src().unwrap_or_default().trim_end_matches(".rs");
        let path = path.strip_suffix("/mod").unwrap_or(path);
        path.split('/').filter(|name| !matches!(*name, "lib" | "main")).map(str::to_owned).collect()
    }

    /// Whether all of it are unit tests.
    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// The paths that it names, from the crate's root, with their lines; its own tests' `super` left out.
    fn paths(&self) -> Vec<(usize, Vec<String>)> {
        let last = self.code.without_tests().bare.lines().count();
        let paths = self.code.paths().into_iter();
        let paths = paths.filter(|path| path.segments[0] == "crate" || (path.line <= last && !self.is_test()));
        paths.map(|path| (path.line, absolute(&self.module(), &path.segments))).collect()
    }
}

/// `crate::a::b`, or `super::b` said in a module, as `[a, b]`.
fn absolute(module: &[String], segments: &[String]) -> Vec<String> {
    let ups = segments.iter().take_while(|segment| *segment == "super").count();
    let above = if ups == 0 { &[][..] } else { &module[..module.len().saturating_sub(ups)] };
    above.iter().chain(&segments[ups.max(1)..]).cloned().collect()
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder whose name ends so, in order; nothing where the folder is missing.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(project().join(folder)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    let below = |path: PathBuf| {
        let name = path.strip_prefix(project()).expect("below the project").to_string_lossy().into_owned();
        if path.is_dir() { files(&name, ending) } else { Vec::from_iter(name.ends_with(ending).then_some(path)) }
    };
    paths.into_iter().flat_map(below).collect()
}

fn name_of(path: &Path) -> String {
    path.strip_prefix(project()).expect("below the project").to_string_lossy().into_owned()
}

fn rust_files(folders: &[&str]) -> Vec<SourceFile> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a UTF-8 source file");
        SourceFile { path: name_of(&path), code: Code::read(&text), text }
    };
    folders.iter().flat_map(|folder| files(folder, ".rs")).map(read).collect()
}

/// Fails with every breach, one a line.
fn hold(breaches: &[Breach]) {
    let told: Vec<String> =
        breaches.iter().map(|b| format!("{}:{}: {:?}\n    rule: {}", b.path, b.line, b.what, b.rule)).collect();
    assert!(told.is_empty(), "{} rules of the house are broken:\n{}\n", told.len(), told.join("\n"));
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// What is wrong with one file's imports across rooms.
fn floor_breaches(file: &SourceFile) -> Vec<Breach> {
    let module = file.module();
    let Some(room) = module.first() else {
        return Vec::new();
    };
    let Some(own) = floor(room) else {
        return vec![file.breach(1, room, "every room stands in FLOORS of tests/tidy.rs")];
    };
    let mut breaches = Vec::new();
    for (line, path) in file.paths() {
        let Some(target) = path.first().filter(|target| *target != room && *target != "*") else {
            continue;
        };
        let what = format!("crate::{}", path.join("::"));
        match floor(target) {
            None => {
                breaches.push(file.breach(line, what, "paths begin at a room; lib.rs gives the inside nothing else"));
            }
            Some(floor) if floor >= own => {
                let rule = format!("{room} (floor {own}) imports from lower floors only; {target} is on floor {floor}");
                breaches.push(file.breach(line, what, rule));
            }
            Some(_) => {}
        }
    }
    breaches
}

/// Where a file imports what a `mod.rs` above it lends out, instead of the child that owns it.
fn door_breaches(file: &SourceFile, modules: &BTreeSet<Vec<String>>) -> Vec<Breach> {
    let module = file.module();
    let is_door = |depth: usize| project().join("src").join(module[..depth].join("/")).join("mod.rs").exists();
    let mut breaches = Vec::new();
    for (line, path) in file.paths() {
        for depth in (1..module.len()).filter(|&depth| is_door(depth)) {
            let through = path.len() > depth && path[..depth] == module[..depth];
            if through && !modules.contains(&path[..=depth]) && !file.is_test() {
                let rule = format!("a child never imports its own door src/{}/mod.rs", module[..depth].join("/"));
                breaches.push(file.breach(line, format!("crate::{}", path.join("::")), rule));
            }
        }
    }
    breaches
}

#[test]
fn a_room_imports_from_lower_floors_only() {
    hold(&rust_files(&["src"]).iter().flat_map(floor_breaches).collect::<Vec<_>>());
}

#[test]
fn a_child_never_imports_its_own_door() {
    let files = rust_files(&["src"]);
    let modules: BTreeSet<Vec<String>> = files.iter().map(SourceFile::module).collect();
    hold(&files.iter().flat_map(|file| door_breaches(file, &modules)).collect::<Vec<_>>());
}

#[test]
fn a_package_is_spoken_to_by_one_room() {
    let mut breaches = Vec::new();
    for file in rust_files(&["src"]) {
        let place = file.in_src().expect("below src");
        let code = if file.is_test() { Code::read("") } else { file.code.without_tests() };
        for (pattern, homes) in RESERVED {
            if !homes.iter().any(|home| place.starts_with(home)) {
                breaches.extend(file.matches(&code.bare, pattern, &format!("only {} may say that", homes.join(", "))));
            }
        }
        if !place.starts_with("store/") {
            breaches.extend(file.matches(&code.with_strings, SQL, "only store/ says SQL"));
        }
    }
    hold(&breaches);
}

#[test]
fn pure_rooms_have_no_effects() {
    let mut breaches = Vec::new();
    for file in rust_files(&["src"]).iter().filter(|file| !file.is_test()) {
        let is_pure = file.module().first().is_some_and(|room| PURE.contains(&room.as_str()));
        if is_pure && !BOUNDS_TIME.contains(&file.path.as_str()) {
            let code = file.code.without_tests();
            let rule = "a pure room has no async, clock, I/O or logging: take the value instead";
            breaches.extend(EFFECTS.iter().flat_map(|effect| file.matches(&code.bare, effect, rule)));
        }
    }
    hold(&breaches);
}

#[test]
fn a_file_says_what_it_owns_and_stays_short_and_whole() {
    let mut breaches = Vec::new();
    for file in rust_files(&["src", "tests", "benches", "examples"]) {
        if !file.text.starts_with("//! ") {
            breaches.push(file.breach(
                1,
                file.text.lines().next().unwrap_or_default(),
                "a file opens with `//!`: what it owns",
            ));
        }
        let lines = file.text.lines().count();
        if lines > LONGEST_FILE {
            let rule = format!("a file has at most {LONGEST_FILE} lines: look for the second idea");
            breaches.push(file.breach(lines, format!("{lines} lines"), rule));
        }
        breaches.extend(file.matches(&file.code.bare, UNFINISHED, "nothing is left for later"));
    }
    hold(&breaches);
}

#[test]
fn what_is_named_exists() {
    let units: BTreeSet<String> = ["systemd/system", "systemd/user"]
        .iter()
        .flat_map(|folder| files(folder, ""))
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    let texts = ["README.md", "CONTRIBUTING.md", "docs", "systemd", "scripts", ".ci", "config"];
    let texts = texts.iter().flat_map(|place| match project().join(place) {
        file if file.is_file() => vec![file],
        _ => files(place, ""),
    });
    let unit = Regex::new(r"\bsosik[a-z-]*\.(?:service|timer|socket)\b").expect("a pattern");
    let preset_file = Regex::new(r"\bconfig/presets/([a-z0-9-]+)\.toml\b").expect("a pattern");
    let preset_key = Regex::new(r#"\bpreset = "([a-z0-9-]+)""#).expect("a pattern");
    let mut breaches = Vec::new();
    for path in texts {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            let missing_units = unit.find_iter(line).map(|found| found.as_str()).filter(|name| !units.contains(*name));
            let presets = preset_file.captures_iter(line).chain(preset_key.captures_iter(line));
            let presets = presets.map(|found| format!("config/presets/{}.toml", &found[1]));
            let missing_presets = presets.filter(|file| !project().join(file).exists());
            let missing = missing_units.map(str::to_owned).chain(missing_presets);
            breaches.extend(missing.map(|what| Breach {
                path: name_of(&path),
                line: index + 1,
                what,
                rule: "what a text names exists in the project".to_owned(),
            }));
        }
    }
    hold(&breaches);
}

#[test]
fn the_reader_of_code_sees_paths_and_no_comments() {
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = Code::read(text).paths().iter().map(|path| path.segments.join("::")).collect();
        assert_eq!(found, expected, "{text}");
    }
    check("use crate::model::post::Post;", &["crate::model::post::Post"]);
    check(
        "use crate::{clock::Clock, model::{self, link::*}};",
        &["crate::clock::Clock", "crate::model", "crate::model::link::*"],
    );
    check(
        "fn f() -> crate::store::Error { super::super::a::b::<T>() }",
        &["crate::store::Error", "super::super::a::b"],
    );
    check("// crate::a::b\n/* /* crate::c */ super::d */ let x = \"crate::e\";", &[]);
    check("let c = '\"'; let l: &'a str = r#\"\"crate::f\"#; crate::g();", &["crate::g"]);
    check("use crate::a as b; use super::c as d;", &["crate::a", "super::c"]);
    let lines: Vec<_> = Code::read("\n\nuse crate::{\n  a,\n  b,\n};").paths().iter().map(|path| path.line).collect();
    assert_eq!(lines, [4, 5]);
}

#[test]
fn the_rules_find_what_breaks_them() {
    fn rules(path: &str, text: &str) -> Vec<String> {
        let file = SourceFile { path: path.to_owned(), code: Code::read(text), text: text.to_owned() };
        let modules = BTreeSet::from([vec!["model".to_owned(), "link".to_owned()]]);
        floor_breaches(&file).into_iter().chain(door_breaches(&file, &modules)).map(|breach| breach.rule).collect()
    }
    let upwards = "diff (floor 2) imports from lower floors only; store is on floor 2";
    assert_eq!(rules("src/diff.rs", "use crate::store::Known;"), [upwards]);
    assert_eq!(rules("src/diff.rs", "use crate::{model::link, clock};"), [""; 0]);
    assert_eq!(rules("src/cellar.rs", ""), ["every room stands in FLOORS of tests/tidy.rs"]);
    let door = "a child never imports its own door src/model/mod.rs";
    assert_eq!(rules("src/model/post.rs", "use super::{link::PostKey, Post};"), [door]);
    assert_eq!(rules("src/model/post.rs", "#[cfg(test)]\nmod tests {\n    use super::Post;\n}"), [""; 0]);
}
