//! Renders the index pages of `tests/fixtures/themes`: the structures that public themes and platforms have, with
//! words of our own.
//!
//! The first line of a file holds facts (`post=/posts/{slug}/ page=/ lang=ko count=5 dates=no`), the rest is the
//! page: `{{#posts}}…{{/posts}}`, `{{#first}}`, `{{#rest}}`, `{{#years}}` repeat; `{{?date}}…{{/date}}`,
//! `{{?category}}`, `{{?excerpt}}`, `{{?first}}` stand only where a post has that; `{{url 1}}` is that of the first.
#![allow(dead_code, reason = "a test uses a part")]

pub(crate) mod corpus;
pub(crate) mod mutate;

use std::ops::Range;
use std::path::Path;

use jiff::civil::{Date, date};

use crate::blogs::{Language, Post};

/// A theme: the page that it makes, with places for posts.
pub(crate) struct Theme {
    pub(crate) name: String,
    post: String,
    /// The path of the index page.
    pub(crate) page: String,
    /// The one language of the platform, if it has one.
    pub(crate) language: Option<String>,
    count: usize,
    dates: bool,
    body: String,
}

/// All themes, by name.
pub(crate) fn themes() -> Vec<Theme> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/themes");
    let mut themes: Vec<Theme> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "html"))
        .map(|path| theme(&path))
        .collect();
    themes.sort_by(|one, other| one.name.cmp(&other.name));
    themes
}

fn theme(path: &Path) -> Theme {
    let text = std::fs::read_to_string(path).unwrap();
    let (facts, body) = text.split_once('\n').unwrap();
    let fact = |name: &str| {
        let value = facts.split(' ').find_map(|fact| fact.strip_prefix(name)?.strip_prefix('='));
        value.map(str::to_owned)
    };
    Theme {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        post: fact("post").unwrap(),
        page: fact("page").unwrap_or_else(|| "/".to_owned()),
        language: fact("lang"),
        count: fact("count").map_or(8, |count| count.parse().unwrap()),
        dates: fact("dates").as_deref() != Some("no"),
        body: body.to_owned(),
    }
}

/// What a template may say of a post.
struct Entry<'l> {
    post: Post,
    day: Date,
    number: usize,
    /// Whether it stands first on its page.
    first: bool,
    language: &'l Language,
}

impl Theme {
    /// The page in a language, and the posts on it; with `gaps` some posts lack a field that may be missing.
    pub(crate) fn render(&self, language: &Language, gaps: bool) -> (String, Vec<Post>) {
        self.render_some(language, gaps, 0..self.count)
    }

    /// The same with other posts: the blog has as many as are asked for, the newest is number 0.
    pub(crate) fn render_some(&self, language: &Language, gaps: bool, posts: Range<usize>) -> (String, Vec<Post>) {
        let first = posts.start;
        let entry = |at: usize| Entry { first: at == first, ..self.entry(language, gaps, at) };
        let entries: Vec<Entry<'_>> = posts.map(entry).collect();
        let html = self.document(&entries, gaps);
        (html, entries.into_iter().map(|entry| entry.post).collect())
    }

    /// The page with posts of another blog, whose texts are HTML already.
    pub(crate) fn render_posts(&self, language: &Language, posts: Vec<Post>) -> String {
        let mut day = date(2026, 10, 28);
        let entry = |(number, post): (usize, Post)| {
            day = post.date.unwrap_or_else(|| day.yesterday().unwrap());
            Entry { post, day, number, first: number == 0, language }
        };
        let entries: Vec<Entry<'_>> = posts.into_iter().enumerate().map(entry).collect();
        self.document(&entries, false)
    }

    /// How many posts the page shows.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// How many posts it needs at least: some of its boxes name posts by their place.
    pub(crate) fn least(&self) -> usize {
        (1..10).rev().find(|at| self.body.contains(&format!("{{{{url {at}}}}}"))).unwrap_or(1)
    }

    /// Whether it can show so many posts of another blog as that blog showed them: with all their fields, under
    /// addresses that it does not make itself.
    pub(crate) fn fits(&self, posts: usize) -> bool {
        let shows = |part: &str| self.body.contains(part);
        let own_addresses = self.body.matches("{{url}}").count() != self.body.matches("{{url}}\"").count()
            || shows("{{slug}}")
            || shows("{{id}}");
        let fields = shows("{{category}}") && shows("{{excerpt}}") && (shows("{{iso}}") || shows("{{date "));
        fields && !own_addresses && posts >= self.least()
    }

    fn entry<'l>(&self, language: &'l Language, gaps: bool, at: usize) -> Entry<'l> {
        let english = &Language::all()[0];
        let days = [
            date(2026, 10, 28),
            date(2026, 9, 14),
            date(2026, 7, 31),
            date(2026, 5, 2),
            date(2026, 1, 19),
            date(2025, 11, 25),
            date(2025, 8, 9),
            date(2025, 3, 17),
        ];
        let (turn, nth) = (at / days.len(), at % days.len());
        let back = jiff::Span::new().years(2 * i64::try_from(turn).unwrap());
        let day = days[nth].checked_sub(back).unwrap();
        let again = if turn == 0 { String::new() } else { format!(" {}", turn + 1) };
        let slug = format!("{}{again}", english.titles[nth]).to_lowercase().replace([' ', '.'], "-");
        let category = language.categories[at % 3];
        let path = self
            .post
            .replace("{slug}", &slug)
            .replace("{id}", &(2471 - 7 * at).to_string())
            .replace("{hash}", &format!("{:08x}", 0x9e37_79b9_u32.wrapping_mul(u32::try_from(at).unwrap() + 3)))
            .replace("{category}", english.categories[at % 3].to_lowercase().as_str())
            .replace("{y}", &day.year().to_string())
            .replace("{m}", &format!("{:02}", day.month()))
            .replace("{d}", &format!("{:02}", day.day()));
        let lacks = |every: usize, rest: usize, field: &str| {
            gaps && at % every == rest && self.body.contains(&format!("{{{{?{field}}}}}"))
        };
        let told = self.dates && !lacks(4, 2, "date") || self.post.contains("{d}");
        let post = Post {
            path,
            title: format!("{}{again}", language.titles[nth]),
            date: told.then_some(day),
            category: (self.body.contains("{{category}}") && !lacks(3, 1, "category")).then_some(category),
            excerpt: (!lacks(5, 3, "excerpt")).then(|| format!("{} {}", language.excerpt, at + 1)),
        };
        Entry { post, day, number: at, first: at == 0, language }
    }

    fn document(&self, entries: &[Entry<'_>], gaps: bool) -> String {
        let tag = entries.first().map_or("en", |entry| entry.language.tag);
        let mut html = format!(
            "<!doctype html><html lang=\"{tag}\"><head><meta charset=\"utf-8\"><title>Blog</title></head><body>"
        );
        html.push_str(&self.page_of(entries, gaps));
        html.push_str("</body></html>");
        html
    }

    fn page_of(&self, entries: &[Entry<'_>], gaps: bool) -> String {
        let all: Vec<&Entry<'_>> = entries.iter().collect();
        let mut page = repeat(&self.body, "years", |inner| {
            let mut years: Vec<i16> = entries.iter().map(|entry| entry.day.year()).collect();
            years.dedup();
            let of_year = |year: i16| {
                let of_year: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.day.year() == year).collect();
                posts(inner, &of_year, gaps).replace("{{year}}", &year.to_string())
            };
            years.into_iter().map(of_year).collect()
        });
        page = posts(&page, &all, gaps);
        for (at, entry) in entries.iter().enumerate() {
            page = page
                .replace(&format!("{{{{url {}}}}}", at + 1), &entry.post.path)
                .replace(&format!("{{{{title {}}}}}", at + 1), &entry.post.title);
        }
        assert!(!page.contains("{{"), "{}: {}", self.name, &page[page.find("{{").unwrap_or(0)..][..60]);
        page
    }
}

/// Fills the parts that repeat for each post, for the first, and for the others.
fn posts(template: &str, entries: &[&Entry<'_>], gaps: bool) -> String {
    let of = |inner: &str, entries: &[&Entry<'_>]| entries.iter().map(|entry| fill(inner, entry, gaps)).collect();
    let page = repeat(template, "posts", |inner| of(inner, entries));
    let page = repeat(&page, "first", |inner| of(inner, &entries[..1]));
    repeat(&page, "rest", |inner| of(inner, &entries[1..]))
}

fn repeat(template: &str, name: &str, fill: impl Fn(&str) -> String) -> String {
    let (open, close) = (format!("{{{{#{name}}}}}"), format!("{{{{/{name}}}}}"));
    let mut page = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(&open) {
        let (inner, behind) = after.split_once(&close).unwrap();
        page.push_str(before);
        page.push_str(&fill(inner));
        rest = behind;
    }
    page + rest
}

fn fill(template: &str, entry: &Entry<'_>, gaps: bool) -> String {
    let post = &entry.post;
    let mut text = template.to_owned();
    let dated = !(gaps && entry.number % 4 == 2);
    for (name, has) in [
        ("date", dated),
        ("category", post.category.is_some()),
        ("excerpt", post.excerpt.is_some()),
        ("first", entry.first),
    ] {
        let (open, close) = (format!("{{{{?{name}}}}}"), format!("{{{{/{name}}}}}"));
        while let Some(from) = text.find(&open) {
            let until = from + text[from..].find(&close).unwrap();
            let inner = text[from + open.len()..until].to_owned();
            text.replace_range(from..until + close.len(), if has { &inner } else { "" });
        }
    }
    while let Some(from) = text.find("{{date ") {
        let until = from + text[from..].find("}}").unwrap();
        let shown = entry.day.to_datetime(jiff::civil::time(10, 0, 0, 0)).strftime(&text[from + 7..until]).to_string();
        text.replace_range(from..until + 2, &shown);
    }
    text.replace("{{url}}", &post.path)
        .replace("{{title}}", &post.title)
        .replace("{{excerpt}}", post.excerpt.as_deref().unwrap_or_default())
        .replace("{{category}}", post.category.unwrap_or_default())
        .replace("{{more}}", entry.language.more)
        .replace("{{day}}", &(entry.language.date)(entry.day))
        .replace("{{iso}}", &format!("{}T10:00:00+00:00", entry.day))
        .replace("{{id}}", &(2471 - 7 * entry.number).to_string())
        .replace("{{slug}}", post.path.trim_matches('/').rsplit('/').next().unwrap_or_default())
        .replace("{{n}}", &(entry.number + 3).to_string())
}
