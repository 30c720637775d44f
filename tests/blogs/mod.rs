//! Writes index pages of blogs: layouts, languages, missing fields, and what stands beside the list.
#![allow(dead_code, reason = "a test uses a part")]

mod languages;

use std::fmt::Write;

use jiff::civil::{Date, date};

pub(crate) use languages::Language;

/// A post as it was written into a page.
pub(crate) struct Post {
    pub(crate) path: String,
    pub(crate) title: String,
    /// `None` where the page shows none.
    pub(crate) date: Option<Date>,
    /// `None` where the page shows none.
    pub(crate) category: Option<&'static str>,
    /// `None` where the page shows none.
    pub(crate) excerpt: Option<String>,
}

/// How a page is laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Layout {
    /// An article with a linked heading, a meta line, an excerpt and a "read more".
    Cards,
    /// One link around picture, title, excerpt, category and date.
    WholeLink,
    /// A line of a list: date, then title.
    Lines,
    /// A table with a row a post.
    Table,
    /// Years as headings, month and day in the list.
    Archive,
    /// Picture link and title link apart, date as the second text of a meta line.
    Thumbnails,
    /// A featured post above a list of plain links with dates.
    Hero,
}

impl Layout {
    pub(crate) const ALL: [Self; 7] =
        [Self::Cards, Self::WholeLink, Self::Lines, Self::Table, Self::Archive, Self::Thumbnails, Self::Hero];
}

/// What stands beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decoy {
    None,
    Products,
    Events,
}

/// How much of the markup says what it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) classes: bool,
    pub(crate) headings: bool,
    pub(crate) landmarks: bool,
    pub(crate) decoy: Decoy,
}

impl Look {
    pub(crate) const PLAIN: Self = Self { classes: true, headings: true, landmarks: true, decoy: Decoy::None };
}

struct Writer<'l> {
    html: String,
    look: Look,
    language: &'l Language,
}

/// A page of eight posts, and the posts.
pub(crate) fn page(layout: Layout, language: &Language, look: Look, gaps: bool) -> (String, Vec<Post>) {
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
    let posts: Vec<Post> = (0..8)
        .map(|at| Post {
            path: match layout {
                Layout::Table | Layout::WholeLink => format!("/{}", 240 - 3 * at),
                Layout::Lines | Layout::Archive => format!("/{}/{:02}/note-{at}/", days[at].year(), days[at].month()),
                Layout::Cards | Layout::Thumbnails | Layout::Hero => format!("/posts/an-entry-about-{at}/"),
            },
            title: language.titles[at].to_owned(),
            date: (!gaps || at % 4 != 2).then_some(days[at]),
            category: (!gaps || at % 3 != 1).then_some(language.categories[at % 3]),
            excerpt: (!gaps || at % 5 != 3).then(|| format!("{} {}", language.excerpt, at + 1)),
        })
        .collect();
    let mut writer = Writer { html: String::new(), look, language };
    writer.begin();
    match layout {
        Layout::Archive => writer.archive(&posts),
        Layout::Table => writer.table(&posts),
        Layout::Hero => writer.hero(&posts),
        Layout::Cards | Layout::WholeLink | Layout::Lines | Layout::Thumbnails => {
            writer.open("div", "post-list");
            for post in &posts {
                match layout {
                    Layout::Cards => writer.card(post),
                    Layout::WholeLink => writer.whole_link(post),
                    Layout::Thumbnails => writer.thumbnail(post),
                    _ => writer.line(post),
                }
            }
            writer.html.push_str("</div>");
        }
    }
    writer.end(&posts);
    (writer.html, posts)
}

impl Writer<'_> {
    fn put(&mut self, text: &str) {
        self.html.push_str(text);
    }

    /// Opens an element, with its class where the look has classes.
    fn open(&mut self, tag: &str, class: &str) {
        if self.look.classes {
            write!(self.html, "<{tag} class=\"{class}\">").unwrap();
        } else {
            write!(self.html, "<{tag}>").unwrap();
        }
    }

    fn text(&mut self, tag: &str, class: &str, text: &str) {
        self.open(tag, class);
        self.put(text);
        write!(self.html, "</{tag}>").unwrap();
    }

    fn link(&mut self, path: &str, class: &str, text: &str) {
        let class = if self.look.classes { format!(" class=\"{class}\"") } else { String::new() };
        write!(self.html, "<a href=\"{path}\"{class}>{text}</a>").unwrap();
    }

    fn heading(&self) -> &'static str {
        if self.look.headings { "h2" } else { "div" }
    }

    fn landmark(&self, tag: &'static str) -> &'static str {
        if self.look.landmarks { tag } else { "div" }
    }

    fn date(&mut self, post: &Post) {
        if let Some(day) = post.date {
            let text = (self.language.date)(day);
            self.text("span", "date", &text);
        }
    }

    fn category(&mut self, post: &Post) {
        if let Some(category) = post.category {
            self.link(&format!("/category/{category}"), "category", category);
        }
    }

    fn excerpt(&mut self, post: &Post) {
        if let Some(excerpt) = &post.excerpt {
            self.text("p", "excerpt", excerpt);
        }
    }

    fn card(&mut self, post: &Post) {
        let (article, heading) = (self.landmark("article"), self.heading());
        self.open(article, "post");
        self.open(heading, "post-title");
        self.link(&post.path, "post-link", &post.title);
        write!(self.html, "</{heading}>").unwrap();
        self.open("div", "meta");
        self.date(post);
        self.category(post);
        self.put("</div>");
        self.excerpt(post);
        self.link(&post.path, "more", self.language.more);
        write!(self.html, "</{article}>").unwrap();
    }

    fn whole_link(&mut self, post: &Post) {
        let class = if self.look.classes { " class=\"entry\"" } else { "" };
        write!(self.html, "<a href=\"{}\"{class}><img src=\"/img{}.jpg\" alt=\"\">", post.path, post.path).unwrap();
        self.text("strong", "title", &post.title);
        self.excerpt(post);
        if let Some(category) = post.category {
            self.text("span", "category", category);
        }
        self.date(post);
        self.put("</a>");
    }

    fn line(&mut self, post: &Post) {
        self.open("div", "line");
        self.date(post);
        self.put(" ");
        self.link(&post.path, "link", &post.title);
        self.put("</div>");
    }

    fn thumbnail(&mut self, post: &Post) {
        self.open("div", "item");
        write!(self.html, "<a href=\"{0}\"><img src=\"/thumb{0}.jpg\" alt=\"\"></a>", post.path).unwrap();
        self.open("div", "body");
        self.link(&post.path, "title", &post.title);
        self.excerpt(post);
        self.open("p", "info");
        self.text("span", "author", "Kim Lee");
        self.date(post);
        self.category(post);
        self.put("</p></div></div>");
    }

    fn table(&mut self, posts: &[Post]) {
        self.put("<table><tbody>");
        for (at, post) in posts.iter().enumerate() {
            write!(self.html, "<tr><td>{}</td><td>", posts.len() - at).unwrap();
            self.link(&post.path, "subject", &post.title);
            self.put("</td><td>");
            self.date(post);
            write!(self.html, "</td><td>{}</td></tr>", 100 + 7 * at).unwrap();
        }
        self.put("</tbody></table>");
    }

    fn archive(&mut self, posts: &[Post]) {
        let heading = self.heading();
        let mut year = 0;
        for post in posts {
            let path_year: i16 = post.path[1..5].parse().unwrap();
            if path_year != year {
                if year != 0 {
                    self.put("</ul>");
                }
                year = path_year;
                self.text(heading, "year", &year.to_string());
                self.open("ul", "posts");
            }
            self.open("li", "post");
            if let Some(day) = post.date {
                let text = (self.language.month_day)(day);
                self.text("span", "day", &text);
            }
            self.link(&post.path, "link", &post.title);
            self.put("</li>");
        }
        self.put("</ul>");
    }

    fn hero(&mut self, posts: &[Post]) {
        let (first, rest) = posts.split_first().unwrap();
        let section = self.landmark("section");
        self.open(section, "featured");
        self.card(first);
        write!(self.html, "</{section}>").unwrap();
        self.open("div", "list");
        for post in rest {
            self.thumbnail(post);
        }
        self.put("</div>");
    }

    fn begin(&mut self) {
        write!(self.html, "<!doctype html><html lang=\"{}\"><head><title>Blog</title></head><body>", self.language.tag)
            .unwrap();
        let (header, nav, main) = (self.landmark("header"), self.landmark("nav"), self.landmark("main"));
        self.open(header, "site-header");
        self.link("/", "logo", "Blog");
        self.open(nav, "menu");
        for (path, text) in
            [("/about", "About"), ("/archives", "Archives"), ("/tags", "Tags"), ("/guestbook", "Guestbook")]
        {
            self.link(path, "menu-link", text);
        }
        write!(self.html, "</{nav}></{header}>").unwrap();
        if self.look.decoy == Decoy::Events {
            self.events();
        }
        self.open(main, "content");
    }

    fn end(&mut self, posts: &[Post]) {
        let (main, aside, footer) = (self.landmark("main"), self.landmark("aside"), self.landmark("footer"));
        self.open("div", "pagination");
        self.link("/page/2/", "next", "2");
        write!(self.html, "</div></{main}>").unwrap();
        if self.look.decoy == Decoy::Products {
            self.products();
        }
        self.open(aside, "sidebar");
        self.open("ul", "recent");
        for post in &posts[..4] {
            self.put("<li>");
            self.link(&post.path, "recent-link", &post.title);
            self.put("</li>");
        }
        self.put("</ul>");
        self.open("ul", "categories");
        for category in self.language.categories {
            self.put("<li>");
            self.link(&format!("/category/{category}"), "tree", &format!("{category} (12)"));
            self.put("</li>");
        }
        write!(self.html, "</ul></{aside}>").unwrap();
        self.open(footer, "site-footer");
        self.link("/privacy", "legal", "Privacy");
        write!(self.html, " © 2026</{footer}></body></html>").unwrap();
    }

    fn products(&mut self) {
        self.open("div", "shop");
        for name in ["Linen Lamp", "Walnut Shelf", "Copper Kettle", "Felt Rug", "Glass Vase", "Oak Stool"] {
            let path = format!("/shop/{}", name.to_lowercase().replace(' ', "-"));
            self.open("div", "product");
            write!(self.html, "<a href=\"{path}\"><img src=\"/i.jpg\" alt=\"{name}\"></a>").unwrap();
            self.link(&path, "product-name", name);
            write!(self.html, "<p>A fine {name} for your home, made by hand.</p><span>$49.00</span></div>").unwrap();
        }
        self.put("</div>");
    }

    fn events(&mut self) {
        self.open("ul", "events");
        for at in 0..12_i8 {
            let day = date(2026 + i16::from(at % 2), 1 + (at * 5) % 12, 1 + (at * 7) % 28);
            write!(self.html, "<li><span>{day}</span> ").unwrap();
            self.link(&format!("/events/meetup-no-{at}"), "event", &format!("Meetup in town no. {at}"));
            self.put("</li>");
        }
        self.put("</ul>");
    }
}
