//! Each rule against a visit that breaks it and nothing else.

use super::*;

const DOCUMENT: &str =
    r#"<feed><link href="https://x.org/f.atom" rel="self"/><link href="https://hub.example/" rel="hub"/></feed>"#;

fn answer(status: u16, body: &str) -> Answer {
    let headers = [
        ("etag", "W/\"1\""),
        ("last-modified", "Fri, 10 Jul 2020 12:04:00 GMT"),
        ("cache-control", "public, max-age=300, must-revalidate"),
        ("vary", "accept-encoding"),
        ("date", "Fri, 10 Jul 2020 12:05:00 GMT"),
        ("content-type", "application/atom+xml; charset=utf-8"),
        ("link", "<https://hub.example/>; rel=\"hub\", <https://x.org/f.atom>; rel=\"self\""),
        ("x-content-type-options", "nosniff"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    Answer { status, headers, body: body.as_bytes().to_vec() }
}

fn good() -> Visit {
    Visit {
        url: "https://x.org/f.atom".to_owned(),
        plain: answer(200, DOCUMENT),
        again: answer(200, DOCUMENT),
        coded: answer(200, "coded"),
        by_tag: answer(304, ""),
        by_any: answer(304, ""),
        by_other_tag: answer(200, DOCUMENT),
        by_date: answer(304, ""),
        head: answer(200, ""),
        beside: answer(404, "no"),
    }
}

fn set(answer: &mut Answer, name: &str, value: Option<&str>) {
    answer.headers.retain(|(own, _)| own != name);
    answer.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
}

fn broken(rule: &str, change: impl Fn(&mut Visit)) {
    let mut visit = good();
    change(&mut visit);
    let found = feed(&visit, Format::Atom);
    assert!(!found.is_empty(), "{rule} is not seen");
    for finding in found {
        assert_eq!(finding.rule, rule, "{}", finding.message);
        assert!(super::super::explain(rule).is_some(), "{rule}");
    }
}

#[test]
fn a_good_server_breaks_nothing() {
    assert_eq!(feed(&good(), Format::Atom), []);
}

#[test]
fn rules_of_servers_are_seen() {
    for name in ["etag", "last-modified", "cache-control", "vary"] {
        broken("H1", |visit| {
            set(&mut visit.plain, name, None);
            set(&mut visit.head, name, None);
        });
    }
    broken("H1", |visit| visit.plain.status = 500);
    broken("H2", |visit| visit.by_tag.status = 200);
    broken("H2", |visit| visit.by_any.status = 200);
    broken("H2", |visit| visit.by_date.status = 200);
    broken("H2", |visit| visit.by_other_tag.status = 304);
    broken("H2", |visit| visit.by_tag.body = b"x".to_vec());
    for name in ["etag", "cache-control", "vary", "date"] {
        broken("H2", |visit| set(&mut visit.by_date, name, None));
    }
    broken("H3", |visit| {
        for answer in [&mut visit.plain, &mut visit.head, &mut visit.coded] {
            set(answer, "etag", Some("\"1\""));
        }
        set(&mut visit.coded, "content-encoding", Some("gzip"));
    });
    broken("H4", |visit| visit.head.body = b"x".to_vec());
    broken("H4", |visit| visit.head.status = 405);
    broken("H4", |visit| set(&mut visit.head, "content-type", Some("text/plain")));
    broken("H5", |visit| {
        visit.plain.status = 301;
        set(&mut visit.plain, "location", Some("/elsewhere"));
    });
    broken("H6", |visit| visit.beside.status = 200);
    broken("H10", |visit| set(&mut visit.plain, "link", None));
    broken("H10", |visit| set(&mut visit.plain, "link", Some("<https://hub.example/>; rel=\"hub\"")));
    broken("H11", |visit| set(&mut visit.plain, "x-content-type-options", None));
    broken("F3", |visit| visit.again.body = b"<feed>now</feed>".to_vec());
    broken("R5", |visit| visit.url = "https://y.org/f.atom".to_owned());
    broken("A9", |visit| {
        set(&mut visit.plain, "content-type", Some("text/xml"));
        set(&mut visit.head, "content-type", Some("text/xml"));
    });
}

#[test]
fn media_types_are_those_of_the_format() {
    for (format, media_type, rule) in [
        (Format::Rss, "application/rss+xml; charset=utf-8", None),
        (Format::Rss, "application/rss+xml", Some("R12")),
        (Format::Json, "application/feed+json; charset=utf-8", None),
        (Format::Json, "application/json", Some("J3")),
    ] {
        let mut visit = good();
        set(&mut visit.plain, "content-type", Some(media_type));
        set(&mut visit.head, "content-type", Some(media_type));
        let found: Vec<&str> = feed(&visit, format).into_iter().map(|finding| finding.rule).collect();
        assert_eq!(found, rule.into_iter().collect::<Vec<_>>(), "{media_type}");
    }
}

#[test]
fn rules_of_pages_are_seen() {
    let link = "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"All\" href=\"/f.atom\">";
    let page_of = |body: &str, policy: Option<&str>, options: Option<&str>| {
        let mut answer = answer(200, body);
        set(&mut answer, "content-type", Some("text/html; charset=utf-8"));
        set(&mut answer, "content-security-policy", policy);
        set(&mut answer, "x-content-type-options", options);
        assert!(answer.is_html());
        page(&answer).into_iter().map(|finding| finding.rule).collect::<Vec<_>>()
    };
    let (policy, options) = (Some("default-src 'none'; style-src 'self'"), Some("nosniff"));
    assert_eq!(page_of(link, policy, options), [""; 0]);
    assert_eq!(page_of("", policy, options), ["H8"]);
    assert_eq!(page_of(&link.replace("title=\"All\" ", ""), policy, options), ["H8"]);
    assert_eq!(page_of(link, Some("default-src *"), options), ["H11"]);
    assert_eq!(page_of(link, policy, None), ["H11"]);
}
