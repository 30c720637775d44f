//! What is old enough goes, a little at a time: nobody waits for it.

use jiff::Timestamp;
use tracing::debug;

use crate::store::contract::Retention;
use crate::store::{Store, StoreError};

/// Rows of a kind in one transaction: others write in between.
const BATCH: usize = 500;

/// Batches at a time.
const BATCHES: usize = 20;

/// Deletes what the state need not keep any longer. Gives how many rows went.
pub async fn tidy(store: &dyn Store, keep: &Retention, now: Timestamp) -> Result<usize, StoreError> {
    let mut gone = 0;
    for _ in 0..BATCHES {
        let batch = store.forget(keep, BATCH, now).await?;
        gone += batch;
        if batch == 0 {
            break;
        }
    }
    if gone > 0 {
        debug!(rows = gone, "forgot what was old enough");
    }
    Ok(gone)
}
