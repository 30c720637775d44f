//! Where the blogs come from: the themes of this repository, or a folder of real pages; and what they change into.

use std::collections::HashMap;

use jiff::civil::Date;
use url::Url;

use crate::bench::Stored;
use crate::blogs::{Language, Post};
use crate::case::{Case, Truth, key};
use crate::themes::corpus::Real;
use crate::themes::{Theme, themes};

/// Every theme as a blog of its own; the newest of its posts is not out yet.
pub(crate) fn of_themes(language: &Language) -> Vec<Case> {
    // Neighbours have other posts.
    themes().iter().enumerate().map(|(at, theme)| of_theme(theme, language, 8 * (at % 3))).collect()
}

fn of_theme(theme: &Theme, language: &Language, from: usize) -> Case {
    let url = Url::parse(&format!("http://{}.example", theme.name)).expect("a host").join(&theme.page).expect("a path");
    let (html, posts) = theme.render_some(language, false, from..from + theme.count());
    let truth = |post: Post| Truth {
        url: url.join(&post.path).expect("an address"),
        title: post.title,
        day: post.date.map(|day| day.to_string()),
    };
    let posts: Vec<Truth> = posts.into_iter().map(truth).collect();
    let html = html.replace("https://blog.example", &format!("http://{}.example", theme.name));
    Case::new(theme.name.clone(), url, &html, &posts)
}

/// Every page of a folder as a blog of its own, on a host of its own.
pub(crate) fn of_pages(pages: &[Real]) -> Vec<Case> {
    let case = |page: &Real| {
        let (url, html) = rehosted(page, &page.html);
        let posts = page.truths().into_iter().filter_map(|truth| {
            let url = url.join(&truth.href).ok()?;
            Some(Truth { url, title: truth.title, day: truth.day })
        });
        let posts: Vec<Truth> = posts.collect();
        Case::new(id(page), url, &html, &posts)
    };
    pages.iter().map(case).collect()
}

/// The id of a page's blog.
pub(crate) fn id(page: &Real) -> String {
    page.name.to_lowercase().replace('_', "-")
}

/// The address of a page and a page of its site, with a host of its own for the site's, and everything without TLS.
pub(crate) fn rehosted(page: &Real, html: &str) -> (Url, String) {
    let host = format!("{}.example", id(page));
    let mut url = page.url.clone();
    let old = url.host_str().unwrap_or_default().to_owned();
    let mut html = html.to_owned();
    for scheme in ["https:", "http:", ""] {
        html = html.replace(&format!("{scheme}//{old}/"), &format!("http://{host}/"));
        html = html.replace(&format!("{scheme}//{old}\""), &format!("http://{host}\""));
    }
    let _ = url.set_scheme("http");
    url.set_host(Some(&host)).expect("a host");
    (url, html)
}

/// A page, and the same once the next post is out, where one comes.
pub(crate) type Shown = (String, Option<String>);

/// The same posts in the layout of another theme, before and after the newest is out. `turn` chooses the theme.
pub(crate) fn in_another_theme(
    case: &Case,
    known: &Stored,
    themes: &[Theme],
    turn: usize,
    language: &Language,
) -> Option<Shown> {
    if case.known().iter().any(|post| known.get(&key(&post.url)).is_none_or(|(title, _)| title.is_empty())) {
        return None;
    }
    let own = themes.iter().position(|theme| theme.name == case.id);
    let start = own.unwrap_or_else(|| case.id.bytes().map(usize::from).sum());
    let theme = (0..themes.len())
        .map(|step| &themes[(start + 1 + 17 * turn + step) % themes.len()])
        .find(|theme| theme.name != case.id && theme.fits(case.known().len()))?;
    let posts =
        |truths: &[Truth]| -> Vec<Post> { truths.iter().map(|truth| post(case, known, truth, language)).collect() };
    let render = |truths: &[Truth]| {
        let host = format!("//{}", case.url.host_str().unwrap_or_default());
        theme.render_posts(language, posts(truths)).replace("https://blog.example", &format!("http:{host}"))
    };
    Some((render(case.known()), case.publishes().then(|| render(&case.posts))))
}

fn post(case: &Case, known: &Stored, truth: &Truth, language: &Language) -> Post {
    // As the old layout was read: what a parser makes of a title may differ from what the feed says.
    let title = known.get(&key(&truth.url)).map_or(&truth.title, |(title, _)| title);
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let relative = case.url.make_relative(&truth.url).filter(|_| truth.url.host() != case.url.host());
    let own = truth.url[url::Position::BeforePath..].to_owned();
    Post {
        path: relative.unwrap_or(own),
        title: escape(title),
        date: truth.day.as_deref().and_then(|day| day.parse::<Date>().ok()),
        category: Some(language.categories[0]),
        excerpt: Some(language.excerpt.to_owned()),
    }
}

/// What only looks like a redesign: a name, and what is shown instead of a blog's page.
pub(crate) type Impostor<'c> = (&'static str, Instead<'c>);

/// The pages that are shown instead of a blog's, one a request.
type Instead<'c> = Box<dyn Fn(&Case) -> Option<Vec<String>> + 'c>;

/// All of them.
pub(crate) fn impostors(cases: &[Case]) -> Vec<Impostor<'_>> {
    let page = |title: &str, body: &str| {
        format!(
            "<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head><body>{body}</body></html>"
        )
    };
    let always = move |title: &'static str, body: &'static str| -> Instead<'_> {
        Box::new(move |_| Some(vec![page(title, body)]))
    };
    let neighbours: HashMap<&str, &Case> = cases
        .iter()
        .zip(cases.iter().cycle().skip(1))
        .filter(|(case, other)| case.posts.iter().all(|post| other.posts.iter().all(|its| its.title != post.title)))
        .map(|(case, other)| (case.id.as_str(), other))
        .collect();
    vec![
        (
            "captcha",
            always(
                "One moment",
                "<h1>Are you a robot?</h1><p>Please tell us that you are none.</p><form><input><button>Go on</button></form>",
            ),
        ),
        (
            "login",
            always(
                "Log in",
                "<main><h1>Log in to read on</h1><form action=/login><input name=user><input name=password></form><p><a href=/join>Join</a> or <a href=/forgot-password>find your password</a></p></main>",
            ),
        ),
        (
            "error page",
            always(
                "Something went wrong",
                "<h1>Something went wrong</h1><p>We were told and are looking into it.</p><ul><li><a href=/help/what-happened>What happened</a></li><li><a href=/help/our-status-page>Our status page</a></li><li><a href=/help/write-to-us>Write to us</a></li></ul>",
            ),
        ),
        ("empty body", Box::new(|_| Some(vec![String::new()]))),
        (
            "coming soon",
            Box::new(move |case| {
                let few = (case.known().len() * 2 / 5).min(5);
                let links: String = case.known()[..few].iter().map(line).collect();
                Some(vec![page(
                    "A new look is coming",
                    &format!("<h1>A new look is coming soon</h1><p>Meanwhile read these:</p><ul>{links}</ul>"),
                )])
            }),
        ),
        (
            "search page",
            Box::new(move |case| {
                // Some of the older posts, the oldest not last: what a search finds.
                let known = case.known();
                let half = &known[known.len() / 2..];
                let found: String = half.iter().skip(1).chain(half.first()).map(line).collect();
                Some(vec![page("Search", &format!("<main><h1>Results for notes</h1><ul>{found}</ul></main>"))])
            }),
        ),
        ("a list without posts", Box::new(|case| Some(vec![case.empty()]))),
        (
            "another blog's page",
            Box::new(move |case| {
                let other = neighbours.get(case.id.as_str())?;
                let host = |case: &Case| format!("//{}", case.url.host_str().unwrap_or_default());
                Some(vec![other.before().replace(&host(other), &host(case))])
            }),
        ),
        ("another look, for one request", Box::new(|case| Some(vec![case.redesigned(2).0, case.before()]))),
    ]
}

fn line(post: &Truth) -> String {
    let title = post.title.replace('&', "&amp;").replace('<', "&lt;");
    let day = post.day.as_ref().map(|day| format!(" <time datetime=\"{day}\">{day}</time>")).unwrap_or_default();
    format!("<li><a href=\"{}\">{title}</a>{day}</li>", &post.url[url::Position::BeforePath..])
}
