//! Calls, frames and what becomes of them.

use super::connection::Phase;
use super::outbox::Outgoing;
use super::request_table::Addressee;
use super::{Action, Expectation, Failure, Place, Request, Session, Waiter};
use crate::wire::envelope::PING_TYPE;
use crate::wire::{IncomingId, RequestId};

/// How long to wait before a full socket buffer is measured again, in milliseconds.
pub(super) const MEASURE_EVERY: u64 = 20;

/// A request to send.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// What it waits for.
    pub expectation: Expectation,
    /// The message's size in bytes.
    pub size: u64,
    /// Its own time limit in milliseconds, 0 for none; `None` for the session's.
    pub timeout: Option<u64>,
}

/// What an incoming frame turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    /// A reply; the adapter settles the caller at its place.
    Reply {
        /// Who waits for it.
        place: Place,
        /// What it answers.
        request: Option<Request>,
    },
    /// A reply that nobody waits for: late, repeated or another's. To be dropped.
    Dropped,
    /// The host's heartbeat, which wants nothing.
    Heartbeat,
    /// A message for listeners.
    Message,
}

impl<Frame> Session<Frame> {
    /// Interns a type of request with the types of its replies (used only for replies without an id).
    pub fn expect(&mut self, type_name: &str, types: &[impl AsRef<str>]) -> Expectation {
        self.requests.expectations().keep(type_name, types)
    }

    /// The same for one request of the caller's own; to be handed to [`call`](Self::call) at once.
    pub fn expect_once(&mut self, type_name: &str, types: &[impl AsRef<str>]) -> Expectation {
        self.requests.expectations().once(type_name, types)
    }

    /// The caller at a place wants a request sent and waits for its reply.
    pub fn call(&mut self, now: u64, place: Place, call: Call, frame: Frame) {
        if let Err(failure) = self.may_send(call.size) {
            let request = self.requests.describe(place, call.expectation);
            // A one-off expectation must not outlive the refusal.
            self.requests.expectations().began(call.expectation);
            self.requests.expectations().ended(call.expectation);
            self.requests.leave(place);
            return self.fail(place, request, failure);
        }
        self.queue(now, place, call);
        if self.sends_at_once() {
            self.send_request(place, frame, call.size);
            self.measure_if_due();
        } else {
            self.outbox.push(Outgoing::Request(place, frame, call.size));
        }
        self.connect_if_idle(now);
        self.arm_timer();
    }

    /// The same where nothing stands in the way of the frame, for an adapter that then sends it by itself, at once and before
    /// any action. `false`: the session did nothing, [`call`](Self::call) does what is needed.
    pub fn begin(&mut self, now: u64, place: Place, call: Call) -> bool {
        let fits = self.outbox.unmeasured.saturating_add(call.size) < self.options.high_water_mark;
        if !fits
            || !self.actions.is_empty()
            || !self.sends_at_once()
            || self.may_send(call.size).is_err()
        {
            return false;
        }
        self.queue(now, place, call);
        self.outbox.unmeasured += call.size;
        self.requests.send(place);
        if self.requests.soonest() < self.armed.map(|(at, _)| at) || self.armed.is_none() {
            self.arm_timer();
        }
        true
    }

    fn queue(&mut self, now: u64, place: Place, call: Call) {
        let limit = call
            .timeout
            .unwrap_or(self.options.request_timeout.unwrap_or(0));
        self.requests.queue(place, call.expectation, limit, now);
    }

    /// The caller at a place wants a message sent that gets no reply, and is settled once it is sent or waits to be sent.
    pub fn send(&mut self, now: u64, place: Place, frame: Frame, size: u64) {
        if let Err(failure) = self.may_send(size) {
            return self.settle(place, Err(failure));
        }
        if self.sends_at_once() {
            self.outbox.unmeasured = self.outbox.unmeasured.saturating_add(size);
            self.act(Action::Send(frame));
            self.measure_if_due();
        } else {
            self.outbox.push(Outgoing::Message(frame, size));
        }
        self.settle(place, Ok(()));
        self.connect_if_idle(now);
        self.arm_timer();
    }

    /// The caller at a place wants to know when the connection is open. `timeout` in milliseconds, 0 or `None` for none.
    pub fn wait_until_ready(&mut self, now: u64, place: Place, timeout: Option<u64>) {
        match &self.phase {
            _ if self.closing.is_some() => {
                let failure = self.closed_failure(false);
                return self.settle(place, Err(failure));
            }
            Phase::Open { .. } => return self.settle(place, Ok(())),
            Phase::Closing { .. } | Phase::Closed(_) => {
                let failure = self.closed_failure(false);
                return self.settle(place, Err(failure));
            }
            Phase::Idle | Phase::Connecting { .. } | Phase::Waiting { .. } => {}
        }
        let limit = timeout.unwrap_or(0);
        self.readiness.push(Waiter {
            place,
            deadline: (limit > 0).then(|| now.saturating_add(limit)),
            limit,
        });
        self.connect_if_idle(now);
        self.arm_timer();
    }

    /// A caller no longer wants its reply (or its wait for readiness). Gives its place back, and whether the request had been
    /// sent; `None` if it has been settled already.
    pub fn abort(&mut self, now: u64, id: RequestId) -> Option<(Place, bool)> {
        let place = self.requests.place(id)?;
        if let Some(position) = self
            .readiness
            .iter()
            .position(|waiter| waiter.place == place)
        {
            self.readiness.remove(position);
            self.requests.leave(place);
            return Some((place, false));
        }
        let sent = self.give_up(place)?;
        self.request_settled(now);
        Some((place, sent))
    }

    /// A frame came whose id is that of a request that waits: this caller's reply. `None` for every other frame, which
    /// [`frame`](Self::frame) takes.
    pub fn reply(&mut self, now: u64, id: RequestId) -> Option<Place> {
        let place = self.requests.in_flight_place(id)?;
        self.last_arrival = now;
        self.requests.answered(place);
        self.request_settled(now);
        Some(place)
    }

    /// Whether nothing is to be done. To be asked, or [`next_action`](Self::next_action), after every event.
    pub fn is_done(&mut self) -> bool {
        let is_done = self.actions.is_empty();
        if is_done {
            self.requests.places().actions_done();
        }
        is_done
    }

    /// A frame came. `type_name` is asked for only where the id does not decide.
    pub fn frame<Text: AsRef<str>>(
        &mut self,
        now: u64,
        id: IncomingId,
        type_name: impl FnOnce() -> Option<Text>,
    ) -> Received {
        self.last_arrival = now;
        if let IncomingId::Known(id) = id
            && let Some(received) = self
                .requests
                .place(id)
                .and_then(|place| self.answered(now, place))
        {
            return received;
        }
        let type_name = type_name();
        let type_name = type_name.as_ref().map_or("", AsRef::as_ref);
        if id == IncomingId::Absent {
            if type_name == PING_TYPE {
                return Received::Heartbeat;
            }
            if let Some(received) = self
                .requests
                .oldest_expecting(type_name)
                .and_then(|place| self.answered(now, place))
            {
                return received;
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

    /// The request at a place got its reply; `None` when it was not even sent.
    fn answered(&mut self, now: u64, place: Place) -> Option<Received> {
        let request = self.request(place);
        Some(match self.requests.answered(place)? {
            Addressee::GivenUp => {
                self.dropped += 1;
                Received::Dropped
            }
            Addressee::Caller => {
                self.request_settled(now);
                Received::Reply { place, request }
            }
        })
    }

    /// The caller of a waiting request gives it up; says whether it had been sent.
    pub(super) fn give_up(&mut self, place: Place) -> Option<bool> {
        let sent = self.requests.give_up(place)?;
        if !sent {
            let requests = &mut self.requests;
            self.outbox.gave_up(|place| requests.still_queued(place));
        }
        Some(sent)
    }

    /// A request has left the table: others may go, or a drain may be over.
    pub(super) fn request_settled(&mut self, now: u64) {
        if self.outbox.is_empty() && self.closing.is_none() {
            return;
        }
        self.flush();
        self.close_if_drained(now);
        self.arm_timer();
    }

    /// Sends what waits, as far as the limits allow.
    pub(super) fn flush(&mut self) {
        while self.may_flow() {
            let requests = &mut self.requests;
            match self.outbox.pop(|place| requests.still_queued(place)) {
                None => break,
                Some(Outgoing::Request(place, frame, size)) => {
                    self.send_request(place, frame, size)
                }
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

    fn send_request(&mut self, place: Place, frame: Frame, size: u64) {
        self.requests.send(place);
        self.outbox.unmeasured = self.outbox.unmeasured.saturating_add(size);
        self.act(Action::Send(frame));
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
