//! One timer for all time limits, delays and measurements.

use super::closing::{Closing, requested_closure};
use super::connection::ConnectError;
use super::connection_state::Phase;
use super::flow_control::MEASURE_EVERY;
use super::{Action, Closure, Failure, SessionCore};
use crate::wire::close_code;
use alloc::rc::Rc;

/// Where the socket may not keep the program alive, the timer does, for so many milliseconds at a time. The session looks then
/// whether somebody still waits, and not with every call.
const HOLD_FOR: u64 = 100;

/// How many milliseconds the timer may be late before it is armed again. While a machine sleeps, timers may stand still although
/// the clock goes on, and users may set the clock. A smaller value would let calls in a loop put off a timer that is due.
const OVERDUE: u64 = 1_000;

/// The sooner of two times.
fn sooner(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        _ => one.or(other),
    }
}

impl<Frame> SessionCore<Frame> {
    /// The armed timer has fired (early is fine).
    pub fn timer(&mut self, now: u64) {
        self.armed = None;
        self.check_drain(now);
        self.check_connection(now);
        self.check_requests(now);
        self.check_readiness(now);
        if self.outbox.measure_at.is_some_and(|at| at <= now) {
            // Nothing is sent until the adapter has measured the buffer. If it does not, it is asked again.
            self.outbox.measure_at = Some(now.saturating_add(MEASURE_EVERY));
            self.act(Action::MeasureBuffer);
        }
        self.arm_timer(now);
    }

    fn check_drain(&mut self, now: u64) {
        if let Some(Closing {
            drain_until: Some(until),
            ..
        }) = self.closing
            && until <= now
        {
            self.close_now(now);
        }
    }

    fn check_connection(&mut self, now: u64) {
        match self.phase {
            Phase::Connecting {
                deadline: Some(deadline),
            } if deadline <= now => {
                self.act(Action::AbandonSocket);
                let closure = self.broken("the connection did not open in time");
                self.connection_ended(now, closure, Some(&ConnectError::TimedOut));
            }
            Phase::Open { .. } if self.keep_alive_until().is_some_and(|until| until <= now) => {
                self.act(Action::AbandonSocket);
                let closure = self.broken("nothing arrived within the time of 'keepAlive'");
                self.connection_ended(now, closure, None);
            }
            Phase::Waiting { at } if at <= now => self.open_socket(now),
            Phase::Closing { deadline } if deadline <= now => {
                self.act(Action::AbandonSocket);
                self.end_closed(requested_closure());
            }
            _ => {}
        }
    }

    pub(super) fn check_requests(&mut self, now: u64) {
        let due = self.requests.due(now, self.outbox.requests());
        for &slot in &due {
            let limit = self.requests.limit(slot);
            let request = self.requests.request(slot);
            if let Some(sent) = self.cancel(slot) {
                let failure = Failure::RequestTimeout {
                    address: Rc::clone(&self.address),
                    limit,
                    sent,
                };
                self.fail(slot, request, failure);
            }
        }
        if !due.is_empty() {
            self.continue_drain(now);
        }
    }

    fn check_readiness(&mut self, now: u64) {
        for waiter in core::mem::take(&mut self.readiness) {
            if waiter.deadline.is_some_and(|deadline| deadline <= now) {
                let failure = Failure::ReadyTimeout {
                    address: Rc::clone(&self.address),
                    limit: waiter.limit,
                };
                self.settle(waiter.slot, Err(failure));
            } else {
                self.readiness.push(waiter);
            }
        }
    }

    pub(super) fn broken(&self, reason: &str) -> Closure {
        Closure {
            code: close_code::ABNORMAL,
            reason: Rc::from(reason),
        }
    }

    fn keep_alive_until(&self) -> Option<u64> {
        self.options
            .keep_alive
            .map(|limit| self.last_arrival.saturating_add(limit))
    }

    /// The soonest time at which there may be something to do.
    fn next_time(&self) -> Option<u64> {
        let connection = match self.phase {
            Phase::Connecting { deadline } => deadline,
            Phase::Waiting { at } => Some(at),
            Phase::Closing { deadline } => Some(deadline),
            Phase::Open { .. } => self.keep_alive_until(),
            Phase::Idle | Phase::Closed(_) => None,
        };
        let drain = self
            .closing
            .as_ref()
            .and_then(|closing| closing.drain_until);
        let mut soonest = sooner(connection, drain);
        for waiter in &self.readiness {
            soonest = sooner(soonest, waiter.deadline);
        }
        sooner(
            soonest,
            sooner(self.outbox.measure_at, self.requests.soonest()),
        )
    }

    /// Whether the timer should have fired long ago.
    pub(super) fn is_overdue(&self, now: u64) -> bool {
        self.armed
            .is_some_and(|(at, _)| at.saturating_add(OVERDUE) < now)
    }

    /// Arms the timer so that it fires in time. A timer that fires early is cheaper than one moved with every call: it is armed
    /// again only for an earlier time, when it is overdue, or when whether it keeps the process alive has changed.
    pub(super) fn arm_timer(&mut self, now: u64) {
        let holds_alone = !self.options.socket_holds_process;
        let somebody_waits = self.requests.len() > 0 || !self.readiness.is_empty();
        let is_between = match self.phase {
            Phase::Waiting { .. } => self.options.pause_holds_process,
            Phase::Closing { .. } => true,
            _ => false,
        };
        let holds_process = is_between || holds_alone && somebody_waits;
        let soon = now.saturating_add(HOLD_FOR);
        let next = self.next_time().map(|at| {
            if holds_process && !is_between {
                at.min(soon)
            } else {
                at
            }
        });
        let is_overdue = self.is_overdue(now);
        match (next, self.armed) {
            (Some(at), Some((armed, holds)))
                if !is_overdue
                    && armed <= at
                    && (holds == holds_process || holds && holds_alone && armed <= soon) => {}
            (Some(at), _) => {
                let at = if is_overdue { at.max(now) } else { at };
                self.armed = Some((at, holds_process));
                self.act(Action::ArmTimer { at, holds_process });
            }
            (None, Some(_)) if matches!(self.phase, Phase::Idle | Phase::Closed(_)) => {
                self.armed = None;
                self.act(Action::DisarmTimer);
            }
            (None, _) => {}
        }
    }
}
