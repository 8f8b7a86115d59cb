//! Calls, frames and what becomes of them.

use super::connection::Phase;
use super::deadlines::Ticket;
use super::outbox::Outgoing;
use super::request_table::Addressee;
use super::{Action, Expectation, Failure, Session, Waiter};
use crate::wire::envelope::PING_TYPE;
use crate::wire::{IncomingId, RequestId};

/// How long to wait before a full socket buffer is measured again, in milliseconds.
pub(super) const MEASURE_EVERY: u64 = 20;

/// A request to send.
#[derive(Debug)]
pub struct Call<Caller, Frame> {
    /// Its id, fresh from a secure source.
    pub id: RequestId,
    /// What it waits for.
    pub expectation: Expectation,
    /// The whole message.
    pub frame: Frame,
    /// The message's size in bytes.
    pub size: u64,
    /// Its own time limit in milliseconds, 0 for none; `None` for the session's.
    pub timeout: Option<u64>,
    /// Who waits for the reply.
    pub caller: Caller,
}

/// What an incoming frame turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Received<Caller> {
    /// The reply that this caller waits for; the adapter settles it.
    Reply(Caller),
    /// A reply that nobody waits for: late, repeated or another's. To be dropped.
    Dropped,
    /// The host's heartbeat, which wants nothing.
    Heartbeat,
    /// A message for listeners.
    Message,
}

impl<Caller, Frame> Session<Caller, Frame> {
    /// Interns the types that replies to a definition's requests may have (used only for replies without an id).
    pub fn expect(&mut self, types: &[impl AsRef<str>]) -> Expectation {
        self.requests.expectations().keep(types)
    }

    /// The same for one request of the caller's own; to be handed to [`call`](Self::call) at once.
    pub fn expect_once(&mut self, types: &[impl AsRef<str>]) -> Expectation {
        self.requests.expectations().once(types)
    }

    /// A caller wants a request sent and waits for its reply.
    pub fn call(&mut self, now: u64, call: Call<Caller, Frame>) {
        if let Err(failure) = self.may_send(call.size) {
            // A one-off expectation must not outlive the refusal.
            self.requests.expectations().began(call.expectation);
            self.requests.expectations().ended(call.expectation);
            return self.settle(call.id, call.caller, Err(failure));
        }
        let limit = call
            .timeout
            .unwrap_or(self.options.request_timeout.unwrap_or(0));
        let ticket = self.requests.insert(
            call.id,
            call.caller,
            call.expectation,
            limit,
            (call.frame, call.size),
        );
        if limit > 0 {
            let requests = &self.requests;
            self.deadlines.push(
                now.saturating_add(limit),
                ticket,
                requests.len(),
                |ticket| requests.waits(ticket),
            );
        }
        if self.sends_at_once() {
            self.send_request(ticket);
            self.measure_if_due();
        } else {
            self.outbox.push(Outgoing::Request(ticket));
        }
        self.connect_if_idle(now);
        self.arm_timer();
    }

    /// A caller wants a message sent that gets no reply.
    ///
    /// # Errors
    /// When it can neither be sent nor wait to be sent.
    pub fn send(&mut self, now: u64, frame: Frame, size: u64) -> Result<(), Failure> {
        self.may_send(size)?;
        if self.sends_at_once() {
            self.outbox.unmeasured = self.outbox.unmeasured.saturating_add(size);
            self.act(Action::Send(frame));
            self.measure_if_due();
        } else {
            self.outbox.push(Outgoing::Message(frame, size));
        }
        self.connect_if_idle(now);
        self.arm_timer();
        Ok(())
    }

    /// A caller wants to know when the connection is open. `timeout` in milliseconds, 0 or `None` for none.
    pub fn wait_until_ready(
        &mut self,
        now: u64,
        id: RequestId,
        timeout: Option<u64>,
        caller: Caller,
    ) {
        match &self.phase {
            _ if self.closing.is_some() => {
                let failure = self.closed_failure(false);
                return self.settle(id, caller, Err(failure));
            }
            Phase::Open { .. } => return self.settle(id, caller, Ok(())),
            Phase::Closing { .. } | Phase::Closed(_) => {
                let failure = self.closed_failure(false);
                return self.settle(id, caller, Err(failure));
            }
            Phase::Idle | Phase::Connecting { .. } | Phase::Waiting { .. } => {}
        }
        let limit = timeout.unwrap_or(0);
        self.readiness.push(Waiter {
            id,
            caller,
            deadline: (limit > 0).then(|| now.saturating_add(limit)),
            limit,
        });
        self.connect_if_idle(now);
        self.arm_timer();
    }

    /// A caller no longer wants its reply (or its wait for readiness). Gives the caller back, and whether the
    /// request had been sent; `None` if it has been settled already.
    pub fn abort(&mut self, now: u64, id: RequestId) -> Option<(Caller, bool)> {
        if let Some(place) = self.readiness.iter().position(|waiter| waiter.id == id) {
            return Some((self.readiness.remove(place).caller, false));
        }
        let given_up = self.give_up(id)?;
        self.request_settled(now);
        Some(given_up)
    }

    /// Whether an id is in use, so that a new request must not have it.
    #[must_use]
    pub fn knows(&self, id: RequestId) -> bool {
        self.requests.contains(id)
    }

    /// A frame came. `type_name` is asked for only where the id does not decide.
    pub fn frame<Text: AsRef<str>>(
        &mut self,
        now: u64,
        id: IncomingId,
        type_name: impl FnOnce() -> Option<Text>,
    ) -> Received<Caller> {
        self.last_arrival = now;
        if let IncomingId::Known(id) = id
            && let Some(addressee) = self.requests.reply(id)
        {
            return self.replied(now, addressee);
        }
        let type_name = type_name();
        let type_name = type_name.as_ref().map_or("", AsRef::as_ref);
        if id == IncomingId::Absent {
            if type_name == PING_TYPE {
                return Received::Heartbeat;
            }
            if let Some(addressee) = self
                .requests
                .oldest_expecting(type_name)
                .and_then(|id| self.requests.reply(id))
            {
                return self.replied(now, addressee);
            }
        } else if self.requests.is_reply_type(type_name) {
            self.dropped += 1;
            return Received::Dropped;
        }
        Received::Message
    }

    /// Something came that is no message (a WebSocket ping, a frame that cannot be read).
    pub fn arrived(&mut self, now: u64) {
        self.last_arrival = now;
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
        self.outbox.measure_at = full.then(|| now.saturating_add(MEASURE_EVERY));
        if !full {
            self.flush();
            self.close_if_drained(now);
        }
        self.arm_timer();
    }

    fn replied(&mut self, now: u64, addressee: Addressee<Caller>) -> Received<Caller> {
        match addressee {
            Addressee::GivenUp => {
                self.dropped += 1;
                Received::Dropped
            }
            Addressee::Caller(caller) => {
                self.request_settled(now);
                Received::Reply(caller)
            }
        }
    }

    /// Takes a waiting request out, and its place in the queue.
    pub(super) fn give_up(&mut self, id: RequestId) -> Option<(Caller, bool)> {
        let given_up = self.requests.give_up(id)?;
        if !given_up.1 {
            let requests = &self.requests;
            self.outbox.gave_up(|ticket| requests.waits(ticket));
        }
        Some(given_up)
    }

    /// A request has left the table: others may go, or a drain may be over.
    pub(super) fn request_settled(&mut self, now: u64) {
        if !self.outbox.is_empty() {
            self.flush();
        }
        self.close_if_drained(now);
        self.arm_timer();
    }

    /// Sends what waits, as far as the limits allow.
    pub(super) fn flush(&mut self) {
        while self.may_flow() {
            let requests = &self.requests;
            match self.outbox.pop(|ticket| requests.waits(ticket)) {
                None => break,
                Some(Outgoing::Request(ticket)) => self.send_request(ticket),
                Some(Outgoing::Message(frame, size)) => {
                    self.outbox.unmeasured = self.outbox.unmeasured.saturating_add(size);
                    self.act(Action::Send(frame));
                }
            }
            if self.measure_if_due() {
                // The answer goes on from here.
                break;
            }
        }
    }

    fn send_request(&mut self, ticket: Ticket) {
        if let Some((frame, size)) = self.requests.take_unsent(ticket) {
            self.outbox.unmeasured = self.outbox.unmeasured.saturating_add(size);
            self.act(Action::Send(frame));
        }
    }

    /// Asks for the buffer's size before more than the mark can stand in it unnoticed.
    fn measure_if_due(&mut self) -> bool {
        let due = self.outbox.unmeasured >= self.options.high_water_mark;
        if due {
            self.act(Action::MeasureBuffer);
        }
        due
    }

    fn may_flow(&self) -> bool {
        matches!(self.phase, Phase::Open { .. })
            && self.outbox.measure_at.is_none()
            && self.requests.sent() < self.options.max_in_flight
    }

    fn sends_at_once(&self) -> bool {
        self.outbox.is_empty() && self.may_flow()
    }

    /// Whether a message of this size may be sent now or wait for it.
    fn may_send(&self, size: u64) -> Result<(), Failure> {
        if self.closing.is_some() || matches!(self.phase, Phase::Closing { .. } | Phase::Closed(_))
        {
            return Err(self.closed_failure(false));
        }
        if size > self.options.max_frame_bytes {
            return Err(Failure::FrameTooLarge {
                size,
                limit: self.options.max_frame_bytes,
            });
        }
        if !self.sends_at_once() && self.outbox.len() >= self.options.max_queued {
            return Err(Failure::QueueFull {
                address: self.address.clone(),
                limit: self.options.max_queued,
            });
        }
        Ok(())
    }
}
