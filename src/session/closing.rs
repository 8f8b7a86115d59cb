//! Closing on request, at once or after what is under way has settled.

use super::connection::Phase;
use super::{Action, Closure, Notice, Place, Session};
use crate::wire::close_code;
use alloc::rc::Rc;

/// How long a host may take to answer the close frame, in milliseconds.
const CLOSE_TIMEOUT: u64 = 2_000;

/// A close that was asked for.
#[derive(Debug)]
pub(super) struct Closing {
    /// Until when requests may still settle; `None` once the socket is being closed.
    pub(super) drain_until: Option<u64>,
}

pub(super) fn requested_closure() -> Closure {
    Closure {
        code: close_code::NORMAL,
        reason: Rc::from("close() was called"),
    }
}

impl<Frame> Session<Frame> {
    /// A caller wants the connection closed. With `drain`, requests made before may settle for so many
    /// milliseconds first; without, they are rejected at once. The caller at `place` is settled when all is over.
    pub fn close(&mut self, now: u64, drain: Option<u64>, place: Place) {
        if matches!(self.phase, Phase::Closed(_)) {
            self.closers.push(place);
            return self.settle_closers();
        }
        self.closers.push(place);
        match (drain, &self.closing) {
            (
                None,
                Some(Closing {
                    drain_until: None, ..
                }),
            )
            | (Some(_), Some(_)) => return,
            (drain, _) => {
                self.closing = Some(Closing {
                    drain_until: drain.map(|limit| now.saturating_add(limit)),
                });
            }
        }
        if drain.is_some() {
            self.close_if_drained(now);
        } else {
            self.close_now(now);
        }
        self.arm_timer();
    }

    /// Ends a drain when nothing is left to wait for.
    pub(super) fn close_if_drained(&mut self, now: u64) {
        let draining = matches!(
            self.closing,
            Some(Closing {
                drain_until: Some(_)
            })
        );
        if draining && self.requests.len() == 0 && self.outbox.is_empty() {
            self.close_now(now);
        }
    }

    pub(super) fn close_now(&mut self, now: u64) {
        self.closing = Some(Closing { drain_until: None });
        let closure = requested_closure();
        self.fail_requests(false, &closure, None);
        self.requests.forget_given_up();
        self.outbox.socket_gone();
        match self.phase {
            Phase::Open { .. } => {
                self.phase = Phase::Closing {
                    deadline: now.saturating_add(CLOSE_TIMEOUT),
                };
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

    /// Ends as closed on request.
    pub(super) fn end_closed(&mut self, closure: Closure) {
        self.phase = Phase::Closed(closure.clone());
        self.act(Action::Notify(Notice::Close {
            closure,
            requested: true,
        }));
        self.settle_closers();
    }
}
