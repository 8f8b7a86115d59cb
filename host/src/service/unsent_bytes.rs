//! The bytes of all replies that are not sent yet, and their limit.
//!
//! Replies cannot wait, because they exist already. When they take more than half of the limit, the host
//! disconnects the client with the most unsent bytes among those that stopped reading; at the limit, the
//! client with the most unsent bytes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::cut_off::CutOff;
use super::write_timeout::Traffic;

/// A client that has read nothing for so long has stopped reading.
const STANDSTILL: Duration = Duration::from_secs(1);

/// The unsent bytes of all connections together.
#[derive(Debug)]
pub struct UnsentBytes {
    limit: usize,
    cut: AtomicU64,
    connections: Mutex<Connections>,
}

#[derive(Debug, Default)]
struct Connections {
    total: usize,
    next: u64,
    queues: HashMap<u64, Queue>,
}

#[derive(Debug)]
struct Queue {
    bytes: usize,
    traffic: Traffic,
    cut: Arc<Cut>,
}

/// The end of a connection, as it is said to it.
#[derive(Debug, Default)]
struct Cut {
    notify: Notify,
    is_full: AtomicBool,
}

/// The unsent bytes of one connection.
#[derive(Debug)]
pub struct SendShare {
    unsent: Arc<UnsentBytes>,
    number: u64,
    cut: Arc<Cut>,
}

impl UnsentBytes {
    /// At most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            cut: AtomicU64::new(0),
            connections: Mutex::default(),
        }
    }

    fn connections(&self) -> MutexGuard<'_, Connections> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How many bytes there are.
    pub fn total(&self) -> usize {
        self.connections().total
    }

    /// How many clients were disconnected because of the limit.
    pub fn cut(&self) -> u64 {
        self.cut.load(Ordering::Relaxed)
    }
}

impl SendShare {
    /// The share of a new connection.
    pub fn new(unsent: &Arc<UnsentBytes>, traffic: Traffic) -> Self {
        let cut = Arc::new(Cut::default());
        let mut connections = unsent.connections();
        connections.next += 1;
        let number = connections.next;
        let queue = Queue {
            bytes: 0,
            traffic,
            cut: Arc::clone(&cut),
        };
        connections.queues.insert(number, queue);
        drop(connections);
        Self {
            unsent: Arc::clone(unsent),
            number,
            cut,
        }
    }

    /// Adds bytes to send. Above the limits, this disconnects the client with the most unsent bytes.
    pub fn add(&self, bytes: usize) {
        let mut connections = self.unsent.connections();
        let Some(queue) = connections.queues.get_mut(&self.number) else {
            return;
        };
        if queue.bytes == 0 {
            // A client with nothing to read has not stopped reading.
            queue.traffic.set_taken();
        }
        queue.bytes += bytes;
        connections.total += bytes;
        while connections.total > self.unsent.limit / 2 {
            let is_full = connections.total > self.unsent.limit;
            let may_be_cut = |queue: &Queue| {
                queue.bytes > 0 && (is_full || queue.traffic.since_taken() > STANDSTILL)
            };
            let largest = connections
                .queues
                .iter()
                .filter(|(_, queue)| may_be_cut(queue))
                .max_by_key(|(_, queue)| queue.bytes);
            let Some(number) = largest.map(|(number, _)| *number) else {
                break;
            };
            let Some(queue) = connections.queues.remove(&number) else {
                break;
            };
            connections.total = connections.total.saturating_sub(queue.bytes);
            self.unsent.cut.fetch_add(1, Ordering::Relaxed);
            queue.cut.is_full.store(is_full, Ordering::Relaxed);
            queue.cut.notify.notify_one();
        }
    }

    /// Removes bytes that were sent.
    pub fn remove(&self, bytes: usize) {
        let mut connections = self.unsent.connections();
        if let Some(queue) = connections.queues.get_mut(&self.number) {
            let removed = bytes.min(queue.bytes);
            queue.bytes -= removed;
            connections.total = connections.total.saturating_sub(removed);
        }
    }

    /// Resolves when this connection is to be cut off, with the reason.
    pub async fn cut_off(&self) -> CutOff {
        self.cut.notify.notified().await;
        if self.cut.is_full.load(Ordering::Relaxed) {
            CutOff::MostInMemory
        } else {
            CutOff::StalledInMemory
        }
    }
}

impl Drop for SendShare {
    fn drop(&mut self) {
        let mut connections = self.unsent.connections();
        if let Some(queue) = connections.queues.remove(&self.number) {
            connections.total = connections.total.saturating_sub(queue.bytes);
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test that cannot go on fails")]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{CutOff, STANDSTILL, SendShare, Traffic, UnsentBytes};

    #[tokio::test]
    async fn a_client_that_stopped_reading_is_cut_off_before_one_that_reads() {
        let unsent = Arc::new(UnsentBytes::new(2000));
        let (still, moving) = (Traffic::default(), Traffic::default());
        let (stands, moves) = (
            SendShare::new(&unsent, still),
            SendShare::new(&unsent, moving.clone()),
        );
        stands.add(400);
        moves.add(900);
        assert_eq!(unsent.total(), 1300, "neither stands still yet");
        std::thread::sleep(STANDSTILL + Duration::from_millis(50));
        moving.set_taken();
        moves.add(100);
        let soon = Duration::from_secs(1);
        let why = tokio::time::timeout(soon, stands.cut_off()).await;
        assert_eq!(why, Ok(CutOff::StalledInMemory), "there is room left");
        assert_eq!(unsent.total(), 1000);
    }

    #[tokio::test]
    async fn the_client_with_the_most_unsent_bytes_is_cut_off_when_the_budget_is_used_up() {
        let unsent = Arc::new(UnsentBytes::new(1000));
        let share = |_| SendShare::new(&unsent, Traffic::default());
        let shares: Vec<_> = (0..3).map(share).collect();
        for (share, bytes) in shares.iter().zip([300, 500, 200]) {
            share.add(bytes);
        }
        shares[2].add(1);
        let soon = Duration::from_secs(1);
        let why = tokio::time::timeout(soon, shares[1].cut_off()).await;
        assert_eq!(why, Ok(CutOff::MostInMemory));
        assert_eq!(unsent.total(), 501);
        shares[1].remove(500);
        shares[0].remove(300);
        assert_eq!(unsent.total(), 201);
        drop(shares);
        assert_eq!(unsent.total(), 0);
    }
}
