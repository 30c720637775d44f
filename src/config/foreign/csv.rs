//! A table with commas, semicolons or tabs. Its first line may name the columns; without that the first is the address
//! and the second the title.

use super::found::{Found, Subscriptions};

/// What the columns that we take may be called.
const NAMES: [(&str, &[&str]); 3] =
    [("url", &["url", "feed", "xmlurl", "feed_url", "link"]), ("title", &["title", "name", "text"]), ("id", &["id"])];

/// Reads the rows.
pub(super) fn read(text: &str) -> Result<Subscriptions, String> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter =
        *b",;\t".iter().max_by_key(|sign| first.bytes().filter(|letter| letter == *sign).count()).unwrap_or(&b',');
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(::csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut columns = [Some(0), Some(1), None];
    let mut read = Subscriptions::default();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| format!("it is no table: {error}"))?;
        if index == 0 {
            let place =
                |names: &[&str]| record.iter().position(|field| names.contains(&field.to_ascii_lowercase().as_str()));
            if place(NAMES[0].1).is_some() {
                columns = NAMES.map(|(_, names)| place(names));
                continue;
            }
        }
        let field = |column: usize| columns[column].and_then(|at| record.get(at)).filter(|text| !text.is_empty());
        let Some(url) = field(0) else { continue };
        let left_out = read.left_out.len();
        read.take(url, |url| Found { id: field(2).map(str::to_owned), ..Found::at(url, field(1)) });
        let line = record.position().map_or(0, ::csv::Position::line);
        for left_out in &mut read.left_out[left_out..] {
            *left_out = format!("line {line}: {left_out}");
        }
    }
    Ok(read)
}
