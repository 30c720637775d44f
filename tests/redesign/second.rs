//! The second page of a blog: read by what the first one taught, and met on a walk of the real program.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use scraper::node::Element;
use scraper::{Html, Selector};
use sosik::extract::{CompiledRecipe, Context, extract, read};
use sosik::model::page::{Page, Validators};
use sosik::model::source::{HtmlRecipe, Recipe};
use url::Url;

use crate::bench::{Stored, plain};
use crate::case::key;
use crate::origin::rehosted;
use crate::themes::corpus::Real;

/// A first page and the one behind it.
pub(crate) struct Pair<'p> {
    pub(crate) first: &'p Real,
    /// The second page with its truth, where that is known.
    pub(crate) second: Option<Real>,
    pub(crate) url: Url,
    pub(crate) html: String,
    pub(crate) second_html: String,
}

/// The pages that have a second one.
pub(crate) fn pairs(pages: &[Real]) -> Vec<Pair<'_>> {
    let pair = |first: &'_ Real| {
        let (url, html) = rehosted(first, &first.html);
        let (_, second_html) = rehosted(first, &first.second_html()?);
        Some((url, html, second_html))
    };
    pages
        .iter()
        .filter_map(|first| pair(first).map(|(url, html, second_html)| (first, url, html, second_html)))
        .map(|(first, url, html, second_html)| Pair { first, second: first.second(), url, html, second_html })
        .collect()
}

/// What the first page teaches about the second: the posts that it reads there.
pub(crate) fn by_the_first(pair: &Pair<'_>) -> Result<Stored, String> {
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().expect("a moment");
    let page = |url: Url, text: &str| Page {
        url,
        text: text.to_owned(),
        media_type: Some("text/html".to_owned()),
        validators: Validators::default(),
    };
    let open = CompiledRecipe::compile(&Recipe::Html(HtmlRecipe::default())).map_err(|error| error.to_string())?;
    let context = Context::at(now);
    let first = read(&page(pair.url.clone(), &pair.html), &open, &context).map_err(|error| error.to_string())?;
    let recipe = match first.detected {
        // A preset read it, and reads the next page as well.
        None => open,
        Some(detected) => {
            let recipe =
                detected.recipe.ok_or_else(|| format!("no recipe: {}", detected.untaught.unwrap_or_default()))?;
            CompiledRecipe::compile(&Recipe::Html(recipe)).map_err(|error| error.to_string())?
        }
    };
    let url = first.candidates.next.unwrap_or_else(|| pair.url.clone());
    let second = extract(&page(url, &pair.second_html), &recipe, &context).map_err(|error| error.to_string())?;
    let post = |post: &sosik::model::post::Candidate| {
        (key(&post.url), (post.title.clone(), post.published.map(|published| published.date().to_string())))
    };
    Ok(second.posts.iter().map(post).collect())
}

/// The posts that the second page links in its sidebars alone: elements that it calls an aside, or whose id or class
/// names a sidebar, a widget or a panel.
fn in_sidebars(pair: &Pair<'_>) -> HashSet<String> {
    let page = Html::parse_document(&pair.second_html);
    let is_sidebar = |element: &Element| {
        let names = [element.id(), element.attr("class"), element.attr("role")];
        let named = |name: &str| {
            let name = name.to_lowercase();
            ["sidebar", "widget", "panel", "complementary"].iter().any(|word| name.contains(word))
        };
        element.name() == "aside" || names.into_iter().flatten().any(named)
    };
    let (mut beside, mut within) = (HashSet::new(), HashSet::new());
    for link in page.select(&Selector::parse("body a[href]").expect("a selector")) {
        let href = link.attr("href").unwrap_or_default();
        if href.is_empty() || href.starts_with('#') {
            continue;
        }
        let Ok(url) = pair.url.join(href) else { continue };
        let set = if link.ancestors().filter_map(|node| node.value().as_element()).any(is_sidebar) {
            &mut beside
        } else {
            &mut within
        };
        set.insert(key(&url));
    }
    beside.difference(&within).cloned().collect()
}

/// Which posts of the second page it is right to read and right to leave out.
pub(crate) enum Beyond {
    /// None: all that the truth names must be read, wherever the page links it.
    Nothing,
    /// Those that the page links in its sidebars alone. The truth's `posts` are meant to be without them, but a post that
    /// a site's feed names may have been counted wherever it is linked.
    Sidebars,
    /// All that the truth names must be there, and the first page's posts stand beside it.
    FirstPage,
}

/// What is wrong with what was read of the second page. What the truth itself knows from elsewhere than the list may
/// be read.
pub(crate) fn differences(pair: &Pair<'_>, truth: &Real, found: &Stored, beyond: &Beyond) -> Option<String> {
    let place = |href: &str| pair.url.join(href).ok().map(|url| key(&url));
    let spared = if matches!(beyond, Beyond::Sidebars) { in_sidebars(pair) } else { HashSet::new() };
    let mut allowed: HashSet<String> = truth.asides().iter().filter_map(|href| place(href)).collect();
    if matches!(beyond, Beyond::FirstPage) {
        let first = pair.first.truths().into_iter().map(|post| post.href).chain(pair.first.asides());
        allowed.extend(first.filter_map(|href| place(&href)));
    }
    let wanted: HashMap<String, _> =
        truth.truths().into_iter().filter_map(|post| Some((place(&post.href)?, post))).collect();
    let missed: Vec<&String> =
        wanted.keys().filter(|key| !found.contains_key(*key) && !spared.contains(*key)).collect();
    let is_extra = |key: &&String| !wanted.contains_key(*key) && !spared.contains(*key) && !allowed.contains(*key);
    let extra: Vec<&String> = found.keys().filter(|key| truth.is_complete() && is_extra(key)).collect();
    let both = || found.iter().filter_map(|(key, read)| Some((read, wanted.get(key)?)));
    let titles: Vec<_> =
        both().filter(|(read, post)| post.title_on_page && plain(&read.0) != plain(&post.title)).collect();
    let days: Vec<_> = both().filter(|(read, post)| post.day.is_some() && read.1 != post.day).collect();
    let wrong = |count: usize| count * 20 > wanted.len();
    let told = format!(
        "{} of {} missed {:?}, {} too much {:?}, {} other titles {:?}, {} other days {:?}",
        missed.len(),
        wanted.len(),
        missed.first(),
        extra.len(),
        extra.first(),
        titles.len(),
        titles.first().map(|(read, post)| (&read.0, &post.title)),
        days.len(),
        days.first().map(|(read, post)| (&read.1, &post.day))
    );
    (!missed.is_empty() || !extra.is_empty() || wrong(titles.len()) || wrong(days.len())).then_some(told)
}
