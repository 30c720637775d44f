//! What is owed to a channel.
//!
//! A delivery's id is a hash of its kind, subject and channel, so the same thing is owed once however often it
//! is recorded, and a receiver that gets it twice can tell.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::category::CategoryPath;
use super::link::PostKey;
use super::post::Post;
use super::source::SourceId;

/// What a delivery tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryKind {
    /// A post appeared.
    Post,
    /// A post was edited; the text is its new title, so that the next edit is another delivery.
    Edit,
    /// Several posts at once.
    Digest,
    /// A source fails.
    Failure,
    /// A source reads again, or a broken recipe was repaired.
    Repair,
}

impl DeliveryKind {
    /// The word that the store keeps.
    pub fn word(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Edit => "edit",
            Self::Digest => "digest",
            Self::Failure => "failure",
            Self::Repair => "repair",
        }
    }
}

/// A delivery that a poll owes to a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// What it tells.
    pub kind: DeliveryKind,
    /// The post, where it tells of one.
    pub key: Option<PostKey>,
    /// The channel's name.
    pub channel: String,
    /// Text for what is no post, and the new title of one that was edited.
    pub text: Option<String>,
}

impl NewDelivery {
    /// The delivery's id for the source with that number.
    pub fn id(&self, source_number: i64) -> String {
        let text = self.text.clone().unwrap_or_default();
        let subject = match (&self.key, self.kind) {
            (Some(key), DeliveryKind::Edit) => format!("{key}\n{text}"),
            (Some(key), _) => key.to_string(),
            (None, _) => text,
        };
        let text = format!("{}\n{source_number}\n{subject}\n{}", self.kind.word(), self.channel);
        format!("{:032x}", xxhash_rust::xxh3::xxh3_128(text.as_bytes()))
    }
}

/// What one claimed delivery is about, with all that a channel needs to tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The delivery's id.
    pub id: String,
    /// The source's name.
    pub source: SourceId,
    /// The blog's title.
    pub source_title: String,
    /// The blog's own address.
    pub source_url: String,
    /// What it tells.
    pub kind: DeliveryKind,
    /// The post, where it tells of one that is still stored.
    pub post: Option<Post>,
    /// Text for what is no post.
    pub text: Option<String>,
    /// When it was owed first.
    pub owed_since: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// The message that an earlier try put it into, and that may have arrived: it goes out in the same one again.
    pub message: Option<String>,
    /// Whether it was held back or could not be told for a while: what waited comes as a digest.
    pub waited: bool,
}

impl Delivery {
    /// What a rule is asked about it.
    pub fn subject(&self) -> Subject<'_> {
        Subject {
            source: &self.source,
            about: self.kind.into(),
            title: self.post.as_ref().map_or("", |post| &post.title),
            excerpt: self.post.as_ref().and_then(|post| post.excerpt.as_deref()),
            categories: self.post.as_ref().map_or(&[], |post| &post.categories),
        }
    }
}

/// What a message is about, as rules name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// Posts that appeared.
    Posts,
    /// Posts that were edited.
    Edits,
    /// Sources that fail, and that read again.
    Failures,
}

impl From<DeliveryKind> for About {
    fn from(kind: DeliveryKind) -> Self {
        match kind {
            DeliveryKind::Post | DeliveryKind::Digest => Self::Posts,
            DeliveryKind::Edit => Self::Edits,
            DeliveryKind::Failure | DeliveryKind::Repair => Self::Failures,
        }
    }
}

/// Something to tell, as far as rules look at it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The source.
    pub source: &'a SourceId,
    /// What it is about.
    pub about: About,
    /// The post's title.
    pub title: &'a str,
    /// The post's excerpt.
    pub excerpt: Option<&'a str>,
    /// The post's categories.
    pub categories: &'a [CategoryPath],
}

/// Deliveries that go out as one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The message's id.
    pub message: String,
    /// The rule that counts it, by the name under which the store keeps it.
    pub rule: Option<String>,
    /// The deliveries.
    pub deliveries: Vec<String>,
}

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It reached the channel.
    Sent,
    /// It did not; try again then.
    Retry {
        /// Not before this moment.
        at: Timestamp,
        /// What went wrong.
        error: String,
    },
    /// It is given up and shown as dead.
    Dead {
        /// What went wrong.
        error: String,
    },
    /// It was not told, and counts as not tried: it may be told in another message, not before that moment.
    Waits {
        /// Not before this moment.
        until: Timestamp,
        /// Whether it comes as part of a digest then.
        as_digest: bool,
        /// What went wrong, where something did.
        error: Option<String>,
    },
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stands {
    /// It is still to be made.
    Owed,
    /// It reached its channel.
    Sent,
    /// It was given up.
    Dead,
}

/// A delivery as the history shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastDelivery {
    /// The message that it went out in, or would.
    pub message: String,
    /// The channel.
    pub channel: String,
    /// The source.
    pub source: SourceId,
    /// What it tells.
    pub kind: DeliveryKind,
    /// The post's title; of what is no post, its text.
    pub title: String,
    /// The post's address.
    pub url: Option<String>,
    /// Where it stands.
    pub stands: Stands,
    /// When it was owed first.
    pub owed: Timestamp,
    /// When it was sent or given up; while it is owed, the moment before which it is not tried.
    pub at: Timestamp,
    /// When the person marked it as seen.
    pub seen: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong the last time.
    pub error: Option<String>,
}

/// Which deliveries to look at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Those of this channel.
    pub channel: Option<String>,
    /// Those of the message whose id begins so.
    pub message: Option<String>,
    /// Those that stand so.
    pub stands: Option<Stands>,
}

/// How a channel stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelState {
    /// Its name.
    pub name: String,
    /// Deliveries still to be made.
    pub owed: u32,
    /// Deliveries given up.
    pub dead: u32,
    /// Refusals in a row.
    pub refusals: u32,
    /// Why the last message did not arrive; nothing once one did.
    pub error: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// Nothing is tried before that moment: the other side asked for it, or is not there.
    pub rests_until: Option<Timestamp>,
    /// A person wants to hear nothing before that moment.
    pub quiet_until: Option<Timestamp>,
}
