//! Calls, frames and what becomes of them.

use super::connection::Phase;
use super::outbox::Outgoing;
use super::request_table::Addressee;
use super::{Expectation, Place, Request, Session, Waiter};
use crate::wire::envelope::PING_TYPE;
use crate::wire::{IncomingId, RequestId};

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
        self.outbox.push(Outgoing {
            place,
            frame,
            size: call.size,
            is_request: true,
        });
        self.connect_if_idle(now);
        self.arm_timer(now);
    }

    /// The same where nothing stands in the way of the frame, for an adapter that then sends it by itself, at once and before
    /// any action. `false`: the session did nothing, [`call`](Self::call) does what is needed.
    pub fn begin(&mut self, now: u64, place: Place, call: Call) -> bool {
        let fits = self.outbox.unmeasured.saturating_add(call.size) < self.options.high_water_mark;
        if !fits
            || !self.actions.is_empty()
            || !self.outbox.is_empty()
            || !self.may_flow()
            || self.may_send(call.size).is_err()
        {
            return false;
        }
        self.queue(now, place, call);
        self.outbox.unmeasured += call.size;
        self.requests.send(place);
        let holds = |holds| holds || self.options.socket_holds_process;
        if self.armed.is_none_or(|(at, held)| {
            !holds(held) || self.requests.soonest().is_some_and(|soonest| soonest < at)
        }) || self.is_overdue(now)
        {
            self.arm_timer(now);
        }
        true
    }

    fn queue(&mut self, now: u64, place: Place, call: Call) {
        let limit = call
            .timeout
            .unwrap_or(self.options.request_timeout.unwrap_or(0));
        self.requests.queue(place, call.expectation, limit, now);
    }

    /// The caller at a place wants a message sent that gets no reply, and is settled once it is sent.
    pub fn send(&mut self, now: u64, place: Place, frame: Frame, size: u64) {
        if let Err(failure) = self.may_send(size) {
            return self.settle(place, Err(failure));
        }
        self.outbox.push(Outgoing {
            place,
            frame,
            size,
            is_request: false,
        });
        self.connect_if_idle(now);
        self.arm_timer(now);
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
        self.arm_timer(now);
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
        let is_done = self.actions.is_empty() && !self.has_frame();
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
        } else if self.requests.is_reply_type(type_name)
            // What answers a message without a reply, or belongs to a stream, is for listeners.
            && !matches!(id, IncomingId::Known(id) if self.requests.is_message(id))
        {
            self.dropped += 1;
            return Received::Dropped;
        }
        Received::Message
    }

    /// Something came that is no message (a WebSocket ping, a frame that cannot be read).
    pub fn arrived(&mut self, now: u64) {
        self.last_arrival = now;
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
            self.outbox.gave_up(&mut self.requests);
        }
        Some(sent)
    }

    /// A request has left the table: others may go, or a drain may be over.
    pub(super) fn request_settled(&mut self, now: u64) {
        if self.closing.is_none() {
            return;
        }
        self.close_if_drained(now);
        self.arm_timer(now);
    }
}
