//! The memory budget of all connections together: one half for requests that are received and answered,
//! one for replies that are not sent yet.
//!
//! A large message waits for a permit, in the order in which the messages came, before the host reads it.
//! Replies cannot wait, because they exist already: [`UnsentBytes`] says which client is disconnected.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::unsent_bytes::{SendShare, UnsentBytes};
use super::write_timeout::Traffic;

/// Permits are given in units of so many bytes.
const UNIT: usize = 1024;

/// The memory budget of all connections together.
#[derive(Debug)]
pub struct MemoryBudget {
    limit: usize,
    permits: Arc<Semaphore>,
    units: u32,
    /// How many messages wait for a permit.
    waiting: AtomicUsize,
    waited: AtomicU64,
    unsent: Arc<UnsentBytes>,
}

/// The permit of a message. Dropping it frees the memory.
#[derive(Debug)]
pub struct MemoryPermit(OwnedSemaphorePermit);

impl MemoryBudget {
    /// A budget of so many bytes.
    pub fn new(limit: usize) -> Self {
        let units = u32::try_from(limit / 2 / UNIT).unwrap_or(u32::MAX).max(1);
        Self {
            limit,
            permits: Arc::new(Semaphore::new(usize::try_from(units).unwrap_or(1))),
            units,
            waiting: AtomicUsize::new(0),
            waited: AtomicU64::new(0),
            unsent: Arc::new(UnsentBytes::new(limit / 2)),
        }
    }

    fn units_of(&self, bytes: usize) -> u32 {
        u32::try_from(bytes.div_ceil(UNIT))
            .unwrap_or(u32::MAX)
            .min(self.units)
    }

    /// Waits for the permit for a message.
    pub async fn reserve(&self, bytes: usize) -> Option<MemoryPermit> {
        struct Waits<'a>(&'a AtomicUsize);
        impl Drop for Waits<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::Relaxed);
            }
        }
        let units = self.units_of(bytes);
        let permits = Arc::clone(&self.permits);
        if let Ok(permit) = Arc::clone(&permits).try_acquire_many_owned(units) {
            return Some(MemoryPermit(permit));
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.waited.fetch_add(1, Ordering::Relaxed);
        let _waits = Waits(&self.waiting);
        permits
            .acquire_many_owned(units)
            .await
            .ok()
            .map(MemoryPermit)
    }

    /// Whether a message waits for a permit.
    pub fn has_waiters(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// The share of a new connection.
    pub fn share(&self, traffic: Traffic) -> SendShare {
        SendShare::new(&self.unsent, traffic)
    }

    /// Appends its metrics.
    pub fn push_metrics(&self, out: &mut String) {
        let free = self.permits.available_permits();
        let taken = usize::try_from(self.units)
            .unwrap_or(0)
            .saturating_sub(free)
            * UNIT;
        let unsent = self.unsent.total();
        let waiting = self.waiting.load(Ordering::Relaxed);
        let waited = self.waited.load(Ordering::Relaxed);
        let cut = self.unsent.cut();
        let limit = self.limit;
        let _ = write!(
            out,
            "# HELP codebolt_host_memory_limit_bytes What all connections together may hold (--max-memory).
# TYPE codebolt_host_memory_limit_bytes gauge
codebolt_host_memory_limit_bytes {limit}
# HELP codebolt_host_memory_bytes What they hold: of large messages that are received or being answered, and of replies that are not sent yet. Each may have half of the limit.
# TYPE codebolt_host_memory_bytes gauge
codebolt_host_memory_bytes{{of=\"received\"}} {taken}
codebolt_host_memory_bytes{{of=\"unsent\"}} {unsent}
# HELP codebolt_host_memory_waiting Large messages that wait for room, unread.
# TYPE codebolt_host_memory_waiting gauge
codebolt_host_memory_waiting {waiting}
# HELP codebolt_host_memory_waited_total Large messages that had to wait for room.
# TYPE codebolt_host_memory_waited_total counter
codebolt_host_memory_waited_total {waited}
# HELP codebolt_host_memory_cut_total Connections cut off because of the replies of all that are not sent: over a quarter of the limit those with the most that take nothing, over half of it those with the most.
# TYPE codebolt_host_memory_cut_total counter
codebolt_host_memory_cut_total {cut}
"
        );
    }
}

impl MemoryPermit {
    /// Frees the memory that the message does not need.
    pub fn shrink_to(&mut self, bytes: usize) {
        let rest = self.0.num_permits().saturating_sub(bytes.div_ceil(UNIT));
        drop(self.0.split(rest));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::time::Duration;

    use super::MemoryBudget;

    #[tokio::test]
    async fn a_message_waits_until_there_is_room_and_takes_at_most_all_of_it() {
        let memory = MemoryBudget::new(2048 * 1024);
        let mut all = memory.reserve(usize::MAX).await.unwrap();
        let soon = Duration::from_millis(20);
        assert!(tokio::time::timeout(soon, memory.reserve(1)).await.is_err());
        assert!(!memory.has_waiters(), "a dropped future does not wait");
        all.shrink_to(1000 * 1024);
        let _rest = memory.reserve(24 * 1024).await.unwrap();
        let mut text = String::new();
        memory.push_metrics(&mut text);
        assert!(
            text.contains("codebolt_host_memory_bytes{of=\"received\"} 1048576\n"),
            "{text}"
        );
    }
}
