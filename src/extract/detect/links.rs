//! What a link's address alone says: whose it is, what it cannot be, what it is shaped like.
//!
//! Two spellings of one post share a key; the case of a path is kept, `/Tree/` and `/tree/` may be two posts.

use std::borrow::Cow;

use jiff::civil::Date;
use percent_encoding::percent_decode_str;
use url::Url;

use super::measure::width;
use super::spans::{Reading, scan};
use super::words::Words;
use crate::extract::letters::lower;

/// Folders of lists: what stands below them is a list of posts, not a post.
static TAXONOMY: Words = Words::of(
    "tag tags category categories cat label labels topic topics series hashtag hashtags categoria \
    categorias categoría categorías categorie catégorie catégories etiqueta etiquetas étiquette rubrik \
    rubrique thema themen schlagwort schlagwoerter kategorie kategorien kategori kategoria kategoriat \
    kategorija rubric rubrics tema temas metka рубрика метка теги категория категории 분류 태그 카테고리 시리즈 分类 \
    分類 标签 標籤 カテゴリ カテゴリー タグ 专题 chu-de the-loai danh-muc etiket",
);

/// Folders of lists that name no category.
static PEOPLE_AND_SEARCH: Words = Words::of("author authors user users search autor auteur profile member members");

/// Addresses of a site's own service pages. Posts may have such a slug, too.
static SERVICE: Words = Words::of(
    "about about-me aboutme contact contact-us contacts tags tag categories category archives archive \
    search login logout signin signup register privacy privacy-policy terms links link friends friend \
    projects project resume cv guestbook uses now faq blog posts post articles home rss feed subscribe \
    newsletter sitemap portfolio works work publications talks team authors author series topics tools \
    license licenses imprint impressum datenschutz legal cookies cookie-policy donate sponsor support \
    help shop store cart checkout account message board notes gallery photos music movies books \
    bookmarks comments guest me page pages notice tos disclaimer all index manage admin wp-admin \
    wp-login acerca-de contacto a-propos apropos contatti sobre contato ueber ueber-mich kontakt \
    hakkimda iletisim",
);

/// Folders of posts.
static POST_FOLDERS: Words = Words::of(
    "post posts entry entries article articles blog blogs p archive archives journal news writing \
    writings notes beitrag artikel articulo artigo story stories",
);

/// What files are that no post is.
static FILES: Words = Words::of(
    "xml rss atom json rdf jpg jpeg png gif webp svg ico bmp mp3 mp4 ogg wav avi mov webm flac pdf doc \
    docx xls xlsx ppt pptx epub txt csv zip gz tgz bz2 xz tar rar 7z dmg exe apk deb rpm jar css js ts \
    py c h cpp cc rs go java rb sh ipynb tex bib woff woff2 ttf asc pem ics opml webmanifest",
);

/// Query parameters that tell posts apart.
static ID_QUERIES: Words = Words::of(
    "p id no logno page_id article articleid idx seq num post postid post_id entry aid nid wr_id \
    document_srl slug name itemid story tid",
);

/// Query parameters of lists, searches and answers.
static LIST_QUERIES: Words =
    Words::of("page paged tag cat author replytocom s q year month m query keyword share lang sort");

/// Where fragments lead that stand for comments.
const COMMENT_FRAGMENTS: &[&str] =
    &["comment", "respond", "disqus", "reply", "commento", "utterances", "giscus", "cmt"];

/// The shape of an address, with what tells one post from another taken out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Link {
    /// The address as the page means it.
    pub(super) url: Url,
    /// One for all spellings of it.
    pub(super) key: String,
    /// `host/{y}/{m}/{s}`.
    pub(super) shape: String,
    /// How much it looks like a post's: -1 to 1.
    pub(super) likeness: f64,
    /// The name of a service page.
    pub(super) weak: bool,
}

/// The decoded segments of a path, without an index file.
pub(super) fn segments(url: &Url) -> Vec<Cow<'_, str>> {
    let segments = url.path().split('/').filter(|segment| !segment.is_empty());
    let mut segments: Vec<Cow<'_, str>> = segments.map(decoded).collect();
    if segments.last().is_some_and(|last| is_index(last)) {
        segments.pop();
    }
    segments
}

/// As [`segments`], from the last to the first.
pub(super) fn segments_from_last(url: &Url) -> impl Iterator<Item = Cow<'_, str>> {
    let segments = url.path().rsplit('/').filter(|segment| !segment.is_empty()).map(decoded);
    segments.enumerate().filter(|(at, segment)| *at > 0 || !is_index(segment)).map(|(_, segment)| segment)
}

fn is_index(last: &str) -> bool {
    matches!(last, "index.html" | "index.htm" | "index.php")
}

fn decoded(segment: &str) -> Cow<'_, str> {
    if segment.contains('%') { percent_decode_str(segment).decode_utf8_lossy() } else { Cow::Borrowed(segment) }
}

/// The category that an address leads to: a link to a list by taxonomy, of no author and no search.
pub(super) fn is_taxonomy(url: &Url) -> bool {
    is_taxonomy_of(url, &segments(url))
}

/// As [`is_taxonomy`], of an address with these segments.
pub(super) fn is_taxonomy_of(url: &Url, segments: &[Cow<'_, str>]) -> bool {
    let folders = segments.split_last().map_or(&[][..], |(_, folders)| folders);
    let page_number = segments.iter().any(|segment| segment == "page");
    (!page_number && folders.iter().any(|folder| TAXONOMY.has_in_any_case(folder)))
        || (segments.len() == 2 && segments[0] == "search" && segments[1] == "label")
        || url.query_pairs().any(|(name, value)| {
            matches!(&*name, "tag" | "cat" | "category" | "categoryNo" | "label") && !value.is_empty()
        })
        || category_file(segments.last())
}

/// The part of an address that says so: `/tag/`, as the page writes it.
pub(super) fn taxonomy_folder(href: &str) -> Option<&str> {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    let mut from = 0;
    for segment in path.split('/') {
        let end = from + segment.len();
        if TAXONOMY.has_in_any_case(segment) && from > 0 && end < path.len() {
            return path.get(from - 1..=end);
        }
        from = end + 1;
    }
    None
}

/// `tag-name.html`, `category-name.html`: how some generators write lists without folders; and `tags.html#name`.
fn category_file(last: Option<&Cow<'_, str>>) -> bool {
    last.is_some_and(|last| {
        last.rsplit_once('.').is_some_and(|(_, end)| end == "html")
            && ["tag-", "category-", "categories-", "tags-"].iter().any(|prefix| last.starts_with(prefix))
    })
}

/// The day in an address: `/2020/07/10/`, `2020-07-10-title`, `20200710`.
pub(super) fn day_of(url: &Url) -> Option<Date> {
    let segments = segments(url);
    let day = |text: &str| {
        scan(text).into_iter().find_map(|span| match span.reading {
            Reading::Day(date) => Some(date),
            Reading::Open { .. } | Reading::MonthDay(..) => None,
        })
    };
    let digits = || {
        segments.iter().find_map(|segment| {
            day(segment.get(..8).filter(|start| start.bytes().all(|byte| byte.is_ascii_digit()))?)
        })
    };
    day(&segments.join("/")).or_else(digits)
}

/// Reads a link that may lead to a post of the page's site; `None` where it surely does not.
pub(super) fn post_link(url: &Url, page: &Url) -> Option<Link> {
    post_link_of(url, &segments(url), &segments(page))
}

/// As [`post_link`], of an address with these segments, from a page with those.
pub(super) fn post_link_of(url: &Url, segments: &[Cow<'_, str>], own: &[Cow<'_, str>]) -> Option<Link> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let fragment = lower(url.fragment().unwrap_or_default());
    if COMMENT_FRAGMENTS.iter().any(|start| fragment.trim_start_matches('/').starts_with(start)) {
        return None;
    }
    let query: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| (name.to_lowercase(), value.into_owned()))
        .filter(|(name, value)| ID_QUERIES.has(name) && !value.is_empty())
        .collect();
    if url.query_pairs().any(|(name, value)| LIST_QUERIES.has(&name.to_lowercase()) && !value.is_empty())
        && query.is_empty()
    {
        return None;
    }
    if query.is_empty() && segments.len() <= own.len() && own[..segments.len()] == segments[..] {
        return None;
    }
    let lower: Vec<Cow<'_, str>> = segments.iter().map(|segment| lower(segment)).collect();
    if is_list_path(&lower, own) || is_file(lower.last()) {
        return None;
    }
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let mut key = String::with_capacity(url.as_str().len());
    key.push_str(host);
    for segment in segments {
        key.extend(["/", segment]);
    }
    if segments.is_empty() {
        key.push('/');
    }
    for (name, value) in &query {
        key.extend(["?", name, "=", value]);
    }
    let weak = query.is_empty() && segments.len() <= 2 && {
        let last = lower.last().map_or("", |last| &**last);
        let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
        SERVICE.has(stem) && lower.iter().rev().skip(1).all(|folder| !POST_FOLDERS.has(folder))
    };
    let below = !own.is_empty() && segments.len() > own.len() && segments[..own.len()] == own[..];
    let likeness = if weak { -1.0 } else { (likeness(&lower, &query) + if below { 0.3 } else { 0.0 }).min(1.0) };
    Some(Link { key, shape: shape(host, segments, &query), likeness, weak, url: url.clone() })
}

/// `/page/2`, `/2020`, `/2020/07`, `/tag/x`, `/author/x`.
fn is_list_path(lower: &[Cow<'_, str>], own: &[Cow<'_, str>]) -> bool {
    let Some((last, folders)) = lower.split_last() else { return false };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let page = |text: &str| {
        text.strip_prefix("page")
            .or_else(|| text.strip_prefix("index").filter(|rest| rest.strip_suffix(".html").is_some()))
            .is_some_and(|rest| number(rest.trim_start_matches(['-', '_']).trim_end_matches(".html")))
    };
    if folders.last().is_some_and(|folder| matches!(&**folder, "page" | "pages" | "seite" | "pagina" | "strana"))
        && number(last.trim_end_matches(".html"))
        || page(last)
    {
        return true;
    }
    let by_date =
        is_year(last) || (number(last) && last.len() <= 2 && folders.last().is_some_and(|folder| is_year(folder)));
    let by_day = lower.len() >= 4
        && matches!(&*lower[lower.len() - 4], "archive" | "archives")
        && is_year(&lower[lower.len() - 3])
        && lower[lower.len() - 2..].iter().all(|part| number(part) && part.len() <= 2);
    if by_date || by_day {
        return true;
    }
    folders.iter().enumerate().any(|(at, folder)| {
        let listed = TAXONOMY.has(folder) || PEOPLE_AND_SEARCH.has(folder);
        listed && own.get(at).is_none_or(|own| own.to_lowercase() != *folder)
    })
}

fn is_file(last: Option<&Cow<'_, str>>) -> bool {
    let Some((stem, extension)) = last.and_then(|last| last.rsplit_once('.')) else { return false };
    // `/posts/an-intro-to-node.js` is a post: a name of several words that happens to end so.
    FILES.has(extension)
        && (extension.len() > 2 || stem.matches(['-', '_', ' ']).count() < 2)
        && stem.matches('-').count() < 3
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.parse::<u16>().is_ok_and(|year| (1970..=2100).contains(&year))
}

fn shape(host: &str, segments: &[Cow<'_, str>], query: &[(String, String)]) -> String {
    let most = segments.iter().map(|segment| segment.len() + 4).sum::<usize>();
    let mut shape = String::with_capacity(host.len() + most);
    shape.push_str(host);
    let last = segments.len().saturating_sub(1);
    for (at, segment) in segments.iter().enumerate() {
        let number = segment.bytes().all(|byte| byte.is_ascii_digit());
        shape.push('/');
        shape.push_str(match () {
            () if is_year(segment) && at < last => "{y}",
            () if number && segment.len() <= 2 && at < last => "{m}",
            () if number => "{n}",
            () if at == last => "{s}",
            () => segment,
        });
    }
    for (name, _) in query {
        shape.push('?');
        shape.push_str(name);
    }
    shape
}

fn likeness(lower: &[Cow<'_, str>], query: &[(String, String)]) -> f64 {
    let Some((last, folders)) = lower.split_last() else {
        return if query.is_empty() { -0.5 } else { 0.3 };
    };
    let stem = ["html", "htm", "php", "md", "aspx"]
        .iter()
        .find_map(|end| last.strip_suffix(end)?.strip_suffix('.'))
        .unwrap_or(&**last);
    let mut likeness = 0.0;
    if folders.iter().any(|folder| is_year(folder)) {
        likeness += 0.5;
    }
    if folders.iter().any(|folder| POST_FOLDERS.has(folder)) {
        likeness += 0.4;
    }
    if stem.matches(['-', '_', ' ']).count() >= 2 || width(stem) >= 16 {
        likeness += 0.5;
    } else if stem.bytes().all(|byte| byte.is_ascii_digit()) {
        likeness += 0.3;
    } else if folders.is_empty()
        && query.is_empty()
        && stem.len() <= 12
        && stem.bytes().all(|byte| byte.is_ascii_alphabetic())
    {
        likeness -= 0.5;
    }
    if !query.is_empty() {
        likeness += 0.3;
    }
    f64::clamp(likeness, -0.5, 1.0)
}

#[cfg(test)]
mod tests;
