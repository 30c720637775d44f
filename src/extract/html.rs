//! Selectors over HTML → candidates.
//!
//! A recipe may have several layouts: each that matches anything reads the page, and the one that reads most wins. A
//! row without a date or a category is kept; one without a link is no post.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::tz::TimeZone;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::context::Context;
use super::date::{self, Order};
use super::error::ExtractError;
use super::recipe::{Fields, Rules};
use super::text::{EXCERPT, TITLE, clean};
use super::{pager, site};
use crate::model::category::{CategoryPath, TreeNode};
use crate::model::date::Published;
use crate::model::link::canonical;
use crate::model::page::Page;
use crate::model::post::{Candidate, Candidates};
use crate::model::source::CategoryRules;

/// Every link.
static LINKS: LazyLock<Selector> = LazyLock::new(|| Selector::parse("a[href]").expect("a constant"));

/// Longest label of a category in characters.
const LABEL: usize = 100;

/// Posts that a blog pins at most.
const MOST_PINNED: usize = 5;

/// What all rows of a page share.
struct Reader<'a> {
    rules: &'a Rules,
    base: Url,
    zone: TimeZone,
    context: &'a Context<'a>,
    tree: &'a [TreeNode],
}

/// Reads a page with the layout that reads most of it.
pub(super) fn read(
    page: &Page,
    document: &Html,
    rules: &Rules,
    context: &Context<'_>,
) -> Result<Candidates, ExtractError> {
    let base = site::base(document, context.link_base.unwrap_or(&page.url));
    let facts = site::facts(document, rules, &base);
    let language = context.language.or(facts.language.as_deref());
    let zone = date::zone_of([context.time_zone, rules.recipe.time_zone.as_deref()], language);
    let reader = Reader { rules, base, zone, context, tree: &facts.tree };
    let mut best: Option<(usize, &Fields, Vec<Candidate>)> = None;
    for layout in &rules.layouts {
        let posts = reader.posts(document, layout, language);
        let score = score(&posts);
        if score > best.as_ref().map_or(0, |(best, ..)| *best) {
            best = Some((score, layout, posts));
        }
    }
    let Some((_, layout, mut posts)) = best else {
        let selector = rules.layouts.last().map(|layout| layout.post_selector.clone()).unwrap_or_default();
        return Err(ExtractError::NoPosts { url: page.url.to_string(), selector });
    };
    mark_pinned(&mut posts);
    Ok(Candidates {
        next: pager::next(document, page, layout.next.as_ref(), rules.recipe.page_query.as_deref()),
        how: match &rules.recipe.preset {
            Some(preset) => format!("preset:{preset}/{}", layout.name),
            None => "recipe".to_owned(),
        },
        posts,
        site: facts,
    })
}

/// How much was read: posts first, then the fields that they have.
fn score(posts: &[Candidate]) -> usize {
    let fields = |post: &Candidate| {
        1 + 4 * usize::from(!post.title.is_empty())
            + usize::from(post.published.is_some())
            + usize::from(!post.categories.is_empty())
            + usize::from(post.excerpt.is_some())
    };
    posts.iter().map(fields).sum()
}

impl Reader<'_> {
    fn posts(&self, document: &Html, layout: &Fields, language: Option<&str>) -> Vec<Candidate> {
        let rows: Vec<ElementRef<'_>> =
            layout.post.elements(document.root_element()).take(self.context.budget.posts).collect();
        let dates: Vec<Option<String>> = rows.iter().map(|row| date_text(*row, layout)).collect();
        let order = date::order_of(dates.iter().flatten().map(String::as_str), language);
        let mut posts: Vec<Option<Candidate>> = Vec::with_capacity(rows.len());
        let mut places: HashMap<String, usize> = HashMap::with_capacity(rows.len());
        for (row, date) in rows.into_iter().zip(dates) {
            let Some(post) = self.post(row, layout, date.as_deref(), order) else { continue };
            // The same post again is a pinned one in its own place, or a second link to it: the later row is its place.
            let earlier = places.insert(canonical(&post.url, &self.rules.recipe.links), posts.len());
            let earlier = earlier.and_then(|place| posts[place].take());
            posts.push(Some(match earlier {
                Some(earlier) => filled(earlier, post),
                None => post,
            }));
        }
        posts.into_iter().flatten().collect()
    }

    fn post(&self, row: ElementRef<'_>, layout: &Fields, date: Option<&str>, order: Order) -> Option<Candidate> {
        let link = Self::link(row, layout)?;
        let url = self.resolve(link.1.as_deref()?)?;
        let title = match &layout.title {
            Some(title) => title.first(row),
            None => Some(link.0.text().collect::<Vec<_>>().join(" ")),
        };
        let text = |field: &Option<super::field::Field>, limit| {
            let value = field.as_ref().and_then(|field| field.first(row)).map(|value| clean(&value, limit));
            value.filter(|value| !value.is_empty())
        };
        Some(Candidate {
            url,
            title: clean(&title.unwrap_or_default(), TITLE),
            excerpt: text(&layout.excerpt, EXCERPT),
            published: date.and_then(|date| self.date(date, layout, order)),
            categories: self.categories(row, layout),
            author: text(&layout.author, LABEL),
            image: layout.image.as_ref().and_then(|image| self.resolve(image.first(row)?.trim())),
            pinned: false,
        })
    }

    /// The row's link: the element and where it leads.
    fn link<'r>(row: ElementRef<'r>, layout: &'r Fields) -> Option<(ElementRef<'r>, Option<String>)> {
        match &layout.link {
            Some(link) => {
                let href = |element: ElementRef<'_>| {
                    if link.takes_attribute() { link.value(element) } else { element.attr("href").map(str::to_owned) }
                };
                if link.is(&row) {
                    return Some((row, href(row)));
                }
                link.elements(row).next().map(|element| (element, href(element)))
            }
            None if row.value().name() == "a" => Some((row, row.attr("href").map(str::to_owned))),
            None => {
                let first = row.select(&LINKS).next();
                first.map(|element| (element, element.attr("href").map(str::to_owned)))
            }
        }
    }

    /// An absolute http(s) URL without credentials.
    fn resolve(&self, href: &str) -> Option<Url> {
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') {
            return None;
        }
        let mut url = self.base.join(href).ok()?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return None;
        }
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Some(url)
    }

    fn date(&self, text: &str, layout: &Fields, order: Order) -> Option<Published> {
        match &layout.date_format {
            Some(format) => date::read_with_format(text, format, &self.zone),
            None => date::read_in_order(text, &self.zone, self.context.now, order),
        }
    }

    fn categories(&self, row: ElementRef<'_>, layout: &Fields) -> Vec<CategoryPath> {
        let Some(field) = &layout.category else { return Vec::new() };
        let mut paths: Vec<CategoryPath> = Vec::new();
        for label in field.all(row) {
            let label = clean(&label, LABEL);
            let path = self.path_of(&label);
            if let Some(path) = path.filter(|path| !paths.contains(path)) {
                paths.push(path);
            }
        }
        paths
    }

    /// The path that a label means: one of the blog's own tree where it shows one, else by the platform's rule.
    fn path_of(&self, label: &str) -> Option<CategoryPath> {
        let CategoryRules { separator, levels, none } = &self.rules.recipe.categories;
        if label.is_empty() || none.iter().any(|none| none == label) {
            return None;
        }
        if let Some(node) = self.tree.iter().find(|node| node.path.to_string() == label) {
            return Some(node.path.clone());
        }
        match separator {
            Some(separator) => CategoryPath::new(label.splitn(levels.unwrap_or(usize::MAX).max(1), separator.as_str())),
            None => CategoryPath::new([label]),
        }
    }
}

/// The text of a row's date: a machine's, where its element has one.
fn date_text(row: ElementRef<'_>, layout: &Fields) -> Option<String> {
    let field = layout.date.as_ref()?;
    let machine = || {
        let element = field.elements(row).find(|element| element.value().name() == "time")?;
        element.attr("datetime").filter(|value| !value.trim().is_empty()).map(str::to_owned)
    };
    if field.takes_attribute() { field.first(row) } else { machine().or_else(|| field.first(row)) }
}

/// A post with what a second row of it adds.
fn filled(post: Candidate, again: Candidate) -> Candidate {
    Candidate {
        title: if post.title.is_empty() { again.title } else { post.title },
        excerpt: post.excerpt.or(again.excerpt),
        published: post.published.or(again.published),
        categories: if post.categories.is_empty() { again.categories } else { post.categories },
        author: post.author.or(again.author),
        image: post.image.or(again.image),
        pinned: false,
        url: post.url,
    }
}

/// Marks a few leading posts that are older than the rest, where the rest stands in falling order.
fn mark_pinned(posts: &mut [Candidate]) {
    let dates: Vec<_> = posts.iter().map(|post| post.published.map(|published| published.date())).collect();
    let falls = |from: &usize| {
        let rest: Vec<_> = dates[*from..].iter().flatten().collect();
        rest.len() > 1 && rest.windows(2).all(|pair| pair[0] >= pair[1])
    };
    let Some(first) = (0..=MOST_PINNED.min(posts.len() / 2)).find(falls) else { return };
    let newest = dates[first..].iter().flatten().max().copied();
    for (post, date) in posts[..first].iter_mut().zip(&dates) {
        post.pinned = date.is_some() && *date < newest;
    }
}
