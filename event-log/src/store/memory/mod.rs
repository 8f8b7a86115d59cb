//! A store in memory: for the tests of agents, and for pages without a host.
//!
//! It evaluates the same plans as the stores on databases. Its time comes from the clock that it is given, and
//! its caller's thread does the work: it needs no threads and no runtime. Its events are gone with it, unless
//! [`crate::transfer::snapshot`] keeps them.
//!
//! ```
//! use std::sync::Arc;
//!
//! use codebolt_event_log::operations::{Bounds, Operations};
//! use codebolt_event_log::store::memory::MemoryStore;
//!
//! # async fn answered() -> String {
//! let now = 1_700_000_000_000;
//! let store = MemoryStore::new(Box::new(move || now));
//! let operations = Operations::new(Arc::new(store), Bounds::default());
//! let frame = r#"{"type":"eventLog.createInstance","requestId":"1","params":{"name":"log"}}"#;
//! let answering = operations.answer(frame);
//! let outcome = answering.outcome.await;
//! answering.address.frame(&outcome, now)
//! # }
//! ```

mod aggregate;
mod condition;
mod field_index;
mod found;
mod ids;
mod instance;
mod offset;
mod order;
mod scope;
mod select;
mod staged;
mod state;
#[cfg(test)]
mod tests;
mod value;

use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use async_trait::async_trait;
use tokio::sync::oneshot;

use self::instance::Instance;
pub use self::staged::Staged;
use self::state::State;
use super::{
    Caller, EventRow, InstancePage, InstanceRow, InstanceRows, PendingWrite, Store, StoreFailure,
    Write,
};
use crate::query::{Answer, Plan};

/// The time now, in milliseconds since 1970.
pub type Clock = Box<dyn Fn() -> i64 + Send + Sync>;

/// A store in memory.
pub struct MemoryStore {
    state: RwLock<State>,
    clock: Clock,
    is_closed: AtomicBool,
}

impl MemoryStore {
    /// An empty one, whose time comes from this clock. It may be set back: times of events don't run backwards all the same.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            state: RwLock::default(),
            clock,
            is_closed: AtomicBool::new(false),
        }
    }

    /// All instances, in the order in which they were made.
    #[must_use]
    pub fn all_instances(&self) -> Vec<InstanceRow> {
        self.read().instances().map(Instance::row).collect()
    }

    /// Passes an instance and all its events to a closure, without copying them.
    ///
    /// # Errors
    /// When there is no instance with that id or name.
    pub fn visit<T>(
        &self,
        reference: &str,
        look: impl FnOnce(&InstanceRow, &[EventRow]) -> T,
    ) -> Result<T, StoreFailure> {
        let state = self.read();
        let instance = state.find(reference)?;
        Ok(look(&instance.row(), instance.events()))
    }

    /// Adds an instance as it was in another store, with its id, its times and its events.
    ///
    /// # Errors
    /// When its id or its name is taken.
    pub fn adopt(&self, staged: Staged) -> Result<(), StoreFailure> {
        self.write().add(staged.instance)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_open(&self) -> Result<(), StoreFailure> {
        if self.is_closed.load(Ordering::Relaxed) {
            return Err(StoreFailure::Closed);
        }
        Ok(())
    }
}

#[async_trait]
impl Store for MemoryStore {
    /// Writes before it returns.
    fn submit(&self, write: Write) -> PendingWrite {
        let (answer, pending) = oneshot::channel();
        // The clock may be anybody's code, which is not to run under the lock.
        let now = (self.clock)();
        let written = self
            .is_open()
            .and_then(|()| self.write().write(&write, now));
        // Its receiver may have been dropped.
        let _ = answer.send(written);
        pending
    }

    async fn instance(&self, _: Caller, reference: &str) -> Result<InstanceRow, StoreFailure> {
        self.is_open()?;
        Ok(self.read().find(reference)?.row())
    }

    async fn instances(&self, _: Caller, page: InstancePage) -> Result<InstanceRows, StoreFailure> {
        self.is_open()?;
        Ok(self.read().list(page))
    }

    async fn query(&self, _: Caller, plan: Arc<Plan>) -> Result<Answer, StoreFailure> {
        self.is_open()?;
        select::query(self.read().find(&plan.instance)?, &plan)
    }

    async fn events_after(
        &self,
        instance_id: &str,
        position: i64,
        count: u32,
    ) -> Result<Vec<EventRow>, StoreFailure> {
        self.is_open()?;
        let state = self.read();
        let events = state.find(instance_id)?.events();
        let before = usize::try_from(position).unwrap_or(0);
        let most = usize::try_from(count).unwrap_or(usize::MAX);
        Ok(events.iter().skip(before).take(most).cloned().collect())
    }

    async fn check(&self) -> Result<(), StoreFailure> {
        self.is_open()
    }

    async fn failed(&self) -> String {
        pending().await
    }

    fn stop_reading(&self) {}

    async fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
    }
}
