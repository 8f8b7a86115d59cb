//! Messages that wait to be sent, and what is known of the socket's buffer.

use super::request_table::RequestTable;
use super::slab::Slot;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// A message on its way out. The waiter at its slot waits for the reply if it is a request, else until it is sent.
#[derive(Debug)]
pub struct OutboundFrame<Frame> {
    /// The slot of its waiter.
    pub slot: Slot,
    /// The message, ready to be sent.
    pub frame: Frame,
    /// Its size in bytes.
    pub size: u64,
    /// Whether its waiter waits for a reply.
    pub is_request: bool,
}

/// The queue, in the order of the calls, and the socket's buffer.
#[derive(Debug)]
pub(super) struct Outbox<Frame> {
    queue: VecDeque<OutboundFrame<Frame>>,
    /// How many in the queue are still to be sent.
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

    /// Whether cancelled requests are among what waits, which count in [`bytes`](Self::bytes) alone.
    pub(super) fn has_tombstones(&self) -> bool {
        self.queue.len() > self.live
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

    /// Takes out the next message to send, and skips cancelled requests.
    pub(super) fn pop(&mut self, requests: &mut RequestTable) -> Option<OutboundFrame<Frame>> {
        while let Some(outbound) = self.pop_front() {
            if outbound.is_request && !requests.check_queued_or_release(outbound.slot) {
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
        // Goes round once; `retain` would be more code to download.
        for _ in 0..self.queue.len() {
            if let Some(outbound) = self.pop_front()
                && (!outbound.is_request || requests.check_queued_or_release(outbound.slot))
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

    /// Empties the queue, which holds only messages by now, and gives the slots of their waiters.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths that the queue has while so many requests in it are cancelled one after the other.
    fn lengths(count: u8) -> (Vec<usize>, Outbox<()>) {
        let mut requests = RequestTable::default();
        let mut outbox = Outbox::default();
        let expected_reply = requests.expected_replies.keep("a", &["a"]);
        let slots: Vec<Slot> = (0..count)
            .map(|number| {
                let (slot, _) = requests.slab.reserve([number; 16], false);
                requests.queue(slot, expected_reply, 0, 0);
                outbox.push(OutboundFrame {
                    slot,
                    frame: (),
                    size: 3,
                    is_request: true,
                });
                slot
            })
            .collect();
        let mut lengths = Vec::new();
        for slot in slots {
            lengths.push(outbox.queue.len());
            assert_eq!(requests.cancel(slot), Some(false));
            outbox.request_cancelled(&mut requests);
        }
        lengths.push(outbox.queue.len());
        lengths.dedup();
        assert!(outbox.is_empty());
        (lengths, outbox)
    }

    #[test]
    fn tombstones_are_swept_when_they_outnumber_what_waits_but_not_while_they_are_few() {
        assert_eq!(lengths(200).0, [200, 99, 49]);
        assert_eq!(lengths(65).0, [65, 32]);
        assert_eq!(lengths(64).0, [64]);
    }

    #[test]
    fn tombstones_count_with_their_bytes_until_they_are_swept() {
        let (_, mut outbox) = lengths(200);
        assert_eq!(outbox.bytes(), 49 * 3);
        outbox.unmeasured = 5;
        assert_eq!(outbox.bytes(), 49 * 3 + 5);
    }
}
