//! Posts a month as a little chart.
//!
//! Pure: moments → bars of an SVG, which the page draws in the colour of its text.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::date::at_offset;
use crate::model::post::Post;

/// Months that are shown at most.
pub(super) const MONTHS: usize = 24;

/// The size of a bar, of the gap after it, and of the tallest one, in units of the SVG.
const WIDTH: u32 = 8;
const GAP: u32 = 2;
pub(super) const HEIGHT: u32 = 40;

/// The chart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chart {
    pub(super) bars: Vec<Bar>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) posts: u32,
}

/// One month.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    /// `2026-01: 3`
    pub(super) text: String,
}

impl Chart {
    /// The chart of the months up to `now`. `None`: no post is in them. Where not all posts were read (`complete`),
    /// the month of the oldest may lack some and is left out with those before it.
    pub(super) fn of(posts: &[Post], complete: bool, now: Timestamp) -> Option<Self> {
        let this_month = month(at_offset(now, 0).date());
        let months: Vec<i32> =
            posts.iter().map(|post| month(at_offset(post.listed_at, post.offset_seconds).date())).collect();
        let newest = months.iter().copied().max()?.max(this_month);
        let oldest = months.iter().copied().min()?;
        let most = i32::try_from(MONTHS).unwrap_or(i32::MAX);
        let first = (newest - most + 1).max(if complete { i32::MIN } else { oldest + 1 });
        let counts: Vec<u32> = (first..=newest)
            .map(|shown| u32::try_from(months.iter().filter(|month| **month == shown).count()).unwrap_or(u32::MAX))
            .collect();
        let tallest = counts.iter().copied().max().filter(|tallest| *tallest > 0)?;
        let bars = (first..).zip(&counts).zip((0..).step_by((WIDTH + GAP) as usize)).map(|((shown, count), x)| {
            // A month with one post is still to be seen beside one with a hundred.
            let height = if *count == 0 { 0 } else { (count * HEIGHT / tallest).max(1) };
            let text = format!("{:04}-{:02}: {count}", shown.div_euclid(12), shown.rem_euclid(12) + 1);
            Bar { x, y: HEIGHT - height, width: WIDTH, height, text }
        });
        let bars: Vec<Bar> = bars.collect();
        let width = u32::try_from(bars.len()).unwrap_or_default() * (WIDTH + GAP);
        Some(Self { bars, width, height: HEIGHT, posts: counts.iter().sum() })
    }
}

/// Months since the year 0.
fn month(date: Date) -> i32 {
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::link::PostKey;

    fn post(day: &str) -> Post {
        let at = format!("{day}T12:00:00Z").parse().unwrap();
        Post {
            key: PostKey::from_stored(day.to_owned()),
            entry_id: String::new(),
            url: String::new(),
            title: String::new(),
            excerpt: None,
            author: None,
            image: None,
            enclosures: Vec::new(),
            published: None,
            listed_at: at,
            offset_seconds: 0,
            first_seen: at,
            updated: at,
            tags: Vec::new(),
            categories: Vec::new(),
            full_text: None,
        }
    }

    /// Months, posts, and the bars that are seen.
    type Shown<'a> = (usize, u32, &'a [(&'a str, u32)]);

    fn check(days: &[&str], complete: bool, expected: Option<Shown<'_>>) {
        let posts: Vec<Post> = days.iter().map(|day| post(day)).collect();
        let chart = Chart::of(&posts, complete, "2026-03-15T00:00:00Z".parse().unwrap());
        let shown = chart.as_ref().map(|chart| {
            let bars = chart.bars.iter().filter(|bar| bar.height > 0).map(|bar| (bar.text.as_str(), bar.height));
            (chart.bars.len(), chart.posts, bars.collect::<Vec<_>>())
        });
        assert_eq!(shown, expected.map(|(months, posts, bars)| (months, posts, bars.to_vec())), "{days:?}");
    }

    #[test]
    fn a_month_is_a_bar() {
        check(&[], true, None);
        check(&["2020-01-01"], true, None);
        let days = ["2026-03-01", "2026-01-31", "2026-01-02", "2025-12-31", "2024-04-01", "2024-03-31"];
        let bars: &[(&str, u32)] = &[("2024-04: 1", 20), ("2025-12: 1", 20), ("2026-01: 2", 40), ("2026-03: 1", 20)];
        check(&days, true, Some((24, 5, bars)));
        check(&days[..4], false, Some((3, 3, &[("2026-01: 2", 40), ("2026-03: 1", 20)])));
    }
}
