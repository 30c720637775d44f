//! `sosik feeds check ADDRESS`: what a server adds to its documents, of ours and of one that adds nothing.

use crate::support::blog::Blog;
use crate::support::hub::Hub;
use crate::support::served::Served;
use crate::support::sosik::Sosik;

#[test]
fn our_own_server_keeps_every_rule() {
    let blog = Blog::with_posts(70);
    let hub = Hub::start();
    let mut sosik = Sosik::watching(&blog);
    sosik.reconfigure("entries = 0", "entries = 10");
    sosik.reconfigure("[publish]\n", &format!("[publish]\nhub = \"{}\"\n", hub.url));
    sosik.refresh();
    let served = Served::start(&mut sosik);
    let mut addresses: Vec<String> = ["atom", "rss", "json"]
        .iter()
        .flat_map(|format| {
            ["blog", "blog/big-data/kafka", "blog/_archive/1"].map(|path| format!("/feeds/{path}.{format}"))
        })
        .collect();
    addresses.push("/".to_owned());
    let urls: Vec<String> = addresses.iter().map(|path| served.url(path)).collect();
    let mut arguments = vec!["feeds", "check", "--json"];
    arguments.extend(urls.iter().map(String::as_str));
    let report = sosik.run(&arguments).success().json();
    assert_eq!(report["ok"], true, "{report:#}");
    assert_eq!(report["documents"].as_array().unwrap().len(), addresses.len());

    let opml = sosik.path("list.opml");
    std::fs::write(&opml, sosik.run(&["feeds", "--opml"]).success().stdout).unwrap();
    let judged = sosik.run(&["feeds", "check", opml.to_str().unwrap()]).success();
    assert!(judged.stdout.contains("1 documents keep every rule"), "{}", judged.stdout);
}

#[test]
fn a_server_that_adds_nothing_is_told_what_is_missing() {
    let blog = Blog::with_posts(5);
    let sosik = Sosik::watching(&blog);
    let run = sosik.run(&["feeds", "check", &blog.url("/rss"), &blog.url("/category")]).exits(1);
    for rule in ["H1", "H2", "H11", "R5"] {
        assert!(run.stdout.contains(rule), "{rule}: {}", run.stdout);
    }
    let gone = sosik.run(&["feeds", "check", "http://127.0.0.1:1/feed.atom"]);
    assert_eq!(gone.code, Some(4), "{}", gone.stderr);
    assert!(gone.stderr.contains("127.0.0.1:1"), "{}", gone.stderr);
}
