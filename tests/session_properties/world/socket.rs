//! What the socket does: it opens, closes, and brings frames, which go where the rules say.

use super::{Kind, Link, Outcome, World};
use crate::operation::{EXPECTED, TYPES};
use codebolt_wasm::session::{Received, Slot};
use codebolt_wasm::wire::InboundId;

/// What became of an incoming frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Reply(Slot),
    Dropped,
    Heartbeat,
    Message,
}

impl World {
    pub fn socket_opens(&mut self) {
        if let Link::Opening { .. } = self.link {
            self.link = Link::Open { heard: self.now };
            self.is_ending = false;
            self.buffer = 0;
            self.unmeasured = 0;
            self.measured = 0;
            self.session.opened(self.now);
            self.carry_out();
        }
    }

    pub fn socket_closes(&mut self, code: u16) {
        if matches!(
            self.link,
            Link::Opening { .. } | Link::Open { .. } | Link::Closing { .. }
        ) {
            self.link_ends();
            self.session.closed(self.now, code, "");
            self.carry_out();
        }
    }

    /// A frame comes, and goes where the rules say.
    pub fn frame(&mut self, id: InboundId, type_name: &'static str) {
        let (Link::Open { .. } | Link::Closing { .. }) = self.link else {
            return;
        };
        if self.depth > 0 {
            // No host answers what it was not sent yet.
            let sent = |id| self.waits.iter().any(|wait| wait.id == id && wait.sent);
            if !matches!(id, InboundId::Known(id) if sent(id)) {
                return;
            }
        }
        if let Link::Open { heard } = &mut self.link {
            *heard = self.now;
        }
        let expected = self.owner(id, type_name);
        let at_once = match id {
            InboundId::Known(id) if self.fast_path => self.session.reply(self.now, id),
            _ => None,
        };
        let received = match at_once {
            Some(slot) => Given::Reply(slot),
            None => match self.session.frame(self.now, id, || Some(type_name)) {
                Received::Reply { slot, request } => {
                    let number = self.slots[&slot];
                    assert_eq!(request, self.request(number));
                    Given::Reply(slot)
                }
                Received::Dropped => Given::Dropped,
                Received::Heartbeat => Given::Heartbeat,
                Received::Message => Given::Message,
            },
        };
        if self.depth == 0 {
            assert_eq!(
                received, expected,
                "who gets a frame of type {type_name} with {id:?}"
            );
        }
        match received {
            Given::Reply(slot) => self.settle(self.slots[&slot], Outcome::Reply),
            Given::Dropped => self.dropped += 1,
            Given::Heartbeat | Given::Message => {}
        }
        self.carry_out();
    }

    /// Who should get a frame, by the rules of PROTOCOL.md.
    fn owner(&mut self, id: InboundId, type_name: &str) -> Given {
        let waits = &self.waits;
        let slot = match id {
            InboundId::Known(id) => self.unanswered.iter().position(|&number| waits[number].id == id),
            InboundId::Absent if type_name != "__ping" => self.unanswered.iter().position(|&number| {
                matches!(waits[number].kind, Kind::Call { kind } if EXPECTED[kind].contains(&type_name))
            }),
            InboundId::Absent | InboundId::Foreign => None,
        };
        if let Some(slot) = slot {
            let number = self.unanswered.remove(slot);
            return if self.waits[number].outcome.is_none() {
                Given::Reply(self.waits[number].slot)
            } else {
                Given::Dropped
            };
        }
        let is_message = |id| {
            waits
                .iter()
                .any(|wait| wait.id == id && wait.kind == Kind::Sending)
        };
        if matches!(id, InboundId::Known(id) if is_message(id)) {
            return Given::Message;
        }
        let known_reply =
            TYPES[..3].contains(&type_name) || (type_name == "d" && self.one_off_used);
        match id {
            InboundId::Absent if type_name == "__ping" => Given::Heartbeat,
            InboundId::Known(_) | InboundId::Foreign if known_reply => Given::Dropped,
            _ => Given::Message,
        }
    }

    pub(super) fn link_ends(&mut self) {
        self.link = Link::None;
        self.is_ending = false;
        self.generation += 1;
        self.unanswered.clear();
    }
}
