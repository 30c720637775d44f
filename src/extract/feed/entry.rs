//! The entries of a feed → candidates: addresses, dates with their precision, plain texts, category paths.

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use url::Url;

use super::super::category::path_of;
use super::super::contract::{Context, ExtractError};
use super::super::date::{is_plausible, read as read_date, zone_of};
use super::super::link::{resolve, same_host};
use super::super::merge::merge;
use super::super::recipe::CompiledRecipe;
use super::super::text::{EXCERPT_LENGTH, TITLE_LENGTH, clean_to};
use super::channel::{Attached, Channel, Entry};
use super::plain::plain;
use crate::model::category::CategoryPath;
use crate::model::date::{Precision, Published};
use crate::model::enclosure::Enclosure;
use crate::model::page::Page;
use crate::model::post::{Candidate, Candidates, SiteFacts};

/// Labels of one entry that are looked at.
const MOST_LABELS: usize = 32;

/// Files beside one entry that are taken.
const MOST_ENCLOSURES: usize = 8;

/// Entries from which a time of day that all share says that none was meant.
const ENOUGH: usize = 2;

/// The candidates of a feed. A feed without an entry that leads anywhere has no posts.
pub(super) fn candidates(
    channel: &Channel,
    page: &Page,
    recipe: &CompiledRecipe,
    context: &Context<'_>,
) -> Result<Candidates, ExtractError> {
    let under = context.link_base.unwrap_or(&page.url);
    let base = below(under, channel.base.as_deref());
    let language = channel.language.as_deref().map(str::trim).filter(|tag| !tag.is_empty() && tag.len() <= 35);
    let zone = zone_of([context.time_zone, recipe.time_zone.as_deref()], context.language.or(language));
    let mut posts: Vec<Candidate> = channel
        .entries
        .iter()
        .take(context.budget.posts)
        .filter_map(|entry| candidate(entry, &base, recipe, &zone, context.now))
        .collect();
    if posts.is_empty() {
        return Err(ExtractError::EmptyFeed { url: page.url.clone() });
    }
    forget_midnights(&mut posts, &zone);
    let line = |text: &str| Some(clean_to(&plain(text), TITLE_LENGTH)).filter(|text| !text.is_empty());
    let site = SiteFacts {
        title: channel.title.as_deref().and_then(line),
        named: true,
        language: language.map(str::to_owned),
        home: channel.home.as_deref().and_then(|home| resolve(&base, home)),
        ..SiteFacts::default()
    };
    let next = channel.next.as_deref().and_then(|next| resolve(&base, next));
    let next = next.filter(|next| *next != page.url && same_host(next, &page.url));
    let posts = merge(posts, &recipe.links);
    // RSS 2.0 `ttl`; one that is mistyped must not end a subscription: whoever waits by it caps it.
    let minutes = channel.ttl.as_deref().and_then(|ttl| ttl.trim().parse::<u32>().ok());
    let ttl = minutes.map(|minutes| SignedDuration::from_mins(i64::from(minutes)));
    Ok(Candidates { posts, next, site, how: channel.how.to_owned(), ttl })
}

fn candidate(entry: &Entry, base: &Url, recipe: &CompiledRecipe, zone: &TimeZone, now: Timestamp) -> Option<Candidate> {
    let base = below(base, entry.base.as_deref());
    let url = entry.links.iter().find_map(|link| resolve(&base, link))?;
    let text = |text: &str, length: usize| clean_to(&plain(text), length);
    let filled = |text: String| (!text.is_empty()).then_some(text);
    let mut categories: Vec<CategoryPath> = Vec::new();
    for path in entry.labels.iter().take(MOST_LABELS).filter_map(|label| path_of(&plain(label), recipe, &[])) {
        if !categories.contains(&path) {
            categories.push(path);
        }
    }
    Some(Candidate {
        url,
        title: text(&entry.title, TITLE_LENGTH),
        excerpt: filled(text(&entry.text, EXCERPT_LENGTH)),
        published: entry.dates.iter().find_map(|date| moment(date, zone, now)),
        categories,
        tags: Vec::new(),
        author: entry.author.as_deref().map(|author| text(author, TITLE_LENGTH)).and_then(filled),
        image: entry.image.as_deref().and_then(|image| resolve(&base, image)),
        enclosures: enclosures(&entry.enclosures, &base),
        pinned: false,
        no_category: None,
    })
}

/// The files beside an entry, each once.
fn enclosures(attached: &[Attached], base: &Url) -> Vec<Enclosure> {
    let mut enclosures: Vec<Enclosure> = Vec::new();
    for Attached { link, media_type, length } in attached {
        let Some(url) = resolve(base, link) else { continue };
        let length = length.as_deref().and_then(|length| length.parse().ok()).filter(|length| *length > 0);
        let enclosure = Enclosure::new(&url, media_type.as_deref(), length);
        if enclosures.len() < MOST_ENCLOSURES && enclosures.iter().all(|known| known.url != enclosure.url) {
            enclosures.push(enclosure);
        }
    }
    enclosures
}

/// A base that stands under another; not every `xml:base` is an address.
fn below(under: &Url, base: Option<&str>) -> Url {
    base.and_then(|base| resolve(under, base)).unwrap_or_else(|| under.clone())
}

/// A date of a feed: RFC 3339 and RFC 2822 by the book, else as people write dates.
pub(super) fn moment(text: &str, zone: &TimeZone, now: Timestamp) -> Option<Published> {
    let text = text.trim();
    let exact = |zoned: &Zoned| Published {
        at: zoned.timestamp(),
        offset_seconds: zoned.offset().seconds(),
        precision: Precision::Second,
    };
    let by_the_book = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_zoned(text).ok();
    let published = by_the_book.as_ref().map(exact).or_else(|| read_date(text, zone, now))?;
    is_plausible(&published, now).then_some(published)
}

/// Where every entry was published at midnight, the days alone were meant.
fn forget_midnights(posts: &mut [Candidate], zone: &TimeZone) {
    let dates = || posts.iter().filter_map(|post| post.published);
    let is_midnight = |published: Published| {
        let local = crate::model::date::at_offset(published.at, published.offset_seconds);
        local.time() == jiff::civil::Time::midnight()
    };
    if dates().count() < ENOUGH || !dates().all(is_midnight) {
        return;
    }
    for post in posts {
        post.published = post.published.and_then(|published| Published::day(published.date(), zone));
    }
}
