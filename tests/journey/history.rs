//! The whole history of a blog in archive pages (RFC 5005 §4, `next_url` of JSON Feed), as files.

use std::collections::BTreeMap;

use sosik::feed::check::check;
use sosik::model::feed::Format;

use crate::support::blog::{Blog, POSTS};
use crate::support::sosik::{Published, Sosik};

fn watching(blog: &Blog) -> Sosik {
    let mut sosik = Sosik::watching(blog);
    sosik.reconfigure("entries = 0", "entries = 50");
    sosik
}

/// A document, taken apart: the paths of its posts with their titles, and the file that it leads back to.
fn read(sosik: &Sosik, file: &str) -> (Vec<(String, String)>, Option<String>) {
    let text = sosik.feed(file);
    let format = Format::from_extension(file.rsplit_once('.').unwrap().1).unwrap();
    assert_eq!(check(format, text.as_bytes()), [], "{file}");
    let older = match format {
        Format::Json => {
            serde_json::from_str::<serde_json::Value>(&text).unwrap()["next_url"].as_str().map(str::to_owned)
        }
        Format::Atom | Format::Rss => link(&text, "prev-archive"),
    };
    let feed = feed_rs::parser::parse(text.as_bytes()).unwrap();
    let path = |link: &str| url::Url::parse(link).unwrap().path().to_owned();
    let posts = feed.entries.iter().map(|entry| (path(&entry.links[0].href), entry.title.clone().unwrap().content));
    (posts.collect(), older.map(|url| url.split_once("/feeds/").unwrap().1.to_owned()))
}

/// The address of a link with this relation.
fn link(text: &str, relation: &str) -> Option<String> {
    let at = text.find(&format!("rel=\"{relation}\""))?;
    let element = text[..at].rfind('<').unwrap()..at + text[at..].find('>').unwrap();
    let href = text[element].split_once("href=\"").unwrap().1;
    Some(href.split('"').next().unwrap().to_owned())
}

/// The documents from the one that people subscribe to back to the first.
fn walk(sosik: &Sosik, file: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut walked = Vec::new();
    let mut next = Some(file.to_owned());
    while let Some(file) = next {
        assert!(walked.len() < 20, "the walk goes round");
        let (posts, older) = read(sosik, &file);
        walked.push((file, posts));
        next = older;
    }
    walked
}

/// The archive pages that are full.
fn full_pages(sosik: &Sosik) -> BTreeMap<String, Published> {
    let is_full = |path: &str| path.contains("/_archive/") && read(sosik, path).0.len() == 50;
    sosik.published().into_iter().filter(|(path, _)| is_full(path)).collect()
}

#[test]
fn a_walk_back_finds_every_post_once() {
    let blog = Blog::start();
    let sosik = watching(&blog);
    sosik.refresh();
    let truth: Vec<String> = blog.truth("").into_iter().map(|row| row.path).collect();
    assert_eq!(truth.len(), usize::try_from(POSTS).unwrap());
    for format in ["rss", "atom", "json"] {
        let walked = walk(&sosik, &format!("blog.{format}"));
        let files: Vec<&str> = walked.iter().map(|(file, _)| file.as_str()).collect();
        let expected = ["blog", "blog/_archive/2", "blog/_archive/1"].map(|path| format!("{path}.{format}"));
        assert_eq!(files, expected);
        let counts: Vec<usize> = walked.iter().map(|(_, posts)| posts.len()).collect();
        assert_eq!(counts, [50, 36, 50]);
        let paths: Vec<String> = walked.into_iter().flat_map(|(_, posts)| posts).map(|(path, _)| path).collect();
        assert_eq!(paths, truth, "none twice, none missed, {format}");
    }
    let archived = sosik.feed("blog/_archive/1.atom");
    let of = |relation: &str| link(&archived, relation).unwrap_or_default().replace("http://127.0.0.1:7878", "");
    assert!(archived.contains("<fh:archive"), "{archived}");
    assert_eq!(of("self"), "/feeds/blog/_archive/1.atom");
    assert_eq!(of("current"), "/feeds/blog.atom");
    assert_eq!(of("next-archive"), "/feeds/blog/_archive/2.atom");
    assert_eq!(of("prev-archive"), "");
    assert!(!sosik.feed("blog.atom").contains("<fh:archive"));
    let one = sosik.run(&["feed", "blog/_archive/1.atom"]);
    assert_eq!(one.stdout, archived);
    assert_eq!(sosik.run(&["feed", "blog/_archive/3.atom"]).code, Some(2));
}

#[test]
fn a_full_page_never_changes_its_bytes() {
    let blog = Blog::start();
    let mut sosik = Sosik::watching(&blog);
    // All but one: what is frozen still stands on the page that is looked at.
    sosik.reconfigure("entries = 0", "entries = 1");
    sosik.refresh();
    let mut full = full_pages(&sosik);
    let title = |path: &str, posts: &[(String, String)]| posts.iter().find(|post| post.0 == path).cloned();
    for (round, expected) in [(0, 6), (1, 9), (2, 9), (3, 12), (4, 12)] {
        match round {
            0 => {}
            1 => drop(blog.publish(15, "Big Data/Kafka")),
            // A post that is frozen and one that is not.
            2 => [150, 151].into_iter().for_each(|id| blog.edit(id)),
            3 => drop(blog.publish(49, "")),
            _ => blog.remove(199),
        }
        sosik.refresh();
        let after = full_pages(&sosik);
        for (path, before) in &full {
            assert!(after.get(path) == Some(before), "{path} was written again in round {round}");
        }
        // Other feeds of the blog may have got a full page, too.
        let of_blog = after.keys().filter(|path| path.starts_with("blog/_archive/")).count();
        assert_eq!(of_blog, expected, "round {round}: {:?}", after.keys());
        full = after;
        if round == 2 {
            let was = title("/150", &read(&sosik, "blog/_archive/3.atom").0).unwrap();
            let is = title("/150", &read(&sosik, "blog/_archive/4.atom").0).unwrap();
            assert_eq!(is.1, format!("{} (수정)", was.1), "the edit is told by a later page");
        }
    }
    let walked = walk(&sosik, "blog.atom");
    let all: Vec<&String> = walked.iter().flat_map(|(_, posts)| posts).map(|(path, _)| path).collect();
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!((all.len(), distinct.len()), (201, 200), "none missed, and twice only the one that was edited");
}

#[test]
fn files_of_an_archive_that_were_lost_come_back_as_they_were() {
    let blog = Blog::start();
    let sosik = watching(&blog);
    sosik.refresh();
    let before: BTreeMap<String, Vec<u8>> =
        sosik.published().into_iter().map(|(path, file)| (path, file.bytes)).collect();
    std::fs::remove_file(sosik.publish_dir().join("blog/_archive/1.rss")).unwrap();
    sosik.refresh();
    let after: BTreeMap<String, Vec<u8>> =
        sosik.published().into_iter().map(|(path, file)| (path, file.bytes)).collect();
    assert!(before == after, "{:?} {:?}", before.keys(), after.keys());
}
