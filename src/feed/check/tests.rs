//! Each rule against a document that breaks it and nothing else.

use super::{check, check_opml, explain};
use crate::model::feed::Format;

const ATOM: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xmlns:fh="http://purl.org/syndication/history/1.0" xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="ko">
<at:deleted-entry ref="urn:x:3" when="2020-07-10T12:04:00Z"/>
<link href="https://x.org/_archive/1.atom" rel="prev-archive"/><link href="https://x.org/_archive/1" rel="via"/>
<title>Blog</title><id>urn:x:feed</id><updated>2020-07-10T21:04:00+09:00</updated><author><name>A</name></author>
<link href="https://x.org/feed.atom" rel="self"/><link href="https://x.org/" rel="alternate"/>
<entry><title>One</title><id>urn:x:1</id><updated>2020-07-10T12:04:00Z</updated><published>2020-07-10T12:04:00Z</published>
<link href="https://x.org/1.mp3" rel="enclosure" type="audio/mpeg" length="12"/>
<category term="a/b"/><link href="https://x.org/1"/><summary>text</summary><media:thumbnail url="https://x.org/1.png"/></entry>
<entry><title>Two</title><id>urn:x:2</id><updated>2020-07-09T12:04:00Z</updated><published>2020-07-08T12:04:00Z</published><link href="https://x.org/2"/></entry>
</feed>"#;

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Blog</title><language>ko</language><link>https://x.org/</link><description>All</description><ttl>60</ttl>
<image><url>https://x.org/i.png</url><title>Blog</title><link>https://x.org/</link></image>
<lastBuildDate>Fri, 10 Jul 2020 21:04:00 +0900</lastBuildDate><atom:link href="https://x.org/feed.rss" rel="self"/>
<item><title>One</title><link>https://x.org/1</link><description>&lt;p>text&lt;/p></description><guid isPermaLink="false">urn:x:1</guid>
<pubDate>Fri, 10 Jul 2020 21:04:00 +0900</pubDate><content:encoded>html</content:encoded><dc:creator>A</dc:creator></item>
<item><title>Two</title><category domain="https://x.org/">a</category><pubDate>Thu, 9 Jul 2020 21:04:00 +0900</pubDate><guid>https://x.org/2</guid><dc:creator>A</dc:creator></item>
</channel></rss>"#;

const JSON: &str = r#"{"version":"https://jsonfeed.org/version/1.1","title":"Blog","feed_url":"https://x.org/feed.json","next_url":"https://x.org/_archive/1.json","hubs":[{"type":"WebSub","url":"https://hub.example/"}],"language":"ko",
"authors":[{"name":"A"}],"items":[
{"id":"urn:x:1","url":"https://x.org/1","title":"One","content_html":"<p>text</p>","date_published":"2020-07-10T21:04:00+09:00","date_modified":"2020-07-11T21:04:00+09:00","tags":["a"],"_own":{}},
{"id":"urn:x:2","content_text":"text","date_published":"2020-07-09T21:04:00+09:00","attachments":[{"url":"https://x.org/2.mp3","mime_type":"audio/mpeg"}]}]}"#;

/// Replaces `from` in a good document by `to` and expects that exactly `rule` is broken.
fn broken(format: Format, rule: &str, from: &str, to: &str) {
    let good = match format {
        Format::Atom => ATOM,
        Format::Rss => RSS,
        Format::Json => JSON,
    };
    assert!(good.contains(from), "{from:?} stands in no {format:?} document");
    let findings = check(format, good.replacen(from, to, 1).as_bytes());
    assert!(!findings.is_empty(), "{rule}: {from:?} → {to:?} is not seen");
    for finding in findings {
        assert_eq!(finding.rule, rule, "{from:?} → {to:?}: {}", finding.message);
        assert!(explain(rule).is_some());
    }
}

#[test]
fn good_documents_break_nothing() {
    for (format, document) in [(Format::Atom, ATOM), (Format::Rss, RSS), (Format::Json, JSON)] {
        assert_eq!(check(format, document.as_bytes()), []);
    }
}

#[test]
fn ill_formed_xml_is_seen() {
    for (from, to) in [
        ("One", "O\u{1}ne"),
        ("One", "O&#1;ne"),
        ("One", "O&#xFFFE;ne"),
        ("One", "O&nbsp;ne"),
        ("One", "O & ne"),
        ("One", "]]>"),
        ("One", "<b>"),
        ("One", "<x:b/>"),
        ("One", "<1/>"),
        (r#"term="a/b""#, r#"term="<""#),
        (r#"term="a/b""#, r#"term="&#2;""#),
        (r#"term="a/b""#, r#"term="a" term="b""#),
        (r#"<?xml version="1.0" encoding="utf-8"?>"#, ""),
        (r#" encoding="utf-8""#, ""),
        (r#"encoding="utf-8""#, r#"encoding="euc-kr""#),
        ("</feed>", ""),
        ("</feed>", "</feed>x"),
        ("</feed>", "</feed><feed/>"),
        ("<feed", "<!DOCTYPE feed><feed"),
    ] {
        broken(Format::Atom, "F1", from, to);
    }
    assert_eq!(check(Format::Rss, b"\xff")[0].rule, "F1");
    assert_eq!(check(Format::Rss, b"")[0].rule, "F1");
    let deep = format!("{}{}", ATOM.replace("</feed>", ""), "<a>".repeat(100_000));
    assert_eq!(check(Format::Atom, deep.as_bytes())[0].rule, "F1");
}

#[test]
fn rules_of_all_formats_are_seen() {
    for (format, rule, from, to) in [
        (Format::Atom, "F4", "https://x.org/1\"", "https://x.org/카프카\""),
        (Format::Atom, "F4", "https://x.org/1\"", "/1\""),
        (Format::Atom, "F4", "https://x.org/1\"", "javascript:alert(1)\""),
        (Format::Atom, "F4", "https://x.org/1.png", "https://x.org/100%.png"),
        (Format::Rss, "F4", "https://x.org/1<", "https://x.org/a b<"),
        (Format::Rss, "F4", "feed.rss", "feed[1].rss"),
        (Format::Json, "F4", "https://x.org/1", "ftp://x.org/1"),
        (Format::Atom, "F4", "<summary>text", "<summary type=\"html\">&lt;a href=\"/2\">"),
        (Format::Rss, "F4", ">html<", "><![CDATA[<img alt='x' src=1.png>]]><"),
        (Format::Json, "F4", "<p>text", "<a href='#x'>text"),
        (Format::Atom, "F5", "urn:x:1", "One"),
        (Format::Rss, "F5", "urn:x:1", "136"),
        (Format::Json, "F5", "urn:x:1", "136"),
        (Format::Atom, "F6", "<summary>text", "<summary type=\"html\">&lt;script>"),
        (Format::Rss, "F6", "&lt;p>text", "&lt;p onclick='x()'>text"),
        (Format::Rss, "F6", ">html<", "><![CDATA[<iframe src='https://y.org/'>]]><"),
        (Format::Json, "F6", "<p>text", "<a href='javascript:x()'>text"),
        (Format::Json, "F6", "<p>text", "<p style='x'>text"),
        (Format::Atom, "F7", "<title>One", "<title type=\"html\">One"),
        (Format::Rss, "F7", "<title>One", "<title><b>One</b>"),
        (Format::Json, "F7", "\"One\"", "1"),
        (Format::Atom, "F8", "<published>2020-07-08T12:04:00Z</published>", ""),
        (Format::Rss, "F8", "<pubDate>Thu, 9 Jul 2020 21:04:00 +0900</pubDate>", ""),
        (Format::Json, "F8", ",\"date_published\":\"2020-07-09T21:04:00+09:00\"", ""),
        (Format::Atom, "F9", "<published>2020-07-08", "<published>2020-07-10"),
        (Format::Json, "F9", "\"2020-07-11T21", "\"2020-07-09T21"),
        (Format::Atom, "F10", "xml:lang=\"ko\"", "xml:lang=\"한국어\""),
        (Format::Rss, "F10", "<language>ko", "<language>Korean (South)"),
        (Format::Json, "F10", "\"ko\"", "\"한국어\""),
        (Format::Atom, "F2", "<title>One", "<title><![CDATA[One ]]> ]]>"),
        (Format::Rss, "F2", "<title>One", "<title><![CDATA[One ]]> ]]>"),
        (Format::Atom, "F11", "<feed", "<?xml-stylesheet type=\"text/xsl\" href=\"/feed.xsl\"?><feed"),
        (Format::Rss, "F11", "<rss", "<?xml-stylesheet href='/feed.xsl' type='application/xslt+xml'?><rss"),
    ] {
        broken(format, rule, from, to);
    }
}

#[test]
fn rules_of_atom_are_seen() {
    for (rule, from, to) in [
        ("A1", "<id>urn:x:feed</id>", ""),
        ("A1", "<title>Blog</title>", "<title/>"),
        ("A1", "<title>Blog</title>", "<title>Blog</title><title>Blog</title>"),
        ("A1", "<author><name>A</name></author>", ""),
        ("A1", "rel=\"self\"", "rel=\"via\""),
        ("A1", "rel=\"self\"/>", "rel=\"self\"/><link href=\"https://x.org/en\"/>"),
        ("A2", "<id>urn:x:1</id>", ""),
        ("A2", "<updated>2020-07-10T12:04:00Z</updated>", ""),
        ("A2", "<link href=\"https://x.org/1\"/>", ""),
        ("A2", "<summary>text</summary>", "<summary>text</summary><summary>text</summary>"),
        ("A2", "<summary>text</summary>", "<content type=\"image/png\">AAAA</content>"),
        ("A3", "urn:x:2", "urn:x:1"),
        ("A3", "ref=\"urn:x:3\"", "ref=\"urn:x:1\""),
        ("A3", "ref=\"urn:x:3\"", "ref=\"3\""),
        ("A4", "when=\"2020-07-10T12:04:00Z\"", "when=\"2020-07-10\""),
        ("A4", "2020-07-09T12:04:00Z", "2020-07-09t12:04:00z"),
        ("A4", "2020-07-09T12:04:00Z", "2020-02-30T12:04:00Z"),
        ("A5", " term=\"a/b\"", ""),
        ("A6", "2020-07-10T21:04:00+09:00", "2020-07-10T12:03:59Z"),
        ("A7", "<title>Blog</title>", "<title>Blog</title><fh:archive/>"),
        ("A7", "rel=\"via\"", "rel=\"prev-archive\""),
        ("A7", "rel=\"via\"", "rel=\"next-archive\""),
        ("A7", "https://x.org/_archive/1.atom", "https://x.org/feed.atom"),
        ("A7", "rel=\"via\"/>", "rel=\"current\"/><fh:archive/><fh:complete/>"),
        ("A8", " type=\"audio/mpeg\" length=\"12\"", ""),
        ("A8", "length=\"12\"", "length=\"a lot\""),
    ] {
        broken(Format::Atom, rule, from, to);
    }
    assert_eq!(check(Format::Atom, RSS.as_bytes())[0].rule, "A1");
}

#[test]
fn rules_of_rss_are_seen() {
    for (rule, from, to) in [
        ("R1", "<description>All</description>", "<description> </description>"),
        ("R1", "version=\"2.0\"", "version=\"0.91\""),
        ("R2", "<title>Two</title>", ""),
        ("R3", "<guid>https://x.org/2</guid>", ""),
        ("R3", " isPermaLink=\"false\"", ""),
        ("R3", "<guid>https://x.org/2", "<guid isPermaLink=\"false\">urn:x:1"),
        ("R4", "<pubDate>Fri, 10 Jul 2020 21:04:00 +0900", "<pubDate>2020-07-10 21:04"),
        ("R4", "<pubDate>Fri, 10 Jul 2020 21:04:00 +0900", "<pubDate>Mon, 10 Jul 2020 21:04:00 +0900"),
        ("R4", "<pubDate>Fri, 10 Jul 2020", "<pubDate>Fri, 10 Jul 20"),
        ("R5", "<atom:link href=\"https://x.org/feed.rss\" rel=\"self\"/>", ""),
        ("R6", "<title>One", "<title>One &amp; &lt;two&gt;"),
        ("R7", "<dc:creator>A</dc:creator></item>\n</channel>", "</item></channel>"),
        ("R7", "<title>Two</title>", "<title>Two</title><author>Kim</author>"),
        ("R8", "<title>One</title>", "<title>One</title><content:encoded>early</content:encoded>"),
        ("R8", "<description>&lt;p>text&lt;/p></description>", ""),
        ("R9", "<title>Two</title>", "<title>Two</title><enclosure url=\"https://x.org/2.mp3\" type=\"audio/mpeg\"/>"),
        (
            "R9",
            "<title>Two</title>",
            "<title>Two</title><enclosure url=\"https://x.org/2.mp3\" type=\"audio/mpeg\" length=\"1\"/><enclosure url=\"https://x.org/3.mp3\" type=\"audio/mpeg\" length=\"1\"/>",
        ),
        ("R10", "domain=\"https://x.org/\"", "domain=\"\""),
        ("R10", ">a</category>", "> </category>"),
        ("R11", "<ttl>60", "<ttl>an hour"),
        ("R11", "<image><url>https://x.org/i.png</url><title>Blog", "<image><url>https://x.org/i.png</url><title>Icon"),
    ] {
        broken(Format::Rss, rule, from, to);
    }
    assert_eq!(check(Format::Rss, ATOM.as_bytes())[0].rule, "R1");
}

#[test]
fn a_document_is_not_longer_than_readers_take() {
    for (format, document) in [(Format::Atom, ATOM), (Format::Rss, RSS), (Format::Json, JSON)] {
        let long = document.replacen("One", &"One ".repeat(300_000), 1);
        let rules: Vec<_> = check(format, long.as_bytes()).into_iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, ["F12"]);
    }
}

#[test]
fn rules_of_json_feed_are_seen() {
    for (rule, from, to) in [
        ("A7", "https://x.org/_archive/1.json", "https://x.org/feed.json"),
        ("J1", "version/1.1", "version/1"),
        ("J1", "\"title\":\"Blog\",", ""),
        ("J1", "\"items\"", "\"_items\""),
        ("J1", "\"id\":\"urn:x:2\",", ""),
        ("J1", "\"content_text\":\"text\",", ""),
        ("J1", "urn:x:2", "urn:x:1"),
        ("J1", "{", ""),
        ("J2", "2020-07-10T21:04:00+09:00", "2020-07-10"),
        ("J2", "\"type\":\"WebSub\",", ""),
        ("J2", "[{\"name\":\"A\"}]", "[\"A\"]"),
        ("J2", "[\"a\"]", "\"a\""),
        ("J2", "\"_own\"", "\"own\""),
        ("J2", "\"mime_type\"", "\"type\""),
    ] {
        broken(Format::Json, rule, from, to);
    }
}

#[test]
fn rules_of_opml_are_seen() {
    let good = r#"<?xml version="1.0" encoding="utf-8"?><opml version="2.0"><head><title>t</title></head><body>
        <outline text="Blog"><outline text="All" type="rss" xmlUrl="https://x.org/a.atom"/></outline></body></opml>"#;
    assert_eq!(check_opml(good.as_bytes()), []);
    for (from, to) in [
        ("version=\"2.0\"", "version=\"1.0\""),
        ("<head><title>t</title></head>", ""),
        ("text=\"Blog\"", ""),
        (" xmlUrl=\"https://x.org/a.atom\"", ""),
        ("type=\"rss\"", "type=\"link\""),
        ("https://x.org/a.atom", "/a.atom"),
    ] {
        assert!(good.contains(from));
        let found = check_opml(good.replacen(from, to, 1).as_bytes());
        assert!(!found.is_empty() && found.iter().all(|finding| finding.rule == "H9"), "{from:?} → {to:?}: {found:?}");
    }
    let empty = "<?xml version=\"1.0\" encoding=\"utf-8\"?><opml version=\"2.0\"><head/><body/></opml>";
    assert_eq!(check_opml(empty.as_bytes())[0].rule, "H9");
    assert!(explain("H9").is_some());
}
