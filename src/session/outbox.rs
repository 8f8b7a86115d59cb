//! Messages that wait to be sent, and how much the socket is known to hold back.

use super::place::Place;
use alloc::collections::VecDeque;

/// A message that waits.
#[derive(Debug)]
pub(super) enum Outgoing<Frame> {
    /// A request's place, frame and size in bytes; it may have been given up meanwhile.
    Request(Place, Frame, u64),
    /// A message without a reply, and its size in bytes.
    Message(Frame, u64),
}

/// The queue, in the order of the calls, and the socket's buffer.
#[derive(Debug)]
pub(super) struct Outbox<Frame> {
    queue: VecDeque<Outgoing<Frame>>,
    /// How many in the queue still want to be sent.
    live: usize,
    /// Bytes handed to the socket since its buffer was last measured.
    pub(super) unmeasured: u64,
    /// When to measure again while the buffer is too full to send.
    pub(super) measure_at: Option<u64>,
}

impl<Frame> Default for Outbox<Frame> {
    fn default() -> Self {
        Self {
            queue: VecDeque::new(),
            live: 0,
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

    pub(super) fn push(&mut self, outgoing: Outgoing<Frame>) {
        self.queue.push_back(outgoing);
        self.live += 1;
    }

    /// Takes the next out that is to be sent; requests that no longer wait are passed by.
    pub(super) fn pop(&mut self, mut waits: impl FnMut(Place) -> bool) -> Option<Outgoing<Frame>> {
        while let Some(outgoing) = self.queue.pop_front() {
            if let Outgoing::Request(place, ..) = outgoing
                && !waits(place)
            {
                continue;
            }
            self.live -= 1;
            return Some(outgoing);
        }
        None
    }

    /// A queued request was given up. Its place in the queue is swept once such places outnumber the rest.
    pub(super) fn gave_up(&mut self, mut waits: impl FnMut(Place) -> bool) {
        self.live -= 1;
        if self.queue.len() > 64 && self.queue.len() > self.live.saturating_mul(2) {
            // Once round; `retain` is more code to download.
            for _ in 0..self.queue.len() {
                match self.queue.pop_front() {
                    Some(Outgoing::Request(place, ..)) if !waits(place) => {}
                    Some(outgoing) => self.queue.push_back(outgoing),
                    None => {}
                }
            }
        }
    }

    /// The places of the requests in the queue, oldest first, those given up included.
    pub(super) fn requests(&self) -> impl Iterator<Item = Place> {
        self.queue.iter().filter_map(|outgoing| match outgoing {
            Outgoing::Request(place, ..) => Some(*place),
            Outgoing::Message(..) => None,
        })
    }

    /// Empties the queue and tells how many messages without a caller were in it.
    pub(super) fn clear(&mut self) -> usize {
        let messages = self
            .queue
            .iter()
            .filter(|outgoing| matches!(outgoing, Outgoing::Message(..)))
            .count();
        self.queue = VecDeque::new();
        self.live = 0;
        messages
    }

    /// Forgets the buffer of a socket that is gone; a new one has an empty buffer.
    pub(super) fn socket_gone(&mut self) {
        self.unmeasured = 0;
        self.measure_at = None;
    }
}
