//! Messages that wait to be sent, and how much the socket is known to hold back.

use super::request_table::RequestTable;
use super::slab::Slot;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// A message on its way out. The waiter at its slot waits for the reply if it is a request, else until it is sent.
#[derive(Debug)]
pub struct OutboundFrame<Frame> {
    /// Whose it is.
    pub slot: Slot,
    /// The message, ready to be sent.
    pub frame: Frame,
    /// Its size in bytes.
    pub size: u64,
    /// Whether a reply is waited for.
    pub is_request: bool,
}

/// The queue, in the order of the calls, and the socket's buffer.
#[derive(Debug)]
pub(super) struct Outbox<Frame> {
    queue: VecDeque<OutboundFrame<Frame>>,
    /// How many in the queue still want to be sent.
    live: usize,
    /// How many bytes all in the queue have, tombstones included: they take memory until they are swept.
    bytes: u64,
    /// Bytes handed to the socket since its buffer was last measured, and what stood in it then.
    pub(super) unmeasured: u64,
    /// When to measure again while the buffer is too full to send, or a drain waits for it to be empty.
    pub(super) measure_at: Option<u64>,
}

impl<Frame> Default for Outbox<Frame> {
    fn default() -> Self {
        Self {
            queue: VecDeque::new(),
            live: 0,
            bytes: 0,
            unmeasured: 0,
            measure_at: None,
        }
    }
}

impl<Frame> Outbox<Frame> {
    pub(super) fn len(&self) -> usize {
        self.live
    }

    pub(super) fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// How many bytes wait, here and in the socket.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.saturating_add(self.unmeasured)
    }

    pub(super) fn push(&mut self, outbound: OutboundFrame<Frame>) {
        self.bytes = self.bytes.saturating_add(outbound.size);
        self.queue.push_back(outbound);
        self.live += 1;
    }

    fn pop_front(&mut self) -> Option<OutboundFrame<Frame>> {
        let outbound = self.queue.pop_front()?;
        self.bytes = self.bytes.saturating_sub(outbound.size);
        Some(outbound)
    }

    /// Takes the next out that is to be sent; requests that no longer wait are passed by.
    pub(super) fn pop(&mut self, requests: &mut RequestTable) -> Option<OutboundFrame<Frame>> {
        while let Some(outbound) = self.pop_front() {
            if outbound.is_request && !requests.still_queued(outbound.slot) {
                continue;
            }
            self.live -= 1;
            self.unmeasured = self.unmeasured.saturating_add(outbound.size);
            return Some(outbound);
        }
        None
    }

    /// A queued request was cancelled. Its tombstone is swept from the queue once tombstones outnumber the rest.
    pub(super) fn request_cancelled(&mut self, requests: &mut RequestTable) {
        self.live -= 1;
        if self.queue.len() > 64 && self.queue.len() > self.live.saturating_mul(2) {
            self.sweep(requests);
        }
    }

    /// Takes out the requests that no longer wait.
    pub(super) fn sweep(&mut self, requests: &mut RequestTable) {
        // Once round; `retain` is more code to download.
        for _ in 0..self.queue.len() {
            if let Some(outbound) = self.pop_front()
                && (!outbound.is_request || requests.still_queued(outbound.slot))
            {
                self.bytes = self.bytes.saturating_add(outbound.size);
                self.queue.push_back(outbound);
            }
        }
    }

    /// The slots of the requests in the queue, oldest first, tombstones included.
    pub(super) fn requests(&self) -> impl Iterator<Item = Slot> {
        self.queue
            .iter()
            .filter(|outbound| outbound.is_request)
            .map(|outbound| outbound.slot)
    }

    /// All requests in the queue have been cancelled or removed: takes them out.
    pub(super) fn forget_requests(&mut self, requests: &mut RequestTable) {
        self.sweep(requests);
        self.live = self.queue.len();
    }

    /// Empties the queue of messages, the last there is in it, and gives the slots of their waiters.
    pub(super) fn clear(&mut self) -> Vec<Slot> {
        let messages = self.queue.iter().map(|outbound| outbound.slot).collect();
        self.queue = VecDeque::new();
        self.live = 0;
        self.bytes = 0;
        messages
    }

    /// Forgets the buffer of a socket that is gone; a new one has an empty buffer.
    pub(super) fn socket_gone(&mut self) {
        self.unmeasured = 0;
        self.measure_at = None;
    }
}
