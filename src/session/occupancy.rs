//! What a session holds: its counters, and its waiting requests.

use alloc::vec::Vec;

use super::{Request, SessionCore, Slot};

/// How much a session holds, for tests and for finding leaks.
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
    /// Messages handed to the socket so far.
    pub sent: u64,
    /// How large these were together, as the adapter measures them.
    pub sent_bytes: u64,
}

/// A request that waits for its reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The request.
    pub request: Request,
    /// For how many milliseconds it has waited, from the call on.
    pub age: u32,
    /// Whether it was sent.
    pub sent: bool,
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
            sent: self.sent_frames,
            sent_bytes: self.sent_bytes,
        }
    }

    /// The slots of the requests that were sent and of those that wait to be, in the order of the calls. Of some no request waits
    /// any more.
    #[must_use]
    pub fn slots(&self) -> Vec<Slot> {
        // What waits to be sent was called after all that was sent.
        let mut slots = self.requests.slots_in_flight();
        slots.extend(self.outbox.requests());
        slots
    }

    /// The request at a slot, if one waits there.
    #[must_use]
    pub fn pending(&self, now: u64, slot: Slot) -> Option<Pending> {
        let (age, sent) = self.requests.pending(now, slot)?;
        Some(Pending {
            request: self.requests.request(slot)?,
            age,
            sent,
        })
    }

    pub(super) fn count_sent(&mut self, size: u64) {
        self.sent_frames += 1;
        self.sent_bytes = self.sent_bytes.saturating_add(size);
    }
}
