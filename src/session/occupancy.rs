//! What a session holds: the home of its counters.

use super::SessionCore;

/// How much a session holds, for tests and for whoever looks for a leak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Occupancy {
    /// Requests that wait for a reply, sent or not.
    pub waiting: usize,
    /// Of these, those that were sent.
    pub in_flight: usize,
    /// Messages that wait to be sent.
    pub queued: usize,
    /// Requests that were cancelled and have a tombstone: their late replies would still be recognised.
    pub cancelled: usize,
    /// Waiters for the connection to open or close.
    pub waiting_for_connection: usize,
    /// Replies dropped so far: late, repeated or nobody's.
    pub dropped: u64,
}

impl<Frame> SessionCore<Frame> {
    /// What it holds at the moment.
    #[must_use]
    pub fn occupancy(&self) -> Occupancy {
        Occupancy {
            waiting: self.requests.len(),
            in_flight: self.requests.in_flight(),
            queued: self.outbox.len(),
            cancelled: self.requests.tombstones(),
            waiting_for_connection: self.readiness.len() + self.closers.len(),
            dropped: self.dropped,
        }
    }
}
