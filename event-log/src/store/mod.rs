//! Where events are kept. Every implementation keeps the same promises; one test-suite holds for all.

mod caller;
mod failure;
pub mod memory;
mod staging;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::oneshot;

pub use caller::Caller;
pub use failure::StoreFailure;
pub use staging::{STAGING_DESCRIPTION, is_staged, is_staging_name, is_stale_import, staging_name};
pub use write::{Append, FinishImport, NewEvent, Write, Written};

use crate::query::{Answer, Plan};
pub use crate::record::{Appended, EventRow, InstancePage, InstanceRow, InstanceRows};

/// The answer to a write. It comes when the write is durable, or has failed.
pub type PendingWrite = oneshot::Receiver<Result<Written, StoreFailure>>;

/// A durable event log.
///
/// Promises: what a write answered is there after a crash; a write is done wholly or not at all;
/// writes of one caller to one instance are done in the order they were submitted; a read sees
/// every write that was answered before the read began; events of one instance become visible in
/// the order of their positions, so a reader that has read up to a position has missed nothing before it.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Takes a write. Does not wait; a full queue is [`StoreFailure::Busy`] in the answer.
    fn submit(&self, write: Write) -> PendingWrite;

    /// The instance with that id, or else that name.
    async fn instance(&self, caller: Caller, reference: &str) -> Result<InstanceRow, StoreFailure>;

    /// Instances, oldest first.
    async fn instances(
        &self,
        caller: Caller,
        page: InstancePage,
    ) -> Result<InstanceRows, StoreFailure>;

    /// Runs a checked query. It is stopped at its time limit, and when this future is dropped.
    async fn query(&self, caller: Caller, plan: Arc<Plan>) -> Result<Answer, StoreFailure>;

    /// Up to `count` events of an instance after a position, in append order. For export.
    async fn events_after(
        &self,
        instance_id: &str,
        position: i64,
        count: u32,
    ) -> Result<Vec<EventRow>, StoreFailure>;

    /// Whether writes work now. Answers within a second, also when the store is busy: a commit of the last
    /// second is proof enough, otherwise the store writes something that changes nothing.
    async fn check(&self) -> Result<(), StoreFailure>;

    /// Resolves with the reason when a thread or task that the store needs has ended.
    async fn failed(&self) -> String;

    /// The host is about to end: running reads, and those that still come, have a short grace period.
    fn stop_reading(&self);

    /// Finishes all writes that were taken, and closes files and connections.
    async fn close(&self);
}

/// Submits a write and waits for its answer.
///
/// # Errors
/// What the store answers, or [`StoreFailure::Uncertain`] when it went away instead of answering.
pub async fn write(store: &dyn Store, request: Write) -> Result<Written, StoreFailure> {
    settle(store.submit(request)).await
}

/// Waits for the answer to a write.
///
/// # Errors
/// As [`write()`].
pub async fn settle(pending: PendingWrite) -> Result<Written, StoreFailure> {
    pending.await.unwrap_or_else(|_| {
        let why = "the part of the host that writes has ended";
        Err(StoreFailure::Uncertain(why.into()))
    })
}
