//! What feeds show of posts beyond their rows.

use super::contract::{Store, StoreError};
use crate::model::feed::Feed;
use crate::model::link::PostKey;
use crate::model::post::Post;

/// Posts that left a feed of which its document tells, at most: the latest ones.
pub const MOST_TOMBSTONES: usize = 50;

/// Gives the posts of a feed their full texts, as far as they were read.
pub async fn with_full_texts(store: &dyn Store, feed: &Feed, posts: &mut [Post]) -> Result<(), StoreError> {
    let named: Vec<(PostKey, String)> = posts.iter().map(|post| (post.key.clone(), post.entry_id.clone())).collect();
    let mut texts = store.full_texts(feed, &named).await?;
    for post in posts {
        post.full_text = texts.remove(&post.entry_id);
    }
    Ok(())
}
