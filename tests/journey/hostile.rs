//! Pages and addresses that want to do harm.

use crate::support::blog::Blog;
use crate::support::sosik::Sosik;

#[test]
fn a_private_address_is_refused_before_a_connection_with_the_key_that_allows_it() {
    let blog = Blog::with_posts(12);
    let port = blog.base().rsplit_once(':').unwrap().1.to_owned();
    let forms = [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "localhost.",
    ];
    for host in forms {
        let mut sosik = Sosik::new().source("blog", &format!("http://{host}:{port}/category"), "");
        sosik.reconfigure("allow_private_addresses = true\n", "");
        let error = sosik.run(&["refresh", "--json"]).exits(4).json()["sources"][0]["error"].clone();
        assert_eq!(error["step"], "fetch", "{host} {error}");
        assert!(error["help"].as_str().unwrap().contains("allow_private_addresses = true"), "{host} {error}");
    }
    assert_eq!(blog.log(), [], "nothing was asked");
}

#[test]
fn a_metadata_service_is_never_asked() {
    let sosik = Sosik::new().source("blog", "http://169.254.169.254/latest/meta-data/", "robots = false\n");
    let error = sosik.run(&["refresh", "--json"]).exits(4).json()["sources"][0]["error"].clone();
    assert!(error["help"].as_str().unwrap().contains("never asked"), "{error}");
}

#[test]
fn pages_made_to_be_slow_are_left() {
    let sosik = Sosik::new();
    let attributes: Vec<String> = (0..200_000).map(|number| format!("a{number}=1")).collect();
    let pages = [
        ("deep", "<div>".repeat(100_000), "elements within elements"),
        ("attributes", format!("<p {}>", attributes.join(" ")), "attributes"),
        ("links", "<a class=p href=/1>t</a>\n".repeat(1_000_000), "larger than"),
    ];
    for (name, body, expected) in pages {
        let file = sosik.path(&format!("{name}.html"));
        std::fs::write(&file, format!("<html><body>{body}")).unwrap();
        let run = sosik.run(&["preview", "--base-url", "https://x.org/", file.to_str().unwrap()]).exits(4);
        assert!(run.stderr.contains(expected) && run.stderr.contains("help:"), "{name}: {}", run.stderr);
    }
}

#[test]
fn a_title_that_hides_or_harms_is_made_plain() {
    let blog = Blog::with_posts(12);
    blog.retitle(12, "\u{202e}evil\u{202c}\u{200b} <script>alert(1)</script>\u{1} &amp;amp; ]]>");
    let sosik = Sosik::watching(&blog);
    sosik.refresh();
    let title = sosik.run(&["posts", "--json", "--limit", "1"]).success().json()["posts"][0]["title"].clone();
    assert_eq!(title, "evil <script>alert(1)</script> & ]]>");
    for extension in ["atom", "rss"] {
        assert!(!sosik.feed(&format!("blog.{extension}")).contains("<script>"), "{extension}");
    }
}
