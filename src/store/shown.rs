//! What feeds show of posts beyond their rows.

use std::sync::Arc;

use super::contract::{Store, StoreError};
use crate::model::feed::{Feed, Tombstone};
use crate::model::link::PostKey;
use crate::model::post::Post;

/// Posts that left a feed of which its document tells, at most: the latest ones.
pub const MOST_TOMBSTONES: usize = 50;

/// What the document of a feed shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// The posts, newest first. Other feeds may hold the same.
    pub posts: Vec<Arc<Post>>,
    /// Posts that left it, the latest first, at most [`MOST_TOMBSTONES`].
    pub tombstones: Vec<Tombstone>,
}

/// Gives the posts of a feed their full texts, as far as they were read.
pub async fn with_full_texts(store: &dyn Store, feed: &Feed, posts: &mut [Arc<Post>]) -> Result<(), StoreError> {
    let named: Vec<(PostKey, String)> = posts.iter().map(|post| (post.key.clone(), post.entry_id.clone())).collect();
    let mut texts = store.full_texts(feed, &named).await?;
    for post in posts {
        if let Some(text) = texts.remove(&post.entry_id) {
            Arc::make_mut(post).full_text = Some(text);
        }
    }
    Ok(())
}
