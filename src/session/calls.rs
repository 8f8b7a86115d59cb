//! Requests, messages and waits for readiness, and how they are cancelled.

use super::connection_state::Phase;
use super::outbox::OutboundFrame;
use super::{ExpectedReply, ReadinessWaiter, SessionCore, Slot};
use crate::wire::RequestId;

/// A request to send.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// The reply that it expects.
    pub expected_reply: ExpectedReply,
    /// The message's size in bytes.
    pub size: u64,
    /// Its own time limit in milliseconds, 0 for none; `None` for the session's.
    pub timeout: Option<u64>,
}

impl<Frame> SessionCore<Frame> {
    /// Interns a type of request with the types of its replies, which only count for replies without an id.
    pub fn expect_reply(&mut self, type_name: &str, types: &[impl AsRef<str>]) -> ExpectedReply {
        self.requests.expected_replies.keep(type_name, types)
    }

    /// The same for a single request. Hand it to [`call`](Self::call) at once.
    pub fn expect_reply_once(
        &mut self,
        type_name: &str,
        types: &[impl AsRef<str>],
    ) -> ExpectedReply {
        self.requests.expected_replies.once(type_name, types)
    }

    /// Sends a request, now or later. The waiter at `slot` waits for the reply.
    pub fn call(&mut self, now: u64, slot: Slot, call: Call, frame: Frame) {
        if self.requests.is_late(now) {
            self.check_requests(now);
        }
        if let Err(failure) = self.may_send(call.size) {
            let request = self.requests.describe(slot, call.expected_reply);
            // A one-off expected reply must not outlive its refused request.
            self.requests.expected_replies.began(call.expected_reply);
            self.requests.expected_replies.ended(call.expected_reply);
            self.requests.slab.release(slot);
            return self.fail(slot, request, failure);
        }
        self.queue(now, slot, call);
        self.outbox.push(OutboundFrame {
            slot,
            frame,
            size: call.size,
            is_request: true,
        });
        self.connect_if_idle(now);
        self.arm_timer(now);
    }

    /// The fast path of [`call`](Self::call), for a request that can go at once. After `true` the request is in flight, and the
    /// adapter hands its frame to the socket itself, before any action. After `false` the session has done nothing, and
    /// [`call`](Self::call) does what is needed.
    pub fn begin_request(&mut self, now: u64, slot: Slot, call: Call) -> bool {
        let fits = self.outbox.unmeasured.saturating_add(call.size) < self.options.high_water_mark;
        if !fits
            || !self.actions.is_empty()
            || !self.outbox.is_empty()
            || !self.may_flow()
            || self.may_send(call.size).is_err()
            || self.requests.is_late(now)
        {
            return false;
        }
        self.queue(now, slot, call);
        self.outbox.unmeasured += call.size;
        self.count_sent(call.size);
        self.requests.send(slot);
        let holds = |holds| holds || self.options.socket_holds_process;
        if self.armed.is_none_or(|(at, held)| {
            !holds(held) || self.requests.soonest().is_some_and(|soonest| soonest < at)
        }) || self.is_overdue(now)
        {
            self.arm_timer(now);
        }
        true
    }

    fn queue(&mut self, now: u64, slot: Slot, call: Call) {
        let limit = call
            .timeout
            .unwrap_or(self.options.request_timeout.unwrap_or(0));
        self.requests.queue(slot, call.expected_reply, limit, now);
    }

    /// Sends a message that gets no reply, now or later. The waiter at `slot` waits until the socket has it.
    pub fn send(&mut self, now: u64, slot: Slot, frame: Frame, size: u64) {
        if let Err(failure) = self.may_send(size) {
            return self.settle(slot, Err(failure));
        }
        self.outbox.push(OutboundFrame {
            slot,
            frame,
            size,
            is_request: false,
        });
        self.connect_if_idle(now);
        self.arm_timer(now);
    }

    /// The waiter at `slot` waits until the connection is open. `timeout` in milliseconds, 0 or `None` for none.
    pub fn wait_until_ready(&mut self, now: u64, slot: Slot, timeout: Option<u64>) {
        if self.is_over() {
            let failure = self.closed_failure(false);
            return self.settle(slot, Err(failure));
        }
        if matches!(self.phase, Phase::Open { .. }) {
            return self.settle(slot, Ok(()));
        }
        let limit = timeout.unwrap_or(0);
        self.readiness.push(ReadinessWaiter {
            slot,
            deadline: (limit > 0).then(|| now.saturating_add(limit)),
            limit,
        });
        self.connect_if_idle(now);
        self.arm_timer(now);
    }

    /// A waiter no longer wants its reply, or its wait for readiness. Gives its slot back, and whether the request had been sent;
    /// `None` if it has settled already.
    pub fn abort(&mut self, now: u64, id: RequestId) -> Option<(Slot, bool)> {
        let slot = self.requests.slab.slot(id)?;
        let waiting = self.readiness.len();
        for waiter in core::mem::take(&mut self.readiness) {
            if waiter.slot != slot {
                self.readiness.push(waiter);
            }
        }
        if self.readiness.len() < waiting {
            self.requests.slab.release(slot);
            return Some((slot, false));
        }
        let sent = self.cancel(slot)?;
        self.continue_drain(now);
        Some((slot, sent))
    }

    /// Cancels a waiting request. Says whether it had been sent.
    pub(super) fn cancel(&mut self, slot: Slot) -> Option<bool> {
        let sent = self.requests.cancel(slot)?;
        if !sent {
            self.outbox.request_cancelled(&mut self.requests);
        }
        Some(sent)
    }

    /// A request has settled: ends a drain that waited for it.
    pub(super) fn continue_drain(&mut self, now: u64) {
        if self.closing.is_none() {
            return;
        }
        self.close_if_drained(now);
        self.arm_timer(now);
    }
}
