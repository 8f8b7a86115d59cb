//! What the world does when the session wants something done.

use super::{Kind, Link, Outcome, World};
use codebolt_wasm::session::{Action, Event, Failure};

/// How long a host may take to answer the close frame, and at most after a drain that had more time.
const CLOSE_TIMEOUT: u64 = 2_000;
const LONGEST_CLOSE_TIMEOUT: u64 = 30_000;

impl World {
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::OpenSocket => {
                assert!(
                    matches!(self.link, Link::None | Link::Pause { .. }),
                    "a second socket beside {:?}",
                    self.link
                );
                if let Link::Pause { until } = self.link {
                    assert!(self.now >= until, "tries again before {until}");
                }
                self.link = Link::Opening { since: self.now };
            }
            Action::CloseSocket { code } => {
                assert_eq!(code, 1000);
                if !self.interrupted {
                    assert!(
                        matches!(self.link, Link::Open { .. }),
                        "closes {:?}",
                        self.link
                    );
                }
                if matches!(self.link, Link::Open { .. }) {
                    let until = self
                        .drain_until
                        .unwrap_or(0)
                        .min(self.now + LONGEST_CLOSE_TIMEOUT)
                        .max(self.now + CLOSE_TIMEOUT);
                    self.link = Link::Closing { until };
                    // Those who waited have been rejected, and their replies are nobody's.
                    self.unanswered.clear();
                }
            }
            Action::AbandonSocket => {
                self.check_abandoned();
                self.link_ends();
            }
            Action::MeasureBuffer if self.is_ending => {
                self.is_paused = false;
                self.session.ending(self.now);
            }
            Action::MeasureBuffer => {
                self.is_paused = false;
                if matches!(self.link, Link::Open { .. }) {
                    self.measured = self.buffer;
                    self.unmeasured = 0;
                }
                self.session.buffered(self.now, self.buffer);
            }
            Action::Settle {
                slot,
                request,
                outcome,
            } => {
                let caller = self.slots[&slot];
                assert_eq!(request, self.request(caller));
                let wait = &self.waits[caller];
                match outcome {
                    Ok(()) => {
                        assert!(
                            !matches!(wait.kind, Kind::Call { .. }),
                            "a call without a reply"
                        );
                        assert!(
                            !matches!(wait.kind, Kind::Sending) || wait.sent,
                            "a message is sent that the socket did not get"
                        );
                        self.settle(caller, Outcome::Done);
                    }
                    Err(failure) => {
                        assert_eq!(
                            failure.sent(),
                            wait.sent,
                            "what {failure:?} says of sending"
                        );
                        if matches!(
                            failure,
                            Failure::RequestTimeout { .. } | Failure::ReadyTimeout { .. }
                        ) {
                            assert!(
                                wait.until.is_some_and(|until| until <= self.now),
                                "{failure:?} before {:?}",
                                wait.until
                            );
                        }
                        self.settle(caller, Outcome::Failed(failure));
                    }
                }
            }
            Action::ArmTimer { at, holds_process } => {
                self.armed = Some((at, holds_process));
                self.timers_armed += 1;
            }
            Action::DisarmTimer => self.armed = None,
            Action::Emit(event) => self.event(event),
        }
    }

    /// No socket is abandoned before its time.
    fn check_abandoned(&self) {
        let since =
            |start: u64, limit: Option<u64>| limit.is_some_and(|limit| start + limit <= self.now);
        let is_time = match self.link {
            Link::Opening { since: start } => {
                self.close_asked || since(start, self.options.connect_timeout)
            }
            Link::Open { heard } => self.is_ending || since(heard, self.options.keep_alive),
            Link::Closing { until } => until <= self.now,
            Link::None | Link::Pause { .. } | Link::Gone => false,
        };
        assert!(
            is_time || self.interrupted,
            "{:?} is abandoned at {}",
            self.link,
            self.now
        );
    }

    /// The socket takes a frame, and whatever happens within.
    pub(super) fn sends(&mut self, number: usize) {
        assert!(self.handed_out.insert(number), "{number} is sent twice");
        assert!(number >= self.last_order, "{number} overtakes");
        self.last_order = number;
        assert!(
            matches!(self.link, Link::Open { .. }) && !self.is_ending,
            "{number} is sent on {:?}",
            self.link
        );
        let wait = &mut self.waits[number];
        wait.sent = true;
        let (size, is_call) = (wait.size, matches!(wait.kind, Kind::Call { .. }));
        if is_call {
            self.unanswered.push(number);
        }
        self.unmeasured += size;
        self.buffer += size;
        let Some((operations, throws)) = self.in_send.pop() else {
            return self.took(number, is_call);
        };
        self.depth += 1;
        let generation = self.generation;
        for operation in operations {
            self.happen(operation);
        }
        self.depth -= 1;
        if !throws {
            return self.took(number, is_call);
        }
        if !is_call {
            self.session
                .not_sent(self.waits[number].slot, "it cannot send");
        }
        if generation == self.generation {
            self.link_ends();
            self.session.closed(self.now, 1006, "it cannot send");
        }
    }

    fn took(&mut self, number: usize, is_call: bool) {
        if !is_call {
            self.session.sent(self.now, self.waits[number].slot);
        }
    }

    fn event(&mut self, event: Event) {
        self.events.push(event.clone());
        match event {
            Event::Open { again } => {
                assert_eq!(again, self.opened_before, "whether it was open before");
                self.opened_before = true;
            }
            Event::Reconnecting { delay, .. } => {
                assert!(self.options.reconnect.is_some());
                self.link = Link::Pause {
                    until: self.now + delay,
                };
            }
            Event::Close { requested, .. } => {
                if !self.interrupted {
                    assert_eq!(requested, self.close_asked, "who asked for the end");
                    assert!(
                        matches!(self.link, Link::None | Link::Pause { .. }),
                        "closed with {:?}",
                        self.link
                    );
                }
                if let Link::Pause { .. } = self.link {
                    self.link = Link::None;
                }
            }
            Event::MessagesLost { count } => {
                assert!(count > 0);
            }
        }
        for operation in self.in_listener.pop().into_iter().flatten() {
            self.happen(operation);
        }
    }
}
