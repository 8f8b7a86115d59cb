//! Flow control: which messages go to the socket now, which wait, and what becomes of them.

use super::closing::CLOSE_TIMEOUT;
use super::connection_state::Phase;
use super::outbox::{OutboundFrame, Outbox};
use super::{Action, Failure, SessionCore, Slot};
use alloc::rc::Rc;

/// How long to wait before a full socket buffer is measured again, in milliseconds.
pub(super) const MEASURE_EVERY: u64 = 20;

impl<Frame> SessionCore<Frame> {
    /// The next frame for the socket, when all actions are done. Hand it over at once, before anything else: each frame is given
    /// once. Then call [`sent`](Self::sent) or [`not_sent`](Self::not_sent) for a message without a reply.
    pub fn next_frame(&mut self) -> Option<OutboundFrame<Frame>> {
        if !self.has_frame() {
            return None;
        }
        if self.outbox.unmeasured >= self.options.high_water_mark {
            // The buffer may hold more than its mark by now. Sending goes on when the adapter has measured it.
            self.act(Action::MeasureBuffer);
            return None;
        }
        let outbound = self.outbox.pop(&mut self.requests)?;
        self.count_sent(outbound.size);
        if outbound.is_request {
            self.requests.send(outbound.slot);
        }
        Some(outbound)
    }

    /// Whether there is a message to hand to the socket.
    #[must_use]
    pub fn has_frame(&self) -> bool {
        self.actions.is_empty() && !self.outbox.is_empty() && self.may_flow()
    }

    /// The socket took the message of the waiter at `slot`, which no reply answers.
    pub fn sent(&mut self, now: u64, slot: Slot) {
        self.settle(slot, Ok(()));
        self.continue_drain(now);
    }

    /// The socket threw instead of taking it; whether the host gets it is unknown.
    pub fn not_sent(&mut self, slot: Slot, reason: &str) {
        let closure = self.broken(reason);
        let failure = self.ended_failure(true, closure);
        self.settle(slot, Err(failure));
    }

    /// The socket holds back so many bytes (the answer to [`Action::MeasureBuffer`]).
    pub fn buffered(&mut self, now: u64, bytes: u64) {
        if !matches!(self.phase, Phase::Open { .. }) {
            // The socket that was asked about is gone.
            return;
        }
        self.outbox.unmeasured = bytes;
        let full = match self.outbox.measure_at {
            None => bytes >= self.options.high_water_mark,
            // Once full, wait until it is half empty, so as not to stop and go with every frame.
            Some(_) => bytes > self.options.high_water_mark / 2,
        };
        // A drain whose buffer is empty closes below.
        let again = full || self.is_drained();
        self.outbox.measure_at = again.then(|| now.saturating_add(MEASURE_EVERY));
        self.ending_since = None;
        self.close_if_drained(now);
        self.arm_timer(now);
    }

    /// Enough frames were sent in this turn. The rest is sent in the next.
    pub fn pause(&mut self, now: u64) {
        self.outbox.measure_at = Some(now);
        self.arm_timer(now);
    }

    /// The socket takes no more: the host has started to close, or what is below has ended. Nothing goes out from here on; the
    /// socket is asked again (by [`Action::MeasureBuffer`]) until it says itself how it ended, or has taken too long.
    pub fn ending(&mut self, now: u64) {
        if !matches!(self.phase, Phase::Open { .. }) {
            return;
        }
        let since = *self.ending_since.get_or_insert(now);
        if now.saturating_sub(since) >= CLOSE_TIMEOUT {
            self.act(Action::AbandonSocket);
            let closure = self.broken("the connection began to close, and did not end");
            self.connection_ended(now, closure, None);
        } else {
            self.outbox.measure_at = Some(now.saturating_add(MEASURE_EVERY));
        }
        self.arm_timer(now);
    }

    pub(super) fn may_flow(&self) -> bool {
        matches!(self.phase, Phase::Open { .. })
            && self.outbox.measure_at.is_none()
            && self.requests.in_flight() < self.options.max_in_flight
    }

    fn free_in_flight(&self) -> usize {
        self.options
            .max_in_flight
            .saturating_sub(self.requests.in_flight())
    }

    /// How many messages wait that cannot be sent right now. Those that can be sent are not counted.
    fn held_back(&self) -> usize {
        let free = if self.may_flow() {
            self.free_in_flight()
        } else {
            0
        };
        self.outbox.len().saturating_sub(free)
    }

    /// Whether one more message would have to wait.
    fn would_wait(&mut self) -> bool {
        if !self.may_flow() || self.outbox.len() >= self.free_in_flight() {
            return true;
        }
        let mark = self.options.high_water_mark;
        if self.outbox.bytes() >= mark && self.outbox.has_tombstones() {
            self.outbox.sweep(&mut self.requests);
        }
        self.outbox.bytes() >= mark
    }

    /// Whether a message of this size may be sent now or wait for it.
    pub(super) fn may_send(&mut self, size: u64) -> Result<(), Failure> {
        if self.is_over() {
            return Err(self.closed_failure(false));
        }
        if size > self.options.max_frame_bytes {
            return Err(Failure::FrameTooLarge {
                size,
                limit: self.options.max_frame_bytes,
            });
        }
        if !self.would_wait() {
            return Ok(());
        }
        let full = |waiting, limit, in_bytes| {
            Err(Failure::QueueFull {
                address: Rc::clone(&self.address),
                waiting,
                size,
                limit,
                in_bytes,
            })
        };
        let held_back = self.held_back();
        if held_back >= self.options.max_queued {
            return full(held_back as u64, self.options.max_queued as u64, false);
        }
        let most = self.options.max_queued_bytes;
        // A single message may have the largest size allowed.
        let fits = |outbox: &Outbox<Frame>| {
            outbox.is_empty() || outbox.bytes().saturating_add(size) <= most
        };
        if !fits(&self.outbox) {
            self.outbox.sweep(&mut self.requests);
            if !fits(&self.outbox) {
                return full(self.outbox.bytes(), most, true);
            }
        }
        Ok(())
    }
}
