//! Titles that begin or end with their date: "2020-07-10 :: Title" becomes the title and the day.

use jiff::civil::Date;

use super::dates::resolve;
use super::fields::Cell;
use super::measure::{number, share};
use super::spans::{Reading, scan};

/// Signs between a date and a title behind it.
const BEHIND: &[char] = &[' ', ':', '-', '–', '—', '|', '·', '/', '.', ',', '»', '>', ')', ']', '~', '•', '】'];

/// Signs between a title and a date behind it.
const BEFORE: &[char] = &[' ', ':', '-', '–', '—', '|', '·', '/', ',', '«', '<', '(', '[', '~', '•', '【'];

/// Cuts the dates off the titles, if most have one; gives the days.
pub(super) fn dates(titles: &mut [Option<Cell>]) -> Vec<Option<Date>> {
    let cuts: Vec<Option<(String, Reading)>> = titles.iter().map(|title| cut(&title.as_ref()?.text)).collect();
    let filled = titles.iter().flatten().count();
    let cut = cuts.iter().flatten().count();
    if cut == 0 || number(cut) < 0.6 * number(filled) || share(cut, titles.len()) < 0.5 {
        return vec![None; titles.len()];
    }
    titles
        .iter_mut()
        .zip(cuts)
        .map(|(title, cut)| {
            let (rest, reading) = cut?;
            if let Some(title) = title {
                title.text = rest;
            }
            resolve(reading, false, None)
        })
        .collect()
}

/// A title without the date at its edge, and that date.
fn cut(title: &str) -> Option<(String, Reading)> {
    let spans = scan(title);
    let is_full = |reading: Reading| !matches!(reading, Reading::MonthDay(..));
    let blank = |text: &str| text.chars().all(|letter| BEHIND.contains(&letter) || BEFORE.contains(&letter));
    if let Some(span) = spans.first().filter(|span| is_full(span.reading) && blank(&title[..span.start])) {
        let rest = title[span.end..].trim_start_matches(BEHIND);
        let parted = title[span.end..].starts_with(BEHIND);
        return (parted && !rest.is_empty()).then(|| (rest.trim_end().to_owned(), span.reading));
    }
    let span = spans.last().filter(|span| is_full(span.reading) && blank(&title[span.end..]))?;
    let rest = title[..span.start].trim_end_matches(BEFORE);
    (title[..span.start].ends_with(BEFORE) && !rest.is_empty()).then(|| (rest.trim_start().to_owned(), span.reading))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_cut_where_most_titles_have_one() {
        let cell = |text: &str| Some(Cell { text: text.to_owned(), at: 0, how: super::super::fields::How::Text });
        let mut titles = vec![cell("2020-07-10 :: Kafka"), cell("Java (2020-07-09)"), cell("Plain")];
        let days = dates(&mut titles);
        let texts: Vec<&str> = titles.iter().flatten().map(|cell| cell.text.as_str()).collect();
        assert_eq!(texts, ["Kafka", "Java", "Plain"]);
        assert_eq!(days[0], Date::new(2020, 7, 10).ok());
        assert_eq!(days[2], None);
        let mut single = vec![cell("2020-07-10 Kafka"), cell("A"), cell("B")];
        assert_eq!(dates(&mut single), [None, None, None]);
    }
}
