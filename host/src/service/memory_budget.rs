//! The memory budget of all connections together: one half for requests that are received and answered,
//! one for replies that are not sent yet.
//!
//! A large message waits for a permit, in the order in which the messages came, before the host reads it.
//! Replies cannot wait, because they exist already. When they take more than half of their half, the host
//! disconnects the client with the most unsent bytes among those that stopped reading; when their half is
//! full, the client with the most unsent bytes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::write_timeout::Traffic;

/// Permits are given in units of so many bytes.
const UNIT: usize = 1024;
/// A client that has read nothing for so long has stopped reading.
const STANDSTILL: Duration = Duration::from_secs(1);

/// The memory budget of all connections together.
#[derive(Debug)]
pub struct MemoryBudget {
    limit: usize,
    permits: Arc<Semaphore>,
    units: u32,
    /// How many messages wait for a permit.
    waiting: AtomicUsize,
    waited: AtomicU64,
    cut: AtomicU64,
    unsent: Mutex<Unsent>,
}

#[derive(Debug, Default)]
struct Unsent {
    total: usize,
    next: u64,
    of: HashMap<u64, Queue>,
}

#[derive(Debug)]
struct Queue {
    bytes: usize,
    traffic: Traffic,
    cut: Arc<Notify>,
}

/// The permit of a message. Dropping it frees the memory.
#[derive(Debug)]
pub struct MemoryPermit(OwnedSemaphorePermit);

/// The unsent bytes of one connection, as a share of the budget.
#[derive(Debug)]
pub struct SendShare {
    memory: Arc<MemoryBudget>,
    number: u64,
    cut: Arc<Notify>,
}

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
            cut: AtomicU64::new(0),
            unsent: Mutex::default(),
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

    fn unsent(&self) -> MutexGuard<'_, Unsent> {
        self.unsent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The share of a new connection.
    pub fn share(self: &Arc<Self>, traffic: Traffic) -> SendShare {
        let cut = Arc::new(Notify::new());
        let mut unsent = self.unsent();
        unsent.next += 1;
        let number = unsent.next;
        let queue = Queue {
            bytes: 0,
            traffic,
            cut: Arc::clone(&cut),
        };
        unsent.of.insert(number, queue);
        SendShare {
            memory: Arc::clone(self),
            number,
            cut,
        }
    }

    /// Appends its metrics.
    pub fn push_metrics(&self, out: &mut String) {
        let free = self.permits.available_permits();
        let taken = usize::try_from(self.units)
            .unwrap_or(0)
            .saturating_sub(free)
            * UNIT;
        let unsent = self.unsent().total;
        let waiting = self.waiting.load(Ordering::Relaxed);
        let waited = self.waited.load(Ordering::Relaxed);
        let cut = self.cut.load(Ordering::Relaxed);
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
# HELP codebolt_host_memory_cut_total Connections cut off because they had most of what was not sent, and there was no more room.
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

impl SendShare {
    /// Adds bytes to send. Above the limits, this disconnects the client with the most unsent bytes.
    pub fn add(&self, bytes: usize) {
        let mut unsent = self.memory.unsent();
        let Some(queue) = unsent.of.get_mut(&self.number) else {
            return;
        };
        if queue.bytes == 0 {
            // A client with nothing to read has not stopped reading.
            queue.traffic.set_taken();
        }
        queue.bytes += bytes;
        unsent.total += bytes;
        while unsent.total > self.memory.limit / 4 {
            let is_full = unsent.total > self.memory.limit / 2;
            let may_be_cut = |queue: &Queue| {
                queue.bytes > 0 && (is_full || queue.traffic.since_taken() > STANDSTILL)
            };
            let largest = unsent
                .of
                .iter()
                .filter(|(_, queue)| may_be_cut(queue))
                .max_by_key(|(_, queue)| queue.bytes);
            let Some(number) = largest.map(|(number, _)| *number) else {
                break;
            };
            let Some(queue) = unsent.of.remove(&number) else {
                break;
            };
            unsent.total = unsent.total.saturating_sub(queue.bytes);
            self.memory.cut.fetch_add(1, Ordering::Relaxed);
            queue.cut.notify_one();
        }
    }

    /// Removes bytes that were sent.
    pub fn remove(&self, bytes: usize) {
        let mut unsent = self.memory.unsent();
        if let Some(queue) = unsent.of.get_mut(&self.number) {
            queue.bytes = queue.bytes.saturating_sub(bytes);
            unsent.total = unsent.total.saturating_sub(bytes);
        }
    }

    /// Resolves when this connection is to be cut off.
    pub async fn cut_off(&self) {
        self.cut.notified().await;
    }
}

impl Drop for SendShare {
    fn drop(&mut self) {
        let mut unsent = self.memory.unsent();
        if let Some(queue) = unsent.of.remove(&self.number) {
            unsent.total = unsent.total.saturating_sub(queue.bytes);
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{MemoryBudget, STANDSTILL, Traffic};

    #[tokio::test]
    async fn a_message_waits_until_there_is_room_and_takes_at_most_all_of_it() {
        let memory = Arc::new(MemoryBudget::new(2048 * 1024));
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

    #[tokio::test]
    async fn a_client_that_stopped_reading_is_cut_off_before_one_that_reads() {
        let memory = Arc::new(MemoryBudget::new(4000));
        let (still, moving) = (Traffic::default(), Traffic::default());
        let (stands, moves) = (memory.share(still), memory.share(moving.clone()));
        stands.add(400);
        moves.add(900);
        assert_eq!(memory.unsent().total, 1300, "neither stands still yet");
        std::thread::sleep(STANDSTILL + Duration::from_millis(50));
        moving.set_taken();
        moves.add(100);
        let soon = Duration::from_secs(1);
        tokio::time::timeout(soon, stands.cut_off()).await.unwrap();
        assert_eq!(memory.unsent().total, 1000);
    }

    #[tokio::test]
    async fn the_client_with_the_most_unsent_bytes_is_cut_off_when_the_budget_is_used_up() {
        let memory = Arc::new(MemoryBudget::new(2000));
        let share = |_| memory.share(Traffic::default());
        let shares: Vec<_> = (0..3).map(share).collect();
        for (share, bytes) in shares.iter().zip([300, 500, 200]) {
            share.add(bytes);
        }
        shares[2].add(1);
        let soon = Duration::from_secs(1);
        tokio::time::timeout(soon, shares[1].cut_off())
            .await
            .unwrap();
        assert_eq!(memory.unsent().total, 501);
        shares[1].remove(500);
        shares[0].remove(300);
        assert_eq!(memory.unsent().total, 201);
        drop(shares);
        assert_eq!(memory.unsent().total, 0);
    }
}
