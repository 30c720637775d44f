//! What a list of subscriptions says, and what of it was left out.

use url::Url;

/// A blog that is to be watched.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What is to be read: the feed that the other program reads, or the page.
    pub url: Url,
    /// The blog's page, where it is named beside its feed.
    pub page: Option<Url>,
    /// The title that it had there.
    pub title: Option<String>,
    /// The id that a person wants.
    pub id: Option<String>,
    /// How its page is read, in the words of `[source.recipe]`.
    pub recipe: toml::Table,
}

/// What a text says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Subscriptions {
    /// What is to be watched, in the order of the text.
    pub found: Vec<Found>,
    /// What was left out, and why.
    pub left_out: Vec<String>,
}

impl Subscriptions {
    /// Takes a subscription in, or says why not.
    pub(super) fn take(&mut self, url: &str, make: impl FnOnce(Url) -> Found) {
        match Url::parse(url.trim()) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.username().is_empty()
                    && url.password().is_none() =>
            {
                self.found.push(make(url));
            }
            // What holds a password is not for a terminal.
            Ok(url) if matches!(url.scheme(), "http" | "https") => {
                let host = url.host_str().unwrap_or_default().to_owned();
                self.left_out
                    .push(format!("an address of {host} holds a user name or password: add it by hand, with headers"));
            }
            Ok(_) | Err(_) => self.left_out.push(format!("{:?} is no address of the web", cut(url))),
        }
    }
}

impl Found {
    pub(super) fn at(url: Url, title: Option<&str>) -> Self {
        let title = title.map(str::trim).filter(|title| !title.is_empty()).map(str::to_owned);
        Self { url, page: None, title, id: None, recipe: toml::Table::new() }
    }
}

/// The beginning of a text that is shown.
pub(super) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(80)]
}
