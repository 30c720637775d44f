//! What is owed to a channel.
//!
//! A delivery's id is a hash of its kind, subject and channel, so the same thing is owed once however often it
//! is recorded, and a receiver that gets it twice can tell.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
}
