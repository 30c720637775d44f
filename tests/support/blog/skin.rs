//! How the test blog looks: four skins over the markup that the platform itself adds to all of them.
//!
//! The class names are those that bloggers use; the `tistory` preset reads the first three. The last one helps
//! nobody. Around the posts stand the usual traps: recent and popular posts, notices, comments, banners.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::posts::{Post, Posts};

/// Posts a page.
pub const PAGE: usize = 10;

/// What stays as it is in a category's URL.
const CATEGORY_URL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What every page of the platform shows before and after the skin's own markup.
const BANNER: &str = r#"<div class="revenue_unit_wrap"><div class="revenue_unit_item adsense responsive"><div class="revenue_unit_info">반응형</div></div></div>"#;

/// The look of the blog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skin {
    /// Rows of title, excerpt, category and date, with a sidebar.
    PlainList,
    /// Sections with a picture, and the category tree on the left.
    Articles,
    /// Cards without category and date; no tree.
    Cards,
    /// A table whose classes say nothing.
    Alien,
}

/// A list page: the home page, or one of a category (the empty one is all posts).
#[derive(Debug, Clone, Copy)]
pub struct ListPage<'a> {
    /// Its path without a page number, percent-encoded.
    pub path: &'a str,
    /// The category.
    pub category: &'a str,
    /// From 1.
    pub number: usize,
}

impl Skin {
    /// Whether a post's row shows its category and date.
    pub fn shows_fields(self, post: &Post) -> bool {
        self != Self::Cards && !post.is_bare()
    }

    /// A list page.
    pub fn list(self, blog: &Posts, page: ListPage<'_>) -> String {
        let listed = blog.of(page.category);
        let pages = listed.len().div_ceil(PAGE).max(1);
        let pinned = blog.pinned.filter(|_| page.number == 1).and_then(|id| blog.get(id));
        let shown: Vec<&Post> =
            pinned.into_iter().chain(listed.iter().copied().skip((page.number - 1) * PAGE).take(PAGE)).collect();
        let newest = shown.iter().map(|post| post.id).max().unwrap_or(0);
        let rows: String = shown.iter().map(|post| self.row(post, post.id + 2 > newest)).collect();
        let heading = if page.category.is_empty() { "분류 전체보기".to_owned() } else { escape(page.category) };
        let total = listed.len();
        let steps = self.pager(page, pages);
        let body = match self {
            Self::PlainList => format!(
                r#"<main><h2 class="list-head">{heading} <span class="count">{total}</span></h2><div class="list">{rows}</div>{steps}</main>{}"#,
                sidebar(blog)
            ),
            Self::Articles => format!(
                r#"<div class="container"><div class="left">{}</div><div class="content"><p class="where">'{heading}' ({total}건)</p>{rows}{steps}</div></div>"#,
                tree(blog)
            ),
            Self::Cards => format!(
                r#"<div id="wrap">{}<div class="title-box"><em>{heading}</em><i>{total}</i></div><div class="cards">{rows}</div>{steps}</div>"#,
                popular(blog)
            ),
            Self::Alien => format!(
                r#"<table class="z1"><tr><td class="z2"><b>{}</b></td></tr>{rows}</table>{steps}"#,
                escape(super::TITLE)
            ),
        };
        let id = if page.path == "/" { "tt-body-index" } else { "tt-body-category" };
        self.document(id, &format!("'{heading}' 카테고리의 글 목록"), &body)
    }

    /// The page of one post.
    pub fn post(self, blog: &Posts, post: &Post) -> String {
        let title = escape(&post.title);
        let when = long_date(post);
        let category = category_label(post);
        let link = category_path(&post.category);
        let text = if post.is_protected() {
            r#"<form><input type="password" name="password"></form>"#.to_owned()
        } else {
            format!("<p>{}</p>", escape(&post.text))
        };
        let body = match self {
            Self::PlainList => format!(
                r#"<main><article><h2>{title}</h2><p class="meta"><a href="{link}">{category}</a> · {when} · by 느린개발자</p><div class="tt_article_useless_p_margin contents_style">{text}</div></article></main>{}"#,
                sidebar(blog)
            ),
            Self::Articles => format!(
                r#"<div class="container"><div class="left">{}</div><div class="content"><section class="inner full"><h2>{title}</h2><span class="when">{when}</span><a class="cate" href="{link}">{category}</a><div class="body">{text}</div></section></div></div>"#,
                tree(blog)
            ),
            Self::Cards => format!(
                r#"<div id="wrap">{}<div class="cards"><div class="post"><div class="hgroup"><div class="category">{category}</div><h1>{title}</h1><span class="date">{when}</span></div><div class="entry">{text}</div></div></div></div>"#,
                popular(blog)
            ),
            Self::Alien => format!(
                r#"<table class="z1"><tr><td colspan="3"><h1>{title}</h1><i>{when}</i> <u>{category}</u><div>{text}</div></td></tr></table>"#
            ),
        };
        self.document("tt-body-page", &title, &body)
    }

    fn document(self, id: &str, title: &str, body: &str) -> String {
        let alternate = match self {
            Self::PlainList | Self::Cards => {
                format!(r#"<link rel="alternate" type="application/rss+xml" title="{}" href="/rss">"#, super::TITLE)
            }
            Self::Articles | Self::Alien => String::new(),
        };
        let header = match self {
            Self::PlainList | Self::Cards => format!(
                r#"<header><h1><a href="/">{}</a></h1><ul><li><a href="/">홈</a></li><li><a href="/tag">태그</a></li><li><a href="/guestbook">방명록</a></li></ul></header>"#,
                super::TITLE
            ),
            Self::Articles | Self::Alien => String::new(),
        };
        format!(
            r#"<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><title>{title}</title>{alternate}</head>
<body id="{id}">{BANNER}
{header}{body}
{BANNER}<script src="/tistory_admin/blogs/script/blog/common.js"></script></body></html>
"#
        )
    }

    fn row(self, post: &Post, is_new: bool) -> String {
        let link = format!("/{}", post.id);
        let title = escape(&post.title);
        let excerpt = excerpt(post);
        let shows = self.shows_fields(post);
        let category = if shows { category_label(post) } else { String::new() };
        let category_link = if shows { category_path(&post.category) } else { String::new() };
        let picture =
            if post.has_picture() { format!(r#"<img src="/picture/{}.png" alt="">"#, post.id) } else { String::new() };
        match self {
            Self::PlainList => {
                let badge = if is_new { r#" <img src="/tistory/new_ico_5.gif" alt="N">"# } else { "" };
                let date = if shows { post.at.strftime("%Y.%m.%d").to_string() } else { String::new() };
                format!(
                    r#"<div class="row"><a class="row-link" href="{link}"><strong class="row-title">{title}{badge}</strong><p class="row-text">{excerpt}</p></a>
<div class="row-info"><a href="{category_link}">{category}</a> <span class="bar"></span> <span>{date}</span></div></div>
"#
                )
            }
            Self::Articles => {
                let when = if shows { long_date(post) } else { String::new() };
                let picture =
                    if picture.is_empty() { picture } else { format!(r#"<a href="{link}" class="th">{picture}</a>"#) };
                format!(
                    r#"<section class="inner"><div class="hd"><a href="{category_link}" class="cate">{category}</a><h2><a href="{link}">{title}</a></h2><span class="when">{when}</span><span>느린개발자</span></div>{picture}
<p class="sum">{excerpt} <a href="{link}">더보기</a></p></section>
"#
                )
            }
            Self::Cards => format!(
                r#"<div class="card"><a href={link}><span class="thumb">{picture}</span><span class="t">{title}</span><span class="s">{excerpt}</span></a></div>
"#
            ),
            Self::Alien => {
                let when = if shows { post.at.strftime("%Y. %-m. %-d.").to_string() } else { String::new() };
                format!(
                    r#"<tr class="q7"><td class="q1">{when}</td><td class="q2"><a class="q3" href="{link}">{title}</a><div class="q4">{excerpt}</div></td><td class="q5">{category}</td></tr>
"#
                )
            }
        }
    }

    /// Links to the pages around this one. The page that is shown has none, nor do steps past an end.
    fn pager(self, page: ListPage<'_>, pages: usize) -> String {
        let link = |number: usize| format!(r#"href="{}?page={number}""#, page.path);
        let before = if page.number > 1 { link(page.number - 1) } else { String::new() };
        let after = if page.number < pages { link(page.number + 1) } else { String::new() };
        let numbers: Vec<String> = (page.number.saturating_sub(4).max(1)..=pages.min(page.number + 5))
            .map(|number| {
                let link = if number == page.number { String::new() } else { link(number) };
                format!("<a {link}><span>{number}</span></a>")
            })
            .collect();
        match self {
            Self::PlainList => format!(
                r#"<div class="paging"><a {before} class="prev {}">이전</a>{}<a {after} class="next {}">다음</a></div>"#,
                if before.is_empty() { "no-more-prev" } else { "" },
                numbers.concat(),
                if after.is_empty() { "no-more-next" } else { "" }
            ),
            Self::Articles => format!(r#"<ul class="pg"><li>{}</li></ul>"#, numbers.join("</li><li>")),
            Self::Cards => format!("<a {before}>◀</a>{}<a {after}>▶</a>", numbers.concat()),
            Self::Alien => format!(r#"<p class="pp">{}</p>"#, numbers.join(" ")),
        }
    }
}

/// The path of a category's list.
pub fn category_path(category: &str) -> String {
    if category.is_empty() {
        "/category".to_owned()
    } else {
        format!("/category/{}", utf8_percent_encode(category, CATEGORY_URL))
    }
}

/// Text as it stands in HTML and XML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn excerpt(post: &Post) -> String {
    if post.is_protected() {
        return "보호되어 있는 글입니다.".to_owned();
    }
    format!("{}..", escape(&post.text.chars().take(290).collect::<String>()))
}

fn category_label(post: &Post) -> String {
    if post.category.is_empty() { "카테고리 없음".to_owned() } else { escape(&post.category) }
}

fn long_date(post: &Post) -> String {
    post.at.strftime("%Y. %-m. %-d. %H:%M").to_string()
}

/// The platform's own tree of categories with their counts.
fn tree(blog: &Posts) -> String {
    let counts = blog.tree();
    let mut items = String::new();
    for (top, count) in counts.iter().filter(|(path, _)| !path.contains('/')) {
        let below: Vec<String> = counts
            .iter()
            .filter_map(|(path, count)| Some((path, path.strip_prefix(top)?.strip_prefix('/')?, count)))
            .map(|(path, label, count)| {
                format!(
                    r#"<li><a href="{}" class="link_sub_item">{} <span class="c_cnt">({count})</span></a></li>"#,
                    category_path(path),
                    escape(label)
                )
            })
            .collect();
        let below = match below.concat() {
            none if none.is_empty() => none,
            items => format!(r#"<ul class="sub_category_list">{items}</ul>"#),
        };
        let _ = write!(
            items,
            r#"<li><a href="{}" class="link_item">{} <span class="c_cnt">({count})</span></a>{below}</li>"#,
            category_path(top),
            escape(top)
        );
    }
    format!(
        r#"<ul class="tt_category"><li><a href="/category" class="link_tit">분류 전체보기 <span class="c_cnt">({})</span></a><ul class="category_list">{items}</ul></li></ul>"#,
        blog.all().len()
    )
}

/// The sidebar: the tree, and links that are posts but no rows of the list.
fn sidebar(blog: &Posts) -> String {
    let recent: String = blog.all().iter().take(5).fold(String::new(), |mut out, post| {
        let day = post.at.strftime("%Y. %-m. %-d.");
        let _ = write!(out, r#"<li><a href="/{}">{}</a> <span>{day}</span></li>"#, post.id, escape(&post.title));
        out
    });
    let comments: String = blog.all().iter().take(3).fold(String::new(), |mut out, post| {
        let _ = write!(out, r#"<li><a href="/{0}#comment{0}">잘 보고 갑니다</a></li>"#, post.id);
        out
    });
    format!(
        r#"<aside><nav>{}</nav><h3>공지사항</h3><ul><li><a href="/notice/1">블로그 이전 안내</a></li></ul><h3>최근글</h3><ul>{recent}</ul><h3>최근댓글</h3><ul>{comments}</ul><p><a href="/tag/kafka">kafka</a> <a href="/archive/202007">2020/07</a></p></aside>"#,
        tree(blog)
    )
}

fn popular(blog: &Posts) -> String {
    let posts = blog.all().iter().filter(|post| post.id % 29 == 3).take(5).fold(String::new(), |mut out, post| {
        let title = escape(&post.title);
        let _ = write!(out, r#"<div class="pop"><a href="/{}"><b>{title}</b></a></div>"#, post.id);
        out
    });
    format!(r#"<div class="popular"><h3>인기 글</h3>{posts}</div>"#)
}
