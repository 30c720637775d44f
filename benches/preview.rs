//! What `sosik preview` costs beside a bare parse of the same pages by `scraper`, in this process and as a process.
//!
//! `cargo bench --bench preview -- FOLDER` takes every `*.html` below the folder; a `meta.json` beside it may name the
//! page's address (`page_url` or `base_url`). Without a folder the fixtures are taken, which are small: then the start
//! of the process is all there is. The fingerprint stands for every field that was read, the learnt recipes and
//! explanations included: it stays the same as long as no page is read otherwise.

#![allow(clippy::print_stdout, reason = "a benchmark tells figures")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use sosik::extract::{CompiledRecipe, Context, read};
use sosik::fetch::charset;
use sosik::model::page::{Page, Validators};
use sosik::model::source::{HtmlRecipe, Recipe};
use support::{median, micros, of_program, of_thread, quantile};
use url::Url;
use xxhash_rust::xxh3::Xxh3;

/// As in the product.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How often each page is read: the median counts.
const ROUNDS: usize = 7;

/// By which this program knows that it is the bare parse.
const BARE: &str = "--only-parse";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [BARE, file] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        let bytes = std::fs::read(file).expect("the page is there");
        std::hint::black_box(scraper::Html::parse_document(&String::from_utf8_lossy(&bytes)));
        return;
    }
    let folder = arguments.first().map_or_else(|| "tests/fixtures".to_owned(), Clone::clone);
    let pages = pages(Path::new(&folder));
    assert!(!pages.is_empty(), "no *.html below {folder}");
    let bytes: Vec<usize> = pages.iter().map(|(_, page)| page.text.len()).collect();
    println!("{} pages below {folder}, median {} bytes, {ROUNDS} rounds", pages.len(), median(&bytes));
    in_process(&pages);
    as_processes(&pages);
}

/// The pages below a folder, in the order of their paths.
fn pages(folder: &Path) -> Vec<(PathBuf, Page)> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a folder that can be read").path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "html" => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    let page = |file: PathBuf| {
        let bytes = std::fs::read(&file).expect("a file that was found");
        let page = Page {
            url: address(&file),
            text: charset::decode(&bytes, None, None),
            media_type: None,
            validators: Validators::default(),
        };
        (file, page)
    };
    files.into_iter().map(page).collect()
}

/// The address that `meta.json` names, or one that can never exist.
fn address(file: &Path) -> Url {
    let named = || {
        let meta = std::fs::read_to_string(file.with_file_name("meta.json")).ok()?;
        let meta: serde_json::Value = serde_json::from_str(&meta).ok()?;
        let text = |key: &str| meta.get(key)?.as_str();
        let base = text("page_url").or_else(|| text("base_url"))?.replacen(":///", "://blog.invalid/", 1);
        let folder = text("index_path").unwrap_or_default().trim_end_matches("index.html");
        Url::parse(&base).ok()?.join(if text("page_url").is_some() { "" } else { folder }).ok()
    };
    named().unwrap_or_else(|| Url::parse("https://blog.invalid/").expect("a constant"))
}

fn in_process(pages: &[(PathBuf, Page)]) {
    let recipe = CompiledRecipe::compile(&Recipe::Html(HtmlRecipe::default())).expect("the empty recipe");
    let now = "2026-01-01T00:00:00Z".parse().expect("a moment");
    let reading = |page: &Page| read(page, &recipe, &Context::at(now));
    let mut fingerprint = Xxh3::new();
    // The first look also makes the presets ready.
    for (_, page) in pages {
        fingerprint.update(format!("{:?}", reading(page)).as_bytes());
    }
    let mut costs = vec![(Vec::new(), Vec::new()); pages.len()];
    for _ in 0..ROUNDS {
        for ((_, page), (bare, whole)) in pages.iter().zip(&mut costs) {
            bare.push(micros(of_thread(|| drop(scraper::Html::parse_document(&page.text))).0));
            whole.push(micros(of_thread(|| drop(reading(page))).0));
        }
    }
    told("in this process, µs of CPU a page", &costs, pages);
    println!("fingerprint of all that was read: {:016x}", fingerprint.digest());
}

fn as_processes(pages: &[(PathBuf, Page)]) {
    let sosik = env!("CARGO_BIN_EXE_sosik");
    let own = std::env::current_exe().expect("this program");
    let mut costs = vec![(Vec::new(), Vec::new()); pages.len()];
    let readable: Vec<bool> = pages
        .iter()
        .map(|(file, page)| preview(sosik, file, &page.url).status().is_ok_and(|status| status.success()))
        .collect();
    let mut starts = Vec::new();
    for _ in 0..ROUNDS {
        starts.push(micros(of_program(Command::new(sosik).arg("--version"))));
        for (at, ((file, page), (bare, whole))) in
            pages.iter().zip(&mut costs).enumerate().filter(|(at, _)| readable[*at])
        {
            let _ = at;
            bare.push(micros(of_program(Command::new(&own).arg(BARE).arg(file))));
            whole.push(micros(of_program(&mut preview(sosik, file, &page.url))));
        }
    }
    costs.retain(|(bare, _)| !bare.is_empty());
    println!("{} of the pages show posts; `sosik --version` {:.0} µs", costs.len(), median(&starts));
    told("as a process, µs of CPU a page", &costs, &[]);
}

fn preview(sosik: &str, file: &Path, url: &Url) -> Command {
    let mut command = Command::new(sosik);
    command.args(["preview", "--json", "--base-url", url.as_str()]).arg(file);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    command
}

/// Medians over the rounds of each page, then over the pages.
fn told(what: &str, costs: &[(Vec<f64>, Vec<f64>)], pages: &[(PathBuf, Page)]) {
    let of_page: Vec<(f64, f64)> = costs.iter().map(|(bare, whole)| (median(bare), median(whole))).collect();
    let (bare, whole): (Vec<f64>, Vec<f64>) = of_page.iter().copied().unzip();
    let ratios: Vec<f64> = of_page.iter().map(|(bare, whole)| whole / bare).collect();
    println!(
        "{what}: scraper's parse {:.0}, preview {:.0}; ratio of each page: median {:.2}, nine in ten below {:.2}, most {:.2}",
        median(&bare),
        median(&whole),
        median(&ratios),
        quantile(&ratios, 0.9),
        quantile(&ratios, 1.0)
    );
    let most = ratios.iter().zip(pages).max_by(|one, other| one.0.total_cmp(other.0));
    if let Some((_, (file, _))) = most {
        println!("  most: {}", file.display());
    }
}
