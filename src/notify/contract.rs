//! What every channel gets and answers: the one trait behind which the ways to reach people stand.
//!
//! A channel decides nothing about what is owed, when, or how often it is tried again. It gets a [`Message`], brings
//! it, and says whether it arrived. The same message may come twice (a crash between sending and noting it): its `id`
//! is the same then, so that a receiver can tell.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::notice::Notice;
use crate::model::category::CategoryPath;
use crate::model::delivery::DeliveryKind;
use crate::model::post::Post;

/// A way to reach a person.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Brings one message. `Ok` once the other side took it. Bounded: no call may take longer than
    /// [`TELLING_TAKES_AT_MOST`], after which it is dropped and counts as refused.
    async fn tell(&self, message: &Message) -> Result<(), Refusal>;
}

/// The longest that one [`Notifier::tell`] is waited for.
pub const TELLING_TAKES_AT_MOST: SignedDuration = SignedDuration::from_secs(60);

/// The most posts that one message carries.
pub const MOST_POSTS: usize = 100;

/// One thing to tell over one channel. As JSON it is what webhooks and commands get; fields may be added, never
/// renamed. Times are RFC 3339 with an offset, what is unknown is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The same over all tries of this message over this channel, and no other's: 32 hexadecimal digits.
    pub id: String,
    /// What it tells.
    pub kind: MessageKind,
    /// When it was owed first; of a digest, its oldest part.
    pub at: Timestamp,
    /// The source, where it tells of one alone.
    pub source: Option<Named>,
    /// Every source that it tells of, by id.
    pub sources: Vec<Named>,
    /// What a person reads, ready in the configured language.
    #[serde(flatten)]
    pub notice: Notice,
    /// The posts that it tells of, the newest first: one for `post` and `edit`, several for `digest`, none for the rest. [`MOST_POSTS`] at most: of more there are several messages.
    pub posts: Vec<Told>,
    /// How many posts that are. More than stand in `posts` on the desktop alone, where nobody reads a hundred titles.
    pub count: u32,
}

/// What a message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    /// One post appeared.
    Post,
    /// Several posts at once.
    Digest,
    /// A post was edited.
    Edit,
    /// One or several sources fail.
    Failure,
    /// A source reads again, or a broken recipe was repaired.
    Repair,
    /// Nothing happened: a person asked for a test.
    Test,
}

impl From<DeliveryKind> for MessageKind {
    fn from(kind: DeliveryKind) -> Self {
        match kind {
            DeliveryKind::Post => Self::Post,
            DeliveryKind::Edit => Self::Edit,
            DeliveryKind::Digest => Self::Digest,
            DeliveryKind::Failure => Self::Failure,
            DeliveryKind::Repair => Self::Repair,
        }
    }
}

/// A source by its id and its title.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// Its id in the configuration.
    pub id: String,
    /// The blog's title.
    pub title: String,
}

/// A post as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Its id in every feed.
    pub entry_id: String,
    /// Where it is to be read: http or https.
    pub url: String,
    /// Plain text; may be empty.
    pub title: String,
    /// Whose post it is.
    pub source: Named,
    /// Its categories, `Big Data/Kafka`.
    pub categories: Vec<String>,
    /// Plain text.
    pub excerpt: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The address of its picture.
    pub image: Option<String>,
    /// When it was published, as the page said it: RFC 3339 with an offset, or `YYYY-MM-DD`.
    pub published: Option<String>,
    /// Whether it was edited, and not new.
    pub edited: bool,
}

impl Told {
    /// A stored post of that source, new or edited.
    pub fn new(post: &Post, source: Named, kind: DeliveryKind) -> Self {
        Self {
            entry_id: post.entry_id.clone(),
            url: post.url.clone(),
            title: post.title.clone(),
            source,
            categories: post.categories.iter().map(CategoryPath::to_string).collect(),
            excerpt: post.excerpt.clone(),
            author: post.author.clone(),
            image: post.image.clone(),
            published: post.published.map(|published| published.to_string()),
            edited: kind == DeliveryKind::Edit,
        }
    }
}

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What went wrong, with its causes, and without secrets: it is stored and shown.
    pub message: String,
    /// What a person can do.
    pub help: String,
    /// Whether no retry makes it better (a wrong address, a revoked token): the message is dead at once, and a
    /// person may replay it.
    pub lasting: bool,
    /// How long the other side asked to be left alone.
    pub retry_after: Option<SignedDuration>,
}

impl Refusal {
    /// A refusal that the next try may not meet.
    pub fn passing(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), lasting: false, retry_after: None }
    }

    /// A refusal that stays until a person changes something.
    pub fn lasting(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { lasting: true, ..Self::passing(message, help) }
    }

    /// The same, with the wait that the other side asked for.
    #[must_use]
    pub fn after(self, retry_after: Option<SignedDuration>) -> Self {
        Self { retry_after, ..self }
    }
}
