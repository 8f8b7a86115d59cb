//! The connection: how it opens, how it is lost, and how another one is made.

use super::closing::requested_closure;
use super::connection_state::{Phase, State};
use super::{Action, Closure, Event, Failure, SessionCore, Slot};
use crate::wire::close_code;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// Why an attempt to make a connection came to nothing.
#[derive(Debug)]
pub(super) enum ConnectError {
    /// What the socket said.
    Failed(Rc<str>),
    TimedOut,
}

impl<Frame> SessionCore<Frame> {
    /// The connection's state.
    #[must_use]
    pub fn state(&self) -> State {
        match &self.phase {
            Phase::Closed(_) => State::Closed,
            Phase::Closing { .. } => State::Closing,
            _ if self.closing.is_some() => State::Closing,
            Phase::Idle => State::Idle,
            Phase::Connecting { .. } if self.backoff.failed() > 0 => State::Reconnecting,
            Phase::Connecting { .. } => State::Connecting,
            Phase::Open { .. } => State::Open,
            Phase::Waiting { .. } => State::Reconnecting,
        }
    }

    /// Connects if nothing has yet. Every call does this by itself.
    pub fn connect(&mut self, now: u64) {
        self.connect_if_idle(now);
        self.arm_timer(now);
    }

    pub(super) fn connect_if_idle(&mut self, now: u64) {
        if matches!(self.phase, Phase::Idle) && self.closing.is_none() {
            self.open_socket(now);
        }
    }

    pub(super) fn open_socket(&mut self, now: u64) {
        self.phase = Phase::Connecting {
            deadline: self
                .options
                .connect_timeout
                .map(|limit| now.saturating_add(limit)),
        };
        self.act(Action::OpenSocket);
    }

    /// The socket is open.
    pub fn opened(&mut self, now: u64) {
        if !matches!(self.phase, Phase::Connecting { .. }) {
            return;
        }
        self.phase = Phase::Open { since: now };
        self.last_arrival = now;
        self.act(Action::Emit(Event::Open {
            again: self.opened_before,
        }));
        self.opened_before = true;
        for waiter in core::mem::take(&mut self.readiness) {
            self.settle(waiter.slot, Ok(()));
        }
        self.ending_since = None;
        self.close_if_drained(now);
        self.arm_timer(now);
    }

    /// The socket has closed, or could not be opened; `reason` is what it said.
    pub fn closed(&mut self, now: u64, code: u16, reason: &str) {
        let closure = Closure {
            code,
            reason: Rc::from(reason),
        };
        match self.phase {
            Phase::Connecting { .. } => {
                let reason = if reason.is_empty() {
                    "the connection was refused or broke off"
                } else {
                    reason
                };
                let error = ConnectError::Failed(Rc::from(reason));
                self.connection_ended(now, closure, Some(&error));
            }
            Phase::Open { .. } | Phase::Closing { .. } => {
                self.connection_ended(now, closure, None);
            }
            Phase::Idle | Phase::Waiting { .. } | Phase::Closed(_) => {}
        }
        self.arm_timer(now);
    }

    /// Handles the end of a connection (`connect_error` is `None`) or of an attempt to make one.
    pub(super) fn connection_ended(
        &mut self,
        now: u64,
        closure: Closure,
        connect_error: Option<&ConnectError>,
    ) {
        let requested = self.closing.is_some();
        self.outbox.socket_gone();
        if let Phase::Open { since } = self.phase
            && let Some(reconnect) = &self.options.reconnect
            && now.saturating_sub(since) >= reconnect.stable_after
        {
            self.backoff.reset();
        }
        self.requests.forget_tombstones();
        let host_says_stop = connect_error.is_none() && close_code::says_stop(closure.code);
        let delay = match &self.options.reconnect {
            Some(reconnect) if !requested && !host_says_stop => self.backoff.next_delay(reconnect),
            _ => None,
        };
        if let Some(delay) = delay {
            self.phase = Phase::Waiting {
                at: now.saturating_add(delay),
            };
            self.fail_sent(&closure, None);
            self.act(Action::Emit(Event::Reconnecting {
                attempt: self.backoff.failed(),
                delay,
                closure,
            }));
            return;
        }
        self.backoff.reset();
        if requested {
            self.end_drain();
        }
        // Once this side has sent its close frame, the host's own code matters no more.
        let closure = if matches!(self.phase, Phase::Closing { .. }) {
            requested_closure()
        } else {
            closure
        };
        let never_opened = connect_error.is_some() && !requested;
        self.phase = if never_opened {
            // The host has not seen this client: the next use may try again.
            Phase::Idle
        } else {
            Phase::Closed(closure.clone())
        };
        self.fail_all(&closure, connect_error);
        self.act(Action::Emit(Event::Close { closure, requested }));
        self.settle_closers();
    }

    /// Rejects the requests that were sent.
    fn fail_sent(&mut self, closure: &Closure, connect_error: Option<&ConnectError>) {
        for slot in self.requests.slots_in_flight() {
            self.fail_request(slot, closure, connect_error);
        }
    }

    /// Rejects all requests, and everybody who waits for readiness.
    pub(super) fn fail_requests(
        &mut self,
        closure: &Closure,
        connect_error: Option<&ConnectError>,
    ) {
        self.fail_sent(closure, connect_error);
        let queued: Vec<_> = self.outbox.requests().collect();
        for slot in queued {
            if self.requests.check_queued_or_release(slot) {
                self.fail_request(slot, closure, connect_error);
            }
        }
        self.outbox.forget_requests(&mut self.requests);
        self.requests.forget_deadlines();
        for waiter in core::mem::take(&mut self.readiness) {
            let failure = self.failure_of_end(false, closure, connect_error);
            self.settle(waiter.slot, Err(failure));
        }
    }

    /// Rejects all waiters that needed a connection.
    pub(super) fn fail_all(&mut self, closure: &Closure, connect_error: Option<&ConnectError>) {
        self.fail_requests(closure, connect_error);
        let lost = self.outbox.clear();
        let count = lost.len();
        for slot in lost {
            let failure = self.failure_of_end(false, closure, connect_error);
            self.settle(slot, Err(failure));
        }
        if count > 0 {
            self.act(Action::Emit(Event::MessagesLost { count }));
        }
    }

    fn fail_request(
        &mut self,
        slot: Slot,
        closure: &Closure,
        connect_error: Option<&ConnectError>,
    ) {
        let request = self.requests.request(slot);
        if let Some(sent) = self.requests.remove(slot) {
            let failure = self.failure_of_end(sent, closure, connect_error);
            self.fail(slot, request, failure);
        }
    }

    fn failure_of_end(
        &self,
        sent: bool,
        closure: &Closure,
        connect_error: Option<&ConnectError>,
    ) -> Failure {
        // Here `sent` says nothing: no request is in flight before the connection is open.
        match connect_error {
            Some(ConnectError::Failed(reason)) => Failure::ConnectFailed {
                address: Rc::clone(&self.address),
                reason: Rc::clone(reason),
            },
            Some(ConnectError::TimedOut) => Failure::ConnectTimeout {
                address: Rc::clone(&self.address),
                limit: self.options.connect_timeout.unwrap_or(0),
            },
            None => self.ended_failure(sent, closure.clone()),
        }
    }

    /// The failure of a call whose connection has ended so.
    pub(super) fn ended_failure(&self, sent: bool, closure: Closure) -> Failure {
        Failure::ConnectionClosed {
            address: Rc::clone(&self.address),
            sent,
            reconnect_helps: self.options.reconnect.is_none()
                && self.closing.is_none()
                && !close_code::says_stop(closure.code),
            closure,
        }
    }

    /// Whether new calls are refused: closing was requested, or the connection is closed.
    pub(super) fn is_over(&self) -> bool {
        self.closing.is_some() || matches!(self.phase, Phase::Closed(_))
    }

    /// The failure of a call that comes after the end.
    pub(super) fn closed_failure(&self, sent: bool) -> Failure {
        let closure = match &self.phase {
            Phase::Closed(closure) => closure.clone(),
            _ => requested_closure(),
        };
        self.ended_failure(sent, closure)
    }
}
