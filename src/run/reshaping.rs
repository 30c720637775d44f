//! What changes about the sources of a running daemon, while everything goes on: a new configuration, another id, what is left of
//! those that nobody names.

use tracing::warn;

use super::daemon::Daemon;
use super::prune::{self, Remains};
use super::rename::{self, Rename};
use crate::model::failure::with_causes;
use crate::model::source::Source;
use crate::publish::PublishError;
use crate::store::StoreError;
use crate::store::contract::{Renamed, Synced};

impl Daemon {
    /// Makes the sources those of a new configuration, while everything goes on.
    pub async fn take_sources(&self, sources: &[Source]) -> Result<Synced, StoreError> {
        let _outlet = self.outlet().await;
        let renamed = rename::follow(&*self.store, sources).await?;
        let synced = self.store.sync_sources(sources, self.clock.now()).await?;
        // The same merged feeds may watch other sources now.
        self.store.sync_merged(&self.store.merged_feeds().await?, self.clock.now()).await?;
        if let Some(renamed) = renamed {
            // What stands in the way of files is told by whoever publishes; the next opening tries again.
            if let Err(error) = rename::settle(&*self.store, &self.publisher, &renamed).await {
                warn!(error = with_causes(&error), "the feeds of {} keep their old files too", renamed.to);
            }
        }
        self.wake.notify_one();
        self.to_publish.notify_one();
        Ok(synced)
    }

    /// Gives a source another id that the state alone has; its feeds' files follow.
    pub async fn rename_stored(&self, rename: &Rename) -> Result<Renamed, StoreError> {
        let _outlet = self.outlet().await;
        let renamed = self.store.rename_source(&rename.from, &rename.to).await?;
        if renamed == Renamed::Done
            && let Err(error) = rename::settle(&*self.store, &self.publisher, rename).await
        {
            warn!(error = with_causes(&error), "the feeds of {} keep their old files too", rename.to);
        }
        self.look_at_sources();
        Ok(renamed)
    }

    /// Looks at once whether something is due, or is to be written.
    pub fn look_at_sources(&self) {
        self.wake.notify_one();
        self.to_publish.notify_one();
    }

    /// Deletes what is left of these sources, none of which the configuration names. Gives how many files went.
    pub async fn prune(&self, remains: &[Remains]) -> Result<u32, PublishError> {
        let _outlet = self.outlet().await;
        prune::prune(&*self.store, &self.publisher, remains).await
    }
}
