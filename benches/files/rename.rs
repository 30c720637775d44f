//! Writes every file of a folder again into another by the least that can be done: beside it, and renamed into its place.
//!
//! `rustc -O rename.rs && ./rename FROM TO`: all is read first, then written; prints the microseconds of processor time that
//! writing one took, its folder included.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

fn main() {
    let mut given = std::env::args_os().skip(1).map(PathBuf::from);
    let (from, to) = (given.next().expect("FROM"), given.next().expect("TO"));
    let mut files = Vec::new();
    collect(&from, &mut files);
    let files: Vec<(PathBuf, Vec<u8>)> = files
        .into_iter()
        .map(|file| {
            let bytes = fs::read(&file).expect("a file");
            (to.join(file.strip_prefix(&from).expect("below")), bytes)
        })
        .collect();
    let before = spent();
    for (file, bytes) in &files {
        let beside = file.with_extension("tmp");
        let mut open = fs::File::create(&beside).or_else(|_| {
            fs::create_dir_all(file.parent().expect("a folder"))?;
            fs::File::create(&beside)
        });
        open.as_mut().expect("a file").write_all(bytes).expect("room");
        drop(open);
        fs::rename(&beside, file).expect("a place");
    }
    let micros = (spent() - before) / files.len() as f64 * 1e6;
    println!("{micros:.1}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

/// Seconds of processor time, user and system, that this process took until now.
fn spent() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit_once(')').expect("a name").1.split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<f64>().expect("a number");
    (ticks(11) + ticks(12)) / 100.0
}
