//! What callers do: calls, messages, waits, aborts, closes. And who may wait.

use super::{Kind, Link, Outcome, World};
use crate::operation::{EXPECTED, ONE_OFF, REQUESTS};
use codebolt_wasm::session::{Call, Failure, Request};

/// What stands before a frame.
struct Queue {
    /// How many frames wait to be sent.
    count: usize,
    /// How many bytes they have, with those that may stand in the socket.
    bytes: u64,
    /// Whether the socket takes more.
    flows: bool,
}

impl World {
    pub fn call(&mut self, kind: usize, timeout: Option<u64>, size: u64) -> usize {
        let limit = timeout.or(self.options.request_timeout).unwrap_or(0);
        let number = self.wait(Kind::Call { kind }, limit, size);
        let before = self.waiting_to_be_sent(number);
        let expected_reply = if kind == ONE_OFF {
            self.one_off_used = true;
            self.session
                .expect_reply_once(REQUESTS[kind], EXPECTED[kind])
        } else {
            self.expected_replies[kind]
        };
        let call = Call {
            expected_reply,
            size,
            timeout,
        };
        let slot = self.waits[number].slot;
        let takes_fast_path = self.fast_path && self.depth == 0 && !self.is_ending;
        if takes_fast_path && self.session.begin_request(self.now, slot, call) {
            self.sends(number);
        } else {
            self.session.call(self.now, slot, call, number);
        }
        self.carry_out();
        self.check_admission(number, before);
        number
    }

    /// What stands before a frame that is to be sent.
    fn waiting_to_be_sent(&self, but: usize) -> Queue {
        let waiting = self.waits.iter().enumerate().filter(|(number, wait)| {
            *number != but && wait.outcome.is_none() && wait.is_frame() && !wait.sent
        });
        let in_socket = match self.link {
            Link::Open { .. } => self.measured + self.unmeasured,
            _ => 0,
        };
        let (count, bytes) = waiting.fold((0, in_socket), |(count, bytes), (_, wait)| {
            (count + 1, bytes + wait.size)
        });
        let mark = self.options.high_water_mark;
        Queue {
            count,
            bytes,
            flows: matches!(self.link, Link::Open { .. })
                && !self.is_ending
                && !self.is_paused
                && self.session.occupancy().in_flight < self.options.max_in_flight
                && self.measured <= mark / 2
                && bytes < mark,
        }
    }

    /// Whoever waits was let in by the bounds, and whoever was refused was by them.
    fn check_admission(&self, number: usize, before: Queue) {
        if self.depth > 0 {
            return;
        }
        let Queue {
            count,
            bytes,
            flows,
        } = before;
        let wait = &self.waits[number];
        let most = self.options.max_queued_bytes;
        let is_full = count >= self.options.max_queued;
        let is_large = count > 0 && bytes + wait.size > most;
        if let Some(Outcome::Failed(Failure::QueueFull {
            waiting,
            size,
            in_bytes,
            ..
        })) = wait.outcome
        {
            assert_eq!(size, wait.size);
            assert_eq!(waiting, if in_bytes { bytes } else { count as u64 });
            assert!(
                if in_bytes { is_large } else { is_full },
                "refused with {count} waiting, {bytes} bytes"
            );
            assert!(count > 0 || !flows, "refused, and could have gone at once");
        } else if wait.outcome.is_none() && !wait.sent && !self.is_ending && !self.is_paused {
            // That a socket takes no more, or a turn ends, is only seen when it is to take something.
            assert!(
                !is_full && !is_large,
                "{count} wait already, {bytes} bytes, and one more"
            );
        }
    }

    pub fn send(&mut self, size: u64) -> Result<usize, Failure> {
        let number = self.wait(Kind::Sending, 0, size);
        let before = self.waiting_to_be_sent(number);
        let slot = self.waits[number].slot;
        self.session.send(self.now, slot, number, size);
        self.carry_out();
        self.check_admission(number, before);
        match &self.waits[number].outcome {
            Some(Outcome::Failed(failure)) => Err(failure.clone()),
            _ => Ok(number),
        }
    }

    pub fn wait_for_ready(&mut self, timeout: Option<u64>) -> usize {
        let number = self.wait(Kind::Readiness, timeout.unwrap_or(0), 0);
        let slot = self.waits[number].slot;
        self.session.wait_until_ready(self.now, slot, timeout);
        self.carry_out();
        number
    }

    pub fn close(&mut self, drain: Option<u64>) -> usize {
        let number = self.wait(Kind::Closing, 0, 0);
        if !self.close_asked {
            self.drain_until = drain.map(|limit| self.now + limit);
        } else if drain.is_none() {
            self.drain_until = None;
        }
        self.close_asked = true;
        let slot = self.waits[number].slot;
        self.session.close(self.now, drain, slot);
        self.carry_out();
        if drain.is_none() {
            // Those who waited are rejected, and their replies are nobody's, though messages may still go out.
            self.unanswered.clear();
        }
        number
    }

    pub fn abort(&mut self, number: usize) {
        let wait = &self.waits[number];
        let expected = match wait.kind {
            Kind::Closing | Kind::Sending => None,
            Kind::Call { .. } | Kind::Readiness if wait.outcome.is_some() => None,
            Kind::Call { .. } | Kind::Readiness => Some((wait.slot, wait.sent)),
        };
        let cancelled = self.session.abort(self.now, wait.id);
        // A settlement may be under way while a listener runs.
        if self.depth == 0 {
            assert_eq!(cancelled, expected, "abort hands back who waits");
        }
        if cancelled.is_some() {
            self.settle(number, Outcome::Aborted);
        }
        self.carry_out();
    }

    /// What is said of a waiter's request.
    pub(super) fn request(&self, number: usize) -> Option<Request> {
        let wait = &self.waits[number];
        match wait.kind {
            Kind::Call { kind } => Some(Request {
                id: wait.id,
                type_name: REQUESTS[kind].into(),
            }),
            Kind::Readiness | Kind::Closing | Kind::Sending => None,
        }
    }
}
