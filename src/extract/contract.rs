//! What the room is asked with and how it fails.

use jiff::Timestamp;
use url::Url;

use super::budget::Budget;
use crate::model::failure::{Failure, Step};

/// What a page itself does not tell.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What the links of a file stand under; `None`: the page's own URL.
    pub link_base: Option<&'a Url>,
    /// The source's zone (IANA); `None`: the recipe's, else the one that the language suggests.
    pub time_zone: Option<&'a str>,
    /// The source's language (BCP 47); `None`: the page's own.
    pub language: Option<&'a str>,
    /// The present, for relative dates.
    pub now: Timestamp,
    /// What reading may cost.
    pub budget: Budget,
    /// How the page was read last (`Candidates::how`), where it need not be doubted: then what a theme's layout reads
    /// is not compared with the page's structure again.
    pub as_before: Option<&'a str>,
}

impl<'a> Context<'a> {
    /// A context that knows no more than the time.
    pub fn at(now: Timestamp) -> Context<'a> {
        Context { link_base: None, time_zone: None, language: None, now, budget: Budget::default(), as_before: None }
    }
}

/// One layout that was tried and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The layout's name; empty for a recipe's own.
    pub layout: String,
    /// Its selector of posts.
    pub selector: String,
    /// How many elements the selector matched.
    pub matched: usize,
}

/// Why a page could not be read as a list of posts. Each is the world's doing: see [`ExtractError::failure`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// The body is no HTML.
    #[error("{url} is {media_type}, not a web page")]
    NotHtml {
        /// The page.
        url: Url,
        /// What it is.
        media_type: String,
    },
    /// The body holds nothing.
    #[error("{url} is empty")]
    Empty {
        /// The page.
        url: Url,
    },
    /// A feed without an entry that leads to a post.
    #[error("the feed {url} has no posts")]
    EmptyFeed {
        /// The feed.
        url: Url,
    },
    /// A list of sitemaps instead of one.
    #[error("{url} lists sitemaps, not posts")]
    SitemapIndex {
        /// The list.
        url: Url,
        /// Some of what it lists.
        maps: Vec<String>,
    },
    /// The recipe has no layouts and no preset knows the page.
    #[error("no preset knows how to read {url}")]
    NoRecipe {
        /// The page.
        url: Url,
    },
    /// No layout reads a post.
    #[error("{} on {url}", describe(tried))]
    NoPosts {
        /// The page.
        url: Url,
        /// What was looked for.
        tried: Vec<Tried>,
    },
    /// The answer of an endpoint is no JSON.
    #[error("what {url} is read from is no JSON: {reason}")]
    NotJson {
        /// The page.
        url: Url,
        /// What it is instead.
        reason: String,
    },
    /// A path of a JSON recipe leads nowhere.
    #[error("path `{path}` found nothing for {url}: {found}")]
    NoPath {
        /// The page.
        url: Url,
        /// The path.
        path: Box<str>,
        /// What is there instead.
        found: Box<str>,
    },
    /// The recipe reads another family of addresses.
    #[error("{url} cannot be read so: {reason}")]
    NoAddress {
        /// The page.
        url: Url,
        /// What its addresses look like.
        reason: String,
    },
    /// The page is larger than any list of posts.
    #[error("the page has more than {limit} {what}")]
    Budget {
        /// What there is too much of.
        what: &'static str,
        /// The most that is read.
        limit: usize,
    },
}

impl ExtractError {
    /// What a person can do about it.
    pub fn help(&self) -> String {
        match self {
            Self::NotHtml { media_type, .. } if media_type.contains("xml") || media_type.contains("json") => {
                "this is no feed either; give the address of the page that lists the posts, or of its feed".to_owned()
            }
            Self::NotHtml { .. } => "give the address of the page that lists the posts".to_owned(),
            Self::Empty { .. } => {
                "the site may be out of order; look at the page in a browser, and try again later".to_owned()
            }
            Self::EmptyFeed { .. } => "look at it in a browser: it may fill later, or the blog has another".to_owned(),
            Self::SitemapIndex { maps, .. } if maps.is_empty() => {
                "give the address of the sitemap that lists the posts, or of the page that does".to_owned()
            }
            Self::SitemapIndex { maps, .. } => {
                format!("give the address of the one that lists the posts; it names {}", maps.join(", "))
            }
            Self::NoRecipe { url } => {
                format!(
                    "write a recipe: the selectors of a post and its parts; see what is read with `sosik preview {url}`"
                )
            }
            Self::NoPosts { tried, .. } if tried.iter().any(|tried| tried.matched > 0) => {
                "posts were found but no link to an http(s) address in them; set `link` of the recipe".to_owned()
            }
            Self::NoPosts { url, .. } => {
                format!("the site may have a new layout; see what is read with `sosik preview {url}`")
            }
            Self::NotJson { .. } => {
                "the endpoint may refuse programs, or be another one now; look at it in a browser, and try again later"
                    .to_owned()
            }
            Self::NoPath { .. } => {
                "the endpoint may answer in another shape now: correct the path in [source.recipe]".to_owned()
            }
            Self::NoAddress { .. } => "give the address of the blog as a browser shows it".to_owned(),
            Self::Budget { .. } => {
                "no list of posts is so large; if the address is right, the site is out of order or hostile".to_owned()
            }
        }
    }

    /// The failure that a poll stores.
    pub fn failure(&self) -> Failure {
        let transient = match self {
            Self::Empty { .. } | Self::EmptyFeed { .. } | Self::NotJson { .. } => true,
            Self::NotHtml { .. }
            | Self::SitemapIndex { .. }
            | Self::NoRecipe { .. }
            | Self::NoPosts { .. }
            | Self::NoPath { .. }
            | Self::NoAddress { .. }
            | Self::Budget { .. } => false,
        };
        Failure {
            step: Step::Extract,
            message: self.to_string(),
            help: self.help(),
            transient,
            chain: Vec::new(),
            unreachable: false,
        }
    }
}

fn describe(tried: &[Tried]) -> String {
    match tried {
        [one] if one.matched == 0 => format!("selector `{}` matched nothing", one.selector),
        many => match many.iter().max_by_key(|tried| tried.matched).filter(|tried| tried.matched > 0) {
            Some(best) => format!("none of the {} elements that `{}` matched has a link", best.matched, best.selector),
            None => format!("none of {} known layouts matched anything", many.len()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_was_seen_and_what_to_do() {
        let url = Url::parse("https://x.org/").unwrap();
        let tried = |selector: &str, matched| Tried { layout: String::new(), selector: selector.into(), matched };
        for (error, message, help) in [
            (
                ExtractError::NoPosts { url: url.clone(), tried: vec![tried(".post", 0)] },
                "selector `.post` matched nothing on https://x.org/",
                "the site may have a new layout; see what is read with `sosik preview https://x.org/`",
            ),
            (
                ExtractError::NoPosts { url: url.clone(), tried: vec![tried(".a", 0), tried(".b", 0)] },
                "none of 2 known layouts matched anything on https://x.org/",
                "the site may have a new layout; see what is read with `sosik preview https://x.org/`",
            ),
            (
                ExtractError::NoPosts { url, tried: vec![tried(".post", 3)] },
                "none of the 3 elements that `.post` matched has a link on https://x.org/",
                "posts were found but no link to an http(s) address in them; set `link` of the recipe",
            ),
            (
                ExtractError::Budget { what: "elements within elements", limit: 512 },
                "the page has more than 512 elements within elements",
                "no list of posts is so large; if the address is right, the site is out of order or hostile",
            ),
        ] {
            let failure = error.failure();
            assert_eq!((failure.message.as_str(), failure.help.as_str()), (message, help));
            assert_eq!(failure.step, Step::Extract);
        }
    }
}
