//! How every host stands: what it may be asked, and what waits for it.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::fetch::Budgets;
use crate::model::host::Host;
use crate::model::pace::{HostBudget, HostStanding};
use crate::store::contract::SourceOverview;
use crate::store::{Store, StoreError};

/// Every host of these sources, by name. Where entries of the configuration pace parts of a host differently, its
/// budget is the widest of those that its sources have.
pub async fn standings(
    store: &dyn Store,
    sources: &[SourceOverview],
    budgets: &Budgets,
    now: Timestamp,
) -> Result<Vec<HostStanding>, StoreError> {
    let mut urls: HashMap<Host, Vec<&url::Url>> = HashMap::new();
    for overview in sources.iter().filter(|overview| !overview.removed) {
        urls.entry(overview.source.host()).or_default().push(&overview.source.url);
    }
    let queues = store.hosts(now).await?.into_iter();
    let standings = queues.filter_map(|queue| {
        let of_source = |url: &&url::Url| budgets.budget(url, queue.crawl_delay);
        let wider = |one: HostBudget, other: HostBudget| HostBudget {
            gap: one.gap.min(other.gap),
            width: one.width.max(other.width),
        };
        let known = urls.get(&queue.host).and_then(|urls| urls.iter().map(of_source).reduce(wider));
        // Of very many sources not all are at hand; then the host is paced as its own address is.
        let of_host =
            || Some(budgets.budget(&url::Url::parse(&format!("https://{}/", queue.host)).ok()?, queue.crawl_delay));
        let budget = known.or_else(of_host)?;
        Some(HostStanding { queue, budget })
    });
    Ok(standings.collect())
}
