//! The store in memory, opened empty for a test.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use codebolt_event_log::operations::{Bounds, Operations};
use codebolt_event_log::store::Store;
use codebolt_event_log::store::memory::MemoryStore;
use codebolt_event_log::transfer::{restored, snapshot};

/// An open store.
pub struct Opened {
    pub store: Arc<dyn Store>,
    pub memory_store: Arc<MemoryStore>,
    pub operations: Operations,
}

impl Opened {
    fn new(store: MemoryStore) -> Self {
        let memory_store = Arc::new(store);
        let store = Arc::clone(&memory_store) as Arc<dyn Store>;
        Self {
            operations: Operations::new(Arc::clone(&store), Bounds::default()),
            store,
            memory_store,
        }
    }

    pub fn memory() -> Self {
        Self::new(MemoryStore::new(Box::new(now_in_milliseconds)))
    }

    /// The same store with other bounds.
    pub fn within(&self, bounds: Bounds) -> Operations {
        Operations::new(Arc::clone(&self.store) as _, bounds)
    }

    /// A restart goes by a snapshot.
    pub async fn restarted(self) -> Self {
        let clock = Box::new(now_in_milliseconds);
        Self::new(restored(&snapshot(&self.memory_store), &Bounds::default(), clock).unwrap())
    }
}

/// The time, as stores are told it.
pub fn now_in_milliseconds() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "these tests run natively alone")]
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    elapsed.map_or(0, |elapsed| elapsed.as_millis() as i64)
}

/// Makes a test of each function.
macro_rules! for_each_store {
    ($($name:ident),* $(,)?) => {
        mod in_memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::stores::Opened::memory()).await;
            })*
        }
    };
}
pub(crate) use for_each_store;
