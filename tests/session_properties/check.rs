//! What must hold after every event.

use super::world::{Kind, Link, Outcome, World};
use codebolt_wasm::session::{Occupancy, State};

/// How long the timer may hold the process after the last who waited, where no socket does.
const HELD_IN_VAIN: u64 = 100;
/// How soon a full buffer is looked at again.
const MEASURE_EVERY: u64 = 20;
/// How many cancelled requests are remembered.
const MAX_TOMBSTONES: usize = 1024;

impl World {
    /// Compares the session with the books.
    pub fn check(&mut self) {
        self.check_occupancy();
        self.check_state();
        self.check_timer();
        self.check_flow();
    }

    fn calls(&self) -> impl Iterator<Item = &super::world::Wait> {
        self.waits
            .iter()
            .filter(|wait| wait.outcome.is_none() && matches!(wait.kind, Kind::Call { .. }))
    }

    fn check_occupancy(&self) {
        let occupancy = self.session.occupancy();
        let unsettled = self
            .waits
            .iter()
            .filter(|wait| wait.outcome.is_none())
            .count();
        let calls = self.calls().count();
        let messages = self
            .waits
            .iter()
            .filter(|wait| wait.outcome.is_none() && wait.kind == Kind::Sending)
            .count();
        let sent = self.calls().filter(|wait| wait.sent).count();
        let cancelled = self
            .unanswered
            .iter()
            .filter(|&&number| self.waits[number].outcome.is_some())
            .count();
        assert!(occupancy.cancelled <= MAX_TOMBSTONES);
        assert!(sent <= self.options.max_in_flight);
        let wanted = Occupancy {
            waiting: calls,
            in_flight: sent,
            queued: calls - sent + messages,
            cancelled: cancelled.min(MAX_TOMBSTONES),
            waiting_for_connection: unsettled - calls - messages,
            dropped: self.dropped,
            sent: occupancy.sent,
            sent_bytes: occupancy.sent_bytes,
        };
        assert_eq!(occupancy, wanted);
        assert!(occupancy.sent >= (sent + cancelled) as u64);
    }

    fn check_state(&self) {
        let state = self.session.state();
        let fits = match self.link {
            Link::None => matches!(state, State::Idle | State::Closed),
            Link::Opening { .. } => matches!(
                state,
                State::Connecting | State::Reconnecting | State::Closing
            ),
            Link::Open { .. } => matches!(state, State::Open | State::Closing),
            Link::Closing { .. } => state == State::Closing,
            Link::Pause { .. } => matches!(state, State::Reconnecting | State::Closing),
            Link::Gone => state == State::Closed,
        };
        assert!(fits, "{state:?} with {:?}", self.link);
        if self.close_asked {
            assert!(
                matches!(state, State::Closing | State::Closed),
                "{state:?} after a close"
            );
        }
        if matches!(state, State::Idle | State::Closed) {
            let waiting: Vec<_> = self
                .waits
                .iter()
                .filter(|wait| wait.outcome.is_none())
                .collect();
            assert!(
                waiting.is_empty(),
                "nobody can be helped any more: {waiting:?}"
            );
        }
        if matches!(state, State::Open) {
            let waiting = self
                .waits
                .iter()
                .any(|wait| wait.outcome.is_none() && wait.kind == Kind::Readiness);
            assert!(!waiting, "somebody waits for a connection that is open");
        }
    }

    /// Whatever has a time finds the timer armed for it.
    fn check_timer(&self) {
        let limits = self
            .waits
            .iter()
            .filter(|wait| wait.outcome.is_none())
            .filter_map(|wait| wait.until);
        let link = match self.link {
            Link::Opening { since } => self.options.connect_timeout.map(|limit| since + limit),
            Link::Open { heard } => self.options.keep_alive.map(|limit| heard + limit),
            Link::Closing { until } => Some(until),
            Link::Pause { until } => Some(until),
            Link::None | Link::Gone => None,
        };
        let over = matches!(self.session.state(), State::Closed)
            || matches!(self.link, Link::Closing { .. });
        let drain = self.drain_until.filter(|_| !over);
        let soonest = limits.chain(link).chain(drain).min();
        if let Some(time) = soonest {
            assert!(time >= self.now, "{time} was missed, it is {}", self.now);
            assert!(
                self.armed.is_some_and(|(at, _)| at <= time),
                "something is due at {time}, the timer at {:?}",
                self.armed
            );
        }
        let is_between = match self.link {
            Link::Pause { .. } => self.options.pause_holds_process,
            Link::Closing { .. } => true,
            _ => false,
        };
        if is_between {
            assert!(
                self.armed.is_some_and(|(_, holds)| holds),
                "nothing holds the process"
            );
        } else if self.options.socket_holds_process {
            assert!(
                self.armed.is_none_or(|(_, holds)| !holds),
                "the process is held in vain"
            );
        } else if self.waits.iter().any(|wait| {
            wait.outcome.is_none() && matches!(wait.kind, Kind::Call { .. } | Kind::Readiness)
        }) {
            assert!(
                soonest.is_none() || self.armed.is_some_and(|(_, holds)| holds),
                "nothing holds the process, and somebody waits within a limit"
            );
        } else {
            assert!(
                self.armed
                    .is_none_or(|(at, holds)| !holds || at <= self.waited_at + HELD_IN_VAIN),
                "the process is held in vain for long"
            );
        }
        if matches!(self.session.state(), State::Idle | State::Closed) {
            assert_eq!(self.armed, None, "a timer for nothing");
        }
    }

    /// What can be sent is sent, and no more than the marks allow.
    fn check_flow(&self) {
        let occupancy = self.session.occupancy();
        if matches!(self.link, Link::Open { .. })
            && occupancy.queued > 0
            && occupancy.in_flight < self.options.max_in_flight
        {
            assert!(
                self.is_ending
                    || self.is_paused
                    || self.measured > self.options.high_water_mark / 2,
                "{} messages wait for nothing",
                occupancy.queued
            );
            let pause = if self.is_paused { 0 } else { MEASURE_EVERY };
            assert!(
                self.armed.is_some_and(|(at, _)| at <= self.now + pause),
                "nobody looks at the buffer again"
            );
        }
        let largest = self.options.max_frame_bytes;
        assert!(self.unmeasured < self.options.high_water_mark.saturating_add(largest));
        let drained = self.session.state() == State::Closing
            && self.drain_until.is_some()
            && matches!(self.link, Link::Open { .. });
        if drained {
            let buffered = self.measured + self.unmeasured > 0;
            assert!(
                occupancy.waiting + occupancy.queued > 0 || buffered || self.is_ending,
                "the drain is over and nobody closes"
            );
        }
    }

    pub fn assert_all_settled(&self) {
        for wait in &self.waits {
            assert!(wait.outcome.is_some(), "{wait:?} hangs");
            if let Some(Outcome::Failed(failure)) = &wait.outcome {
                assert_eq!(
                    failure.sent(),
                    wait.sent,
                    "sent after it failed as not sent"
                );
            }
        }
    }

    pub fn assert_nothing_left(&mut self) {
        let occupancy = self.session.occupancy();
        let nothing = Occupancy {
            dropped: occupancy.dropped,
            sent: occupancy.sent,
            sent_bytes: occupancy.sent_bytes,
            ..Occupancy::default()
        };
        assert_eq!(occupancy, nothing);
        assert_eq!(self.session.state(), State::Closed);
        assert_eq!(self.armed, None, "a timer is left");
        assert_eq!(self.session.next_action(), None);
    }
}
