//! Headings that say only a year, or a month and a year, for the days below them.

use super::survey::Survey;
use crate::extract::date::month;
use crate::extract::letters::{is_alphanumeric, lower};

/// For every run the year of the nearest run before it that is only a year, or a month and a year.
pub(super) fn year_headings(survey: &Survey<'_, '_>) -> Vec<Option<i16>> {
    let mut last = None;
    survey
        .page
        .runs
        .iter()
        .map(|run| {
            last = year_heading(&run.text).or(last);
            last
        })
        .collect()
}

fn year_heading(text: &str) -> Option<i16> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) || text.chars().take(25).count() > 24 {
        return None;
    }
    let mut year = None;
    for part in text.split(|letter: char| !is_alphanumeric(letter)).filter(|part| !part.is_empty()) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        let rest = &part[digits.len()..];
        let rest_fits = rest.is_empty() || matches!(rest, "년" | "年" | "г" | "월" | "月" | "년도");
        match digits.len() {
            4 if year.is_none() && rest_fits => year = digits.parse().ok().filter(|year| (1970..=2100).contains(year)),
            1 | 2 if rest_fits => {}
            0 if month(&lower(part)).is_some() || matches!(part, "de" | "del" | "년" | "年" | "月" | "월") => {}
            _ => return None,
        }
    }
    year
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_archives_tell_years() {
        for (text, year) in [
            ("2020", Some(2020)),
            ("2020년", Some(2020)),
            ("July 2020", Some(2020)),
            ("2020년 7월", Some(2020)),
            ("2020 posts", None),
            ("12", None),
        ] {
            assert_eq!(year_heading(text), year, "{text:?}");
        }
    }
}
