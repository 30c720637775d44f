//! A blog of posts that have broken feeds: each holds one thing that some program could not bear.

use jiff::{SignedDuration, Timestamp};
use sosik::model::category::CategoryPath;
use sosik::model::date::{Precision, Published};
use sosik::model::enclosure::Enclosure;
use sosik::model::link::PostKey;
use sosik::model::post::Post;

/// The moment of the poll.
pub(super) fn now() -> Timestamp {
    "2026-03-15T12:00:00Z".parse().unwrap()
}

/// Every character of one code unit that XML 1.0 forbids or discourages, and the same as references.
pub(super) fn forbidden() -> String {
    let controls = (0x00..=0x1f).chain(0x7f..=0x9f).chain([0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1_fffe, 0x10_ffff]);
    let characters: String = controls.filter_map(char::from_u32).collect();
    format!("{characters}&#0;&#1;&#xB;&#xFFFE;&#xD800;")
}

fn enclosures() -> Vec<Enclosure> {
    let file = |url: &str, media_type: &str| Enclosure {
        url: url.to_owned(),
        media_type: media_type.to_owned(),
        length: None,
    };
    vec![
        file("https://nasty.example/말 1.mp3?a=1&b=\"2\"", "audio/mpeg"),
        file("javascript:alert(1)", "audio/mpeg"),
        file("https://nasty.example/1", "audio/\"><script>"),
    ]
}

fn plain(number: usize) -> Post {
    let listed_at = now() - SignedDuration::from_hours(i64::try_from(number).unwrap());
    Post {
        key: PostKey::from_stored(format!("/{number}")),
        entry_id: format!("urn:uuid:00000000-0000-5000-8000-{number:012}"),
        url: format!("https://nasty.example/{number}"),
        title: format!("Post {number}"),
        excerpt: Some(format!("What post {number} says.")),
        author: None,
        image: None,
        enclosures: if number == 3 { enclosures() } else { Vec::new() },
        published: Some(Published { at: listed_at, offset_seconds: 32_400, precision: Precision::Minute }),
        listed_at,
        offset_seconds: 32_400,
        first_seen: now(),
        updated: listed_at,
        tags: Vec::new(),
        categories: Vec::new(),
        full_text: None,
    }
}

/// Pages of posts whose texts nobody should show as they are: the HTML of the post's number.
pub(super) fn pages() -> Vec<(usize, String)> {
    let hostile = [
        "<script>alert(1)</script><p onclick=\"x()\" style=\"color:red\">a</p>",
        "<a href=\"java\tscript:alert(1)\">a</a><a href=\"/여행?a=1&b=[2]\">b</a><img src=\"x y.png\" onerror=x>",
        "<svg><script>alert(1)</script></svg><math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<iframe src=\"https://www.youtube.com/embed/1?a=1&amp;b=2\"></iframe><form action=/><input name=a><button>b</button></form>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "]]> <![CDATA[ x ]]> <!-- --> <?php ?> &lt;b&gt; &amp;amp; &#0; &nbsp; &bogus;",
        "<base href=\"https://evil.example/\"><link rel=stylesheet href=x><meta http-equiv=refresh content=\"0;url=x\"><p>a",
        "<pre>  two\r\n  lines</pre><table><tr><td>c</table><ul><li>d</ul>",
    ];
    let mut pages: Vec<(usize, String)> = hostile.iter().map(|html| (*html).to_owned()).enumerate().collect();
    pages.push((pages.len(), forbidden()));
    // One that fits alone, and more of them than a document holds.
    for _ in 0..12 {
        pages.push((pages.len(), format!("<p>{}</p>", "가나 <b>&amp;</b> \"q\" ".repeat(5_000))));
    }
    pages.into_iter().map(|(at, html)| (at + 1, format!("<div id=\"t\">{html}</div>"))).collect()
}

fn category(path: &str) -> Vec<CategoryPath> {
    CategoryPath::new(path.split('/')).into_iter().collect()
}

/// Texts that stand once as a title and an excerpt, an author, a category, and the end of a link.
fn texts() -> Vec<String> {
    let texts = [
        "<script>alert(1)</script> & \"q\" 'a'",
        "]]> and <![CDATA[ this ]]]]><![CDATA[> ]]&gt;",
        "<!-- --> <!DOCTYPE html [<!ENTITY x SYSTEM \"file:///etc/passwd\">]> &x; <?php echo 1 ?>",
        "&lt;b&gt; &amp;amp; &nbsp; &#60; &bogus; &#x26;",
        "שלום \u{202e}עולם\u{202c} مرحبا \u{2066}abc\u{2069}",
        "👩‍💻 👨‍👩‍👧‍👦 🇰🇷 e\u{301} \u{1F600}\u{FE0F} ﷽",
        "line\r\nbreak\rand\ttab \u{2028} \u{2029} \u{85} \u{a0}\u{3000}\u{200b}\u{feff}",
        "Z\u{351}\u{36b}\u{343}a\u{321}\u{353}\u{31e}l\u{34c}g\u{334}o",
        "%00 %zz ../../etc/passwd \\ \\u0000 ${jndi:ldap://x} {{7*7}} '; DROP TABLE post; --",
        "\u{feff}BOM first, \u{fffd} replaced, 카프카\u{1112}\u{1161}\u{11ab}",
    ];
    texts.into_iter().map(str::to_owned).chain([forbidden(), " \u{0}\u{1}\n ".to_owned()]).collect()
}

/// A post of so many categories.
pub(super) fn in_categories(count: usize) -> Post {
    let categories = (0..count).filter_map(|number| CategoryPath::new([format!("분류 {number} <&>")])).collect();
    Post { categories, ..plain(1) }
}

/// The posts; enough for an archive.
pub(super) fn posts() -> Vec<Post> {
    let mut posts: Vec<Post> = Vec::new();
    let mut add = |change: &dyn Fn(Post) -> Post| {
        let post = change(plain(posts.len() + 1));
        posts.push(post);
    };
    for text in texts() {
        add(&|post| Post { title: text.clone(), excerpt: Some(text.clone()), ..post });
        add(&|post| Post { author: Some(text.clone()), categories: category(&text), ..post });
        add(&|post| Post {
            url: format!("https://nasty.example/{text}?q={text}#{text}"),
            image: Some(format!("https://nasty.example/{text}.png")),
            ..post
        });
    }
    for url in [
        "javascript:alert(document.cookie)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "/relative",
        "",
        "https://user:password@nasty.example/secret",
        "http://블로그.한국/글?제목=가 나&b=[1]",
        "https://nasty.example/100%?%#%",
        "http://[::1]:8080/x",
    ] {
        add(&|post| Post { url: url.to_owned(), image: Some(url.to_owned()), title: format!("link {url}"), ..post });
    }
    // No title, no excerpt, no date; a bare one of each.
    add(&|post| Post { title: String::new(), ..post });
    add(&|post| Post { excerpt: None, ..post });
    add(&|post| Post { published: None, ..post });
    add(&|post| Post { title: String::new(), excerpt: None, published: None, url: String::new(), ..post });
    // As long as anything gets.
    add(&|post| Post { excerpt: Some("가나다라 <&> ".repeat(500_000)), ..post });
    add(&|post| Post { title: "제목 & ".repeat(20_000), ..post });
    // The same minute, and the ends of time.
    let minute = now() - SignedDuration::from_hours(1000);
    for second in 0..6 {
        add(&|post| {
            let at = minute + SignedDuration::from_secs(second);
            Post { listed_at: at, updated: at, ..post }
        });
    }
    for at in ["0001-01-01T00:00:00Z", "9999-12-30T00:00:00Z"] {
        let at: Timestamp = at.parse().unwrap();
        add(&|post| Post { listed_at: at, updated: at, ..post });
    }
    for _ in posts.len()..110 {
        posts.push(plain(posts.len() + 1));
    }
    posts
}
