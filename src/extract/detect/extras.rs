//! What a record shows besides title, date and categories: excerpt, author, picture.

use html5ever::{LocalName, local_name};
use url::Url;

use super::fields::{Cell, How, elements, runs};
use super::lists::Record;
use super::said::Said;
use super::spans::{Reading, scan};
use super::survey::Survey;
use super::words::{Words, class_says};

/// Words of a class that an excerpt bears.
pub(super) const EXCERPTS: &[&str] = &[
    "excerpt",
    "summary",
    "desc",
    "description",
    "abstract",
    "intro",
    "snippet",
    "preview",
    "lead",
    "teaser",
    "content",
    "body",
    "txt",
    "text",
];

/// Words of a class that an author bears.
pub(super) const AUTHORS: &[&str] = &["author", "byline", "writer", "nickname", "nick", "creator"];

/// Words of a class or address of pictures that show no post.
static NO_PICTURES: Words = Words::of("avatar icon logo emoji profile gravatar badge spinner loading");

/// The longest excerpt in characters; a post in full is cut here.
const LONGEST_EXCERPT: usize = 500;

/// The excerpt: an element whose class says so, else the longest text of the record that is no field.
pub(super) fn excerpt(survey: &Survey<'_, '_>, record: &Record, taken: &[&Cell]) -> Option<Cell> {
    let page = survey.page;
    let is_taken = |at: usize| {
        taken.iter().any(|cell| page.holds(at, cell.at) || (cell.how == How::Text && page.holds(cell.at, at)))
    };
    let named = elements(record)
        .skip(1)
        .take(600)
        .find(|&at| survey.says(at, Said::Excerpt) && page.mass(at) >= 10 && !is_taken(at) && !page.is_heading(at));
    let plain = || {
        elements(record)
            .skip(1)
            .take(600)
            .find(|&at| matches!(page.elements[at].name, "p" | "blockquote") && page.mass(at) >= 20 && !is_taken(at))
    };
    let (at, how) = named.or_else(plain).map(|at| (at, How::Text)).or_else(|| {
        let run = runs(record)
            .take(60)
            .filter(|&run| page.runs[run].text.chars().take(40).count() >= 40 && !is_taken(page.runs[run].owner))
            .max_by_key(|&run| page.runs[run].text.len())?;
        Some((page.runs[run].owner, How::OwnText))
    })?;
    let text = match how {
        How::OwnText => page.elements[at].first_run..page.elements[at].last_run,
        _ => page.elements[at].first_run..(page.elements[at].first_run + 80).min(page.elements[at].last_run),
    };
    let mut text = page.text_of_runs(text);
    if let Some((end, _)) = text.char_indices().nth(LONGEST_EXCERPT) {
        text.truncate(end);
    }
    (!text.trim().is_empty()).then(|| Cell { text: text.trim().to_owned(), at, how })
}

/// The author: an element whose class, relation or itemprop says so.
pub(super) fn author(survey: &Survey<'_, '_>, record: &Record) -> Option<Cell> {
    let page = survey.page;
    let at = elements(record).skip(1).take(600).find(|&at| {
        let marks = |name: &LocalName| *name == local_name!("rel") || *name == local_name!("itemprop");
        let marked = || {
            page.elements[at].node.value().attrs.iter().any(|(key, value)| marks(&key.local) && &**value == "author")
        };
        (1..=60).contains(&page.mass(at)) && (survey.says(at, Said::Author) || marked())
    })?;
    let bare = name_in(&page.text(at));
    (bare.chars().any(char::is_alphanumeric) && !super::only_date::is_only_date(&bare)).then_some(Cell {
        text: bare,
        at,
        how: How::Text,
    })
}

/// The name in `By Kim on July 10, 2020`.
pub(super) fn name_in(text: &str) -> String {
    let mut name = text.trim();
    for word in ["by ", "By ", "von ", "par ", "por ", "글 ", "작성자 ", "文/"] {
        name = name.strip_prefix(word).unwrap_or(name);
    }
    if let Some(date) =
        scan(name).into_iter().find(|span| span.start > 0 && !matches!(span.reading, Reading::MonthDay(..)))
    {
        name = name[..date.start].trim_end();
        for word in [" on", " am", " le", " el", " em", " op", "|", "·", "-", "–", "—", ",", "@"] {
            name = name.strip_suffix(word).unwrap_or(name).trim_end();
        }
    }
    name.trim().to_owned()
}

/// The picture: the record's first that is no avatar and no icon.
pub(super) fn image(survey: &Survey<'_, '_>, record: &Record) -> Option<(Url, Cell)> {
    let page = survey.page;
    elements(record).take(600).filter(|&at| page.elements[at].name == "img").find_map(|at| {
        let class = page.elements[at].class;
        let tiny = ["width", "height"].iter().any(|side| {
            page.attribute(at, side).and_then(|side| side.parse::<u32>().ok()).is_some_and(|side| side <= 48)
        });
        if tiny || class_says(class, &NO_PICTURES) {
            return None;
        }
        ["data-src", "data-original", "data-lazy-src", "src"].into_iter().find_map(|name| {
            let value = page.attribute(at, name)?.trim();
            let url = page.base.join(value).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
            (!value.is_empty()).then(|| (url, Cell { text: value.to_owned(), at, how: How::Attribute(name) }))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byline_names_a_person() {
        for (text, expected) in [
            ("By Kim", "Kim"),
            ("Kim on July 10, 2020 6:53 PM", "Kim"),
            ("By Kim Lee · 2020.07.10", "Kim Lee"),
            ("작성자 느린개발자", "느린개발자"),
            ("Kim", "Kim"),
            ("July 10, 2020", "July 10, 2020"),
        ] {
            assert_eq!(name_in(text), expected, "{text:?}");
        }
    }
}
