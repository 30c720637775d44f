//! Subscriptions as other programs write them down: OPML, CSV, newsboat's `urls`, the `feeds.toml` of rsspls.
//!
//! Pure, text → what is to be watched. Nothing is looked at: an address that no blog answers at is found by the first
//! refresh. What has no counterpart here is left out, and said.

mod csv;
mod found;
mod newsboat;
mod opml;
mod rsspls;

pub use found::{Found, Subscriptions};

/// A form in which subscriptions are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// OPML 1 or 2, as every reader exports it.
    Opml,
    /// A table with commas: `url`, `title`, `id`.
    Csv,
    /// The `urls` file of newsboat.
    Newsboat,
    /// The configuration of rsspls.
    Rsspls,
}

/// Guesses the form of a text by its content. `None`: it is none of these.
pub fn form_of(text: &str) -> Option<Foreign> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') {
        return text.to_ascii_lowercase().contains("<opml").then_some(Foreign::Opml);
    }
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    if first.starts_with('[') {
        return toml::from_str::<toml::Table>(text)
            .is_ok_and(|table| table.contains_key("feed"))
            .then_some(Foreign::Rsspls);
    }
    let field = first.split([',', ';', '\t']).next().unwrap_or_default().trim_matches('"').to_ascii_lowercase();
    if ["url", "feed", "xmlurl", "link", "title", "name", "id"].contains(&field.as_str()) || first.contains(',') {
        return Some(Foreign::Csv);
    }
    let begins = ["http://", "https://", "\"http", "query:", "\"query:", "exec:", "filter:"];
    begins.iter().any(|begin| first.starts_with(begin)).then_some(Foreign::Newsboat)
}

/// Reads a text of that form.
///
/// # Errors
/// When it is not of that form: what is wrong with it.
pub fn read(form: Foreign, text: &str) -> Result<Subscriptions, String> {
    let text = text.trim_start_matches('\u{feff}');
    match form {
        Foreign::Opml => opml::read(text),
        Foreign::Csv => csv::read(text),
        Foreign::Newsboat => Ok(newsboat::read(text)),
        Foreign::Rsspls => rsspls::read(text),
    }
}

#[cfg(test)]
mod tests;
