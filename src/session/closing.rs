//! Closing on request, at once or after what is under way has settled.

use super::connection_state::Phase;
use super::{Action, Closure, Event, SessionCore, Slot};
use crate::wire::close_code;
use alloc::rc::Rc;

/// How long a host may take to answer the close frame, in milliseconds.
pub(super) const CLOSE_TIMEOUT: u64 = 2_000;

/// How long it may take at most after a drain, which was given more time.
const LONGEST_CLOSE_TIMEOUT: u64 = 30_000;

/// A close that was asked for.
#[derive(Debug)]
pub(super) struct Closing {
    /// When the drain ends. Until then requests may settle and messages are sent; `None` once the socket is being closed.
    pub(super) drain_until: Option<u64>,
    /// Whether the socket's buffer has to be empty too.
    awaits_buffer: bool,
}

/// The closure of a connection that was closed on request.
#[must_use]
pub fn requested_closure() -> Closure {
    Closure {
        code: close_code::NORMAL,
        reason: Rc::from("close() was called"),
    }
}

impl<Frame> SessionCore<Frame> {
    /// Closes the connection for good. With `drain`, requests made before may settle for so many milliseconds first, and the
    /// socket sends what it holds. Without it, they are rejected at once, and of messages without a reply only those that can go
    /// at once are still sent. The waiter at `slot` waits until the connection is closed.
    pub fn close(&mut self, now: u64, drain: Option<u64>, slot: Slot) {
        if matches!(self.phase, Phase::Closed(_)) {
            self.closers.push(slot);
            return self.settle_closers();
        }
        self.closers.push(slot);
        // A later close ends a drain at once, or changes nothing.
        if let Some(closing) = &self.closing
            && (drain.is_some() || closing.drain_until.is_none())
        {
            return;
        }
        self.closing = Some(Closing {
            drain_until: Some(now.saturating_add(drain.unwrap_or(0))),
            awaits_buffer: drain.is_some(),
        });
        if drain.is_none() {
            if self.may_flow() {
                self.fail_requests(&requested_closure(), None);
            } else {
                self.close_now(now);
            }
        }
        self.close_if_drained(now);
        self.arm_timer(now);
    }

    /// Whether a close only waits for the socket's buffer to be empty.
    pub(super) fn is_drained(&self) -> bool {
        let draining = matches!(
            self.closing,
            Some(Closing {
                drain_until: Some(_),
                ..
            })
        );
        draining && self.requests.len() == 0 && self.outbox.is_empty()
    }

    /// Ends a drain when nothing is left to wait for.
    pub(super) fn close_if_drained(&mut self, now: u64) {
        if !self.is_drained() {
            return;
        }
        let awaits_buffer = self
            .closing
            .as_ref()
            .is_some_and(|closing| closing.awaits_buffer);
        let is_open = matches!(self.phase, Phase::Open { .. });
        if !(awaits_buffer && is_open && self.outbox.unmeasured > 0) {
            self.close_now(now);
        } else if self.outbox.measure_at.is_none() {
            self.act(Action::MeasureBuffer);
        }
    }

    pub(super) fn close_now(&mut self, now: u64) {
        let drain_until = self
            .closing
            .as_ref()
            .and_then(|closing| closing.drain_until);
        self.end_drain();
        let closure = requested_closure();
        self.fail_all(&closure, None);
        self.requests.forget_tombstones();
        self.outbox.socket_gone();
        match self.phase {
            Phase::Open { .. } => {
                // The host, which may be slow to read, gets the rest of the drain's time.
                let deadline = drain_until
                    .unwrap_or(0)
                    .min(now.saturating_add(LONGEST_CLOSE_TIMEOUT))
                    .max(now.saturating_add(CLOSE_TIMEOUT));
                self.phase = Phase::Closing { deadline };
                self.act(Action::CloseSocket {
                    code: close_code::NORMAL,
                });
            }
            Phase::Closing { .. } | Phase::Closed(_) => {}
            Phase::Connecting { .. } => {
                self.act(Action::AbandonSocket);
                self.end_closed(closure);
            }
            Phase::Idle | Phase::Waiting { .. } => self.end_closed(closure),
        }
    }

    /// Ends the drain: the close waits for nothing any more.
    pub(super) fn end_drain(&mut self) {
        self.closing = Some(Closing {
            drain_until: None,
            awaits_buffer: false,
        });
    }

    /// Ends the session as closed on request.
    pub(super) fn end_closed(&mut self, closure: Closure) {
        self.phase = Phase::Closed(closure.clone());
        self.act(Action::Emit(Event::Close {
            closure,
            requested: true,
        }));
        self.settle_closers();
    }
}
