//! `sosik add`: from an address to feeds, on no configuration at all or into one with comments.

use std::fs;

use crate::support::blog::{Blog, Fault, Skin};
use crate::support::sosik::{Run, Sosik};

/// A home in which nothing is configured, or only what `text` says.
fn home(text: Option<&str>) -> Sosik {
    let sosik = Sosik::new();
    match text {
        Some(text) => fs::write(sosik.config_file(), text).unwrap(),
        None => fs::remove_dir_all(sosik.path("config")).unwrap(),
    }
    sosik
}

fn run(sosik: &Sosik, arguments: &[&str]) -> Run {
    let mut command = sosik.command(arguments);
    command.env_remove("SOSIK_CONFIG");
    Run::from(command.output().unwrap())
}

fn added(skin: Skin) {
    let blog = Blog::with_posts(25);
    blog.skin(skin);
    let sosik = home(None);
    let _ = run(&sosik, &["add", &blog.url("/"), "--yes", "--allow-private"]).success();
    let report = run(&sosik, &["refresh", "--json"]).success().json();
    assert_eq!((&report["sources"][0]["posts"], &report["sources"][0]["outcome"]), (&25.into(), &"baseline".into()));
}

#[test]
fn a_plain_list_is_added_on_no_configuration() {
    added(Skin::PlainList);
}

#[test]
fn articles_are_added_on_no_configuration() {
    added(Skin::Articles);
}

#[test]
fn cards_are_added_on_no_configuration() {
    added(Skin::Cards);
}

#[test]
fn a_skin_that_no_preset_knows_is_added_on_no_configuration() {
    added(Skin::Alien);
}

#[test]
fn every_byte_of_a_configuration_stays() {
    let blog = Blog::with_posts(12);
    let before =
        "# Ours.\nlanguage = \"en\"  # of messages\n\n# The other one.\n[[source]]\nurl = \"https://other.example/\"\n";
    let sosik = home(Some(before));
    let told = run(&sosik, &["add", &blog.url("/"), "--yes", "--allow-private", "--id", "slow"]).success().stdout;
    assert!(told.contains("slow/big-data/kafka.atom"), "{told}");
    let after = fs::read_to_string(sosik.config_file()).unwrap();
    let new = format!("\n[[source]]\nid = \"slow\"\nurl = \"{}\"\nallow_private_addresses = true\n", blog.url("/"));
    assert_eq!(after, format!("{before}{new}"));
    let again = run(&sosik, &["add", &blog.url("/category"), "--yes", "--allow-private"]).success().stdout;
    assert!(again.contains("configured already as slow"), "{again}");
    assert_eq!(fs::read_to_string(sosik.config_file()).unwrap(), after);
}

#[test]
fn posts_categories_and_feeds_lead_to_the_blog() {
    let blog = Blog::with_posts(25);
    let sosik = home(None);
    for path in ["/12", "/category/Big%20Data", "/rss", "/?page=2"] {
        let told = run(&sosik, &["add", &blog.url(path), "--dry-run", "--json", "--allow-private"]).success().json();
        let found = told["url"].as_str().unwrap();
        assert!([blog.url("/"), blog.url("/category")].contains(&found.to_owned()), "{path} leads to {found}: {told}");
        assert_eq!((&told["added"], &told["found"]["total"]), (&false.into(), &25.into()), "{path}");
    }
    assert!(!sosik.config_file().exists(), "a dry run writes nothing");
}

#[test]
fn nothing_is_written_without_a_yes() {
    let blog = Blog::with_posts(12);
    let sosik = home(None);
    let refused = run(&sosik, &["add", &blog.url("/"), "--allow-private"]).exits(2);
    assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
    assert!(!sosik.config_file().exists());
    assert_eq!(blog.log(), [], "nothing was asked either");
}

#[test]
fn a_page_without_posts_is_told_with_a_recipe_to_begin_with() {
    let blog = Blog::with_posts(12);
    blog.fault(Fault::Captcha);
    let sosik = home(None);
    let told = run(&sosik, &["add", &blog.url("/"), "--yes", "--allow-private"]).exits(4).stderr;
    for words in ["no list of posts", "잠시만요", "[source.recipe]", "help:"] {
        assert!(told.contains(words), "no {words:?} in {told}");
    }
    assert!(!sosik.config_file().exists());
}

#[test]
fn the_way_a_page_was_read_is_explained() {
    let blog = Blog::with_posts(25);
    blog.skin(Skin::Alien);
    let sosik = home(None);
    let told = run(&sosik, &["preview", "--explain", "--allow-private", &blog.url("/")]).success().stdout;
    for words in ["none of its known layouts", "10 posts were found", "A recipe was learnt", "Older posts follow"] {
        assert!(told.contains(words), "no {words:?} in {told}");
    }
}
