//! What the world does when the session wants something done.

use super::{Frame, Kind, Link, Outcome, World};
use codebolt_wasm::session::{Action, Notice};

impl World {
    pub(super) fn act(&mut self, action: Action<Frame>) {
        match action {
            Action::OpenSocket { .. } => {
                assert!(
                    matches!(self.link, Link::None | Link::Pause { .. }),
                    "a second socket beside {:?}",
                    self.link
                );
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
                    self.link = Link::Closing { since: self.now };
                    // Those who waited have been rejected, and their replies are nobody's.
                    self.unanswered.clear();
                }
            }
            Action::AbandonSocket => self.link_ends(),
            Action::Send(frame) => self.sends(frame),
            Action::MeasureBuffer => {
                self.measured = self.buffer;
                self.unmeasured = 0;
                self.session.buffered(self.now, self.buffer);
            }
            Action::Settle {
                place,
                request,
                outcome,
            } => {
                let caller = self.places[&place];
                assert_eq!(request, self.request(caller));
                let wait = &self.waits[caller];
                match outcome {
                    Ok(()) => {
                        assert!(
                            !matches!(wait.kind, Kind::Call { .. }),
                            "a call without a reply"
                        );
                        self.settle(caller, Outcome::Done);
                    }
                    Err(failure) => {
                        assert_eq!(
                            failure.sent(),
                            wait.sent,
                            "what {failure:?} says of sending"
                        );
                        if let Kind::Sending { message } = wait.kind {
                            self.queued_messages.retain(|&other| other != message);
                        }
                        self.settle(caller, Outcome::Failed(failure));
                    }
                }
            }
            Action::ArmTimer { at, holds_process } => self.armed = Some((at, holds_process)),
            Action::DisarmTimer => self.armed = None,
            Action::Notify(notice) => self.notice(notice),
        }
    }

    pub(super) fn sends(&mut self, frame: Frame) {
        assert!(self.handed_out.insert(frame), "{frame:?} is sent twice");
        let place = self.order[&frame];
        assert!(place >= self.last_order, "{frame:?} overtakes");
        self.last_order = place;
        let open = matches!(self.link, Link::Open { .. });
        assert!(
            open || self.interrupted,
            "{frame:?} is sent on {:?}",
            self.link
        );
        let size = match frame {
            Frame::Of(number) => {
                self.waits[number].sent = true;
                if open {
                    self.unanswered.push(number);
                }
                self.waits[number].size
            }
            Frame::Message(number) => {
                self.queued_messages.retain(|&other| other != number);
                self.messages[number]
            }
        };
        self.unmeasured += size;
        self.buffer += size;
    }

    fn notice(&mut self, notice: Notice) {
        match notice {
            Notice::Open { .. } => {}
            Notice::Reconnecting { delay, .. } => {
                assert!(self.options.reconnect.is_some());
                self.link = Link::Pause {
                    until: self.now + delay,
                };
            }
            Notice::Close { .. } => {
                if !self.interrupted {
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
            Notice::MessagesLost { count } => {
                assert!(count > 0);
                self.queued_messages.clear();
            }
        }
        for operation in self.in_listener.pop().into_iter().flatten() {
            self.happen(operation);
        }
    }
}
