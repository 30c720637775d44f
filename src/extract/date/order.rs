//! What `10/07/2020` means: the 10th of July or October 7th.
//!
//! One text cannot tell; a page's whole list of dates mostly can.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::normal::normal;

/// `a sep b sep year`, the separator twice the same (checked by the caller: the crate has no back-references).
pub(super) static DAY_MONTH_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"([0-9]{1,2}) ?([./-]) ?([0-9]{1,2}) ?([./-]) ?([0-9]{4})").expect("a constant pattern")
});

/// Which of two small numbers is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// 10/07 is the 10th of July.
    DayFirst,
    /// 10/07 is October 7th.
    MonthFirst,
}

impl Order {
    /// The day that `first`, `second` and `year` name in this order, or in the other where only that is a day.
    pub(super) fn date(self, first: i8, second: i8, year: i16) -> Option<Date> {
        let (day_first, month_first) = (Date::new(year, second, first), Date::new(year, first, second));
        match self {
            Self::DayFirst => day_first.or(month_first).ok(),
            Self::MonthFirst => month_first.or(day_first).ok(),
        }
    }
}

/// The order in which the dates of one list are written.
///
/// A number above 12 settles it; else the order in which a list of three or more dates falls more often; else a
/// dot means day first; else the language tells.
pub fn order_of<'a>(texts: impl IntoIterator<Item = &'a str>, language: Option<&str>) -> Order {
    let mut dates: Vec<(i8, i8, i16)> = Vec::new();
    let (mut day_votes, mut month_votes, mut dots) = (0usize, 0usize, 0usize);
    for text in texts {
        let text = normal(text);
        if !may_end_with_a_year(&text) {
            continue;
        }
        let Some(found) = DAY_MONTH_YEAR.captures(&text).filter(|found| found[2] == found[4]) else { continue };
        let (Ok(first), Ok(second), Ok(year)) = (found[1].parse(), found[3].parse(), found[5].parse()) else {
            continue;
        };
        day_votes += usize::from(first > 12);
        month_votes += usize::from(second > 12);
        dots += usize::from(&found[2] == ".");
        dates.push((first, second, year));
    }
    if day_votes != month_votes {
        return if day_votes > month_votes { Order::DayFirst } else { Order::MonthFirst };
    }
    let falls = |order: Order| {
        let read: Vec<Date> =
            dates.iter().filter_map(|&(first, second, year)| order.date(first, second, year)).collect();
        read.windows(2).filter(|pair| pair[0] >= pair[1]).count()
    };
    let (by_day, by_month) = (falls(Order::DayFirst), falls(Order::MonthFirst));
    if dates.len() >= 3 && by_day != by_month {
        return if by_day > by_month { Order::DayFirst } else { Order::MonthFirst };
    }
    let day_first = language.is_some_and(writes_day_first);
    if dots * 2 > dates.len() || day_first { Order::DayFirst } else { Order::MonthFirst }
}

/// Whether a year may stand behind day and month: a sign that parts and four digits, which few texts have, be they in
/// order. Without it the pattern is not even made ready.
fn may_end_with_a_year(text: &str) -> bool {
    let parts = |byte: &u8| matches!(byte, b'.' | b'/' | b'-');
    let is_year = |rest: &[u8]| {
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        rest.len() >= 4 && rest[..4].iter().all(u8::is_ascii_digit)
    };
    let bytes = text.as_bytes();
    let mut signs = bytes.iter().enumerate().filter(|(_, byte)| parts(byte));
    // The first parts day and month.
    signs.next().is_some() && signs.any(|(at, _)| is_year(&bytes[at + 1..]))
}

/// All languages but English do, and English does outside America (`en` alone is taken for America's).
fn writes_day_first(language: &str) -> bool {
    let mut parts = language.split(['-', '_']);
    let english = parts.next().is_some_and(|tag| tag.eq_ignore_ascii_case("en"));
    let american = |region: &str| ["US", "CA", "PH", "Latn"].iter().any(|known| region.eq_ignore_ascii_case(known));
    !english || parts.next().is_some_and(|region| !american(region))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(texts: &[&str], language: Option<&str>, expected: Order) {
        assert_eq!(order_of(texts.iter().copied(), language), expected, "{texts:?} {language:?}");
    }

    #[test]
    fn a_list_tells_what_one_date_cannot() {
        check(&["10/07/2020", "25/06/2020"], Some("en"), Order::DayFirst);
        check(&["10/07/2020", "06/25/2020"], Some("de"), Order::MonthFirst);
        check(&["03/09/2020", "02/10/2020", "01/11/2020"], Some("de"), Order::MonthFirst);
        check(&["01/11/2020", "02/10/2020", "03/09/2020"], Some("en"), Order::DayFirst);
        check(&["10.07.2020"], Some("en"), Order::DayFirst);
        check(&["10/07/2020"], Some("en-US"), Order::MonthFirst);
        check(&["10/07/2020"], Some("en-GB"), Order::DayFirst);
        check(&["10/07/2020"], Some("fr"), Order::DayFirst);
        check(&["10/07/2020"], None, Order::MonthFirst);
        check(&[], Some("ko"), Order::DayFirst);
    }

    #[test]
    fn what_has_no_year_behind_is_not_looked_at() {
        for (text, may) in [
            ("10/07/2020", true),
            ("10 / 07 / 2020 09:00", true),
            ("on 10.07. 2020", true),
            ("2020-07-10", false),
            ("2020-07-10T09:00:00+09:00", false),
            ("/2020", false),
            ("10/07/20", false),
            ("10/07/202", false),
            ("", false),
        ] {
            assert_eq!(may_end_with_a_year(text), may, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_look_loses_nothing(text in "[0-9 ./x-]{0,16}") {
            proptest::prop_assert!(!DAY_MONTH_YEAR.is_match(&text) || may_end_with_a_year(&text));
        }
    }
}
