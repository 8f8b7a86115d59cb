//! Finds imports that ended before they were finished, and removes their instances.
//!
//! A running import sends a heartbeat: it changes its instance every few seconds. So no host needs to know
//! which process on which machine runs it, or to compare two clocks.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::store::{Caller, InstancePage, Store, StoreFailure, Write, is_staged, settle};

/// The time between two heartbeats.
const INTERVAL: Duration = Duration::from_secs(2);
/// An import without a heartbeat for so long is stale.
pub const STALE_AFTER: Duration = Duration::from_secs(15);

/// Sends the heartbeats of an import, until it is stopped or dropped.
pub struct Heartbeat(tokio::task::JoinHandle<()>);

impl Heartbeat {
    pub fn start(store: Arc<dyn Store>, id: String) -> Self {
        Self(tokio::spawn(async move {
            loop {
                tokio::time::sleep(INTERVAL).await;
                let beat = Write::UpdateInstance {
                    reference: id.clone(),
                    name: None,
                    description: None,
                };
                if let Err(failure) = settle(store.submit(beat)).await {
                    tracing::debug!(%failure, "the heartbeat of an import failed");
                }
            }
        }))
    }

    /// Returns when no more heartbeats are sent. The store may still have to do one.
    pub async fn stop(mut self) {
        self.0.abort();
        let _ = (&mut self.0).await;
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The values that a heartbeat changes.
type Signs = HashMap<String, (i64, i64)>;

async fn signs(store: &dyn Store) -> Result<Signs, StoreFailure> {
    let rows = store.instances(Caller::HOST, InstancePage::ALL).await?.rows;
    let staged = rows.into_iter().filter(is_staged);
    Ok(staged
        .map(|row| (row.id, (row.event_count, row.updated_at)))
        .collect())
}

/// Deletes the instances of imports that send no heartbeat for `silence`. Returns their number; it does not wait when
/// there are none.
///
/// # Errors
/// When the store cannot be read.
pub async fn remove_stale_imports(
    store: &dyn Store,
    silence: Duration,
) -> Result<usize, StoreFailure> {
    let before = signs(store).await?;
    if before.is_empty() {
        return Ok(0);
    }
    tracing::info!(
        imports = before.len(),
        "looking whether imports that did not end are still at it"
    );
    tokio::time::sleep(silence).await;
    let mut removed = 0;
    for (id, sign) in signs(store).await? {
        if before.get(&id) != Some(&sign) {
            continue;
        }
        // It may end right now: whether it has is decided where it is deleted.
        let deletion = Write::DeleteStaleImport {
            id: id.clone(),
            updated_at: sign.1,
        };
        match settle(store.submit(deletion)).await {
            Ok(_) => {
                removed += 1;
                tracing::warn!(id, "removed the instance of an import that did not finish");
            }
            // Another host has removed it, or it goes on.
            Err(StoreFailure::NoInstance(_)) => {}
            Err(failure) => {
                tracing::error!(%failure, id, "the instance of an import that did not finish could not be removed");
            }
        }
    }
    Ok(removed)
}
