//! Inbound frames: whose reply each is, if it is one.

use super::request_table::ReplyOwner;
use super::{Request, SessionCore, Slot};
use crate::wire::envelope::PING_TYPE;
use crate::wire::{InboundId, RequestId};

/// What an inbound frame turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    /// A reply. The adapter settles the waiter at its slot.
    Reply {
        /// Who waits for it.
        slot: Slot,
        /// What it answers.
        request: Option<Request>,
    },
    /// A reply that nobody waits for: late, repeated, or to somebody else's request. The adapter drops it.
    Dropped,
    /// The host's heartbeat, which expects no answer.
    Heartbeat,
    /// A message for listeners.
    Message,
}

impl<Frame> SessionCore<Frame> {
    /// The fast path of [`frame`](Self::frame), by the id alone: the waiter whose reply this is. `None` for every frame that is not
    /// the reply to a request in flight; hand that to [`frame`](Self::frame).
    pub fn reply(&mut self, now: u64, id: RequestId) -> Option<Slot> {
        let slot = self.requests.in_flight_slot(id)?;
        self.last_arrival = now;
        self.requests.answered(slot);
        self.continue_drain(now);
        Some(slot)
    }

    /// A frame came. `type_name` is asked for only where the id does not decide.
    pub fn frame<Text: AsRef<str>>(
        &mut self,
        now: u64,
        id: InboundId,
        type_name: impl FnOnce() -> Option<Text>,
    ) -> Received {
        self.last_arrival = now;
        if let InboundId::Known(id) = id
            && let Some(received) = self
                .requests
                .slab
                .slot(id)
                .and_then(|slot| self.answered(now, slot))
        {
            return received;
        }
        let type_name = type_name();
        let type_name = type_name.as_ref().map_or("", AsRef::as_ref);
        if id == InboundId::Absent {
            if type_name == PING_TYPE {
                return Received::Heartbeat;
            }
            if let Some(received) = self
                .requests
                .oldest_expecting(type_name)
                .and_then(|slot| self.answered(now, slot))
            {
                return received;
            }
        } else if self.requests.expected_replies.is_reply_type(type_name)
            // What answers a message without a reply, or belongs to a stream, is for listeners.
            && !matches!(id, InboundId::Known(id) if self.requests.slab.is_message(id))
        {
            self.dropped += 1;
            return Received::Dropped;
        }
        Received::Message
    }

    /// Something other than a message arrived: a WebSocket ping, or an unreadable frame.
    pub fn arrived(&mut self, now: u64) {
        self.last_arrival = now;
    }

    /// Whether the session needs the exact time at which something arrives. Otherwise the time of the last call will do.
    #[must_use]
    pub fn needs_arrival_time(&self) -> bool {
        // The last reply of a drain starts the time limit of the closing handshake.
        self.options.keep_alive.is_some() || self.closing.is_some()
    }

    /// The slot's request got its reply; `None` when the request had not been sent.
    fn answered(&mut self, now: u64, slot: Slot) -> Option<Received> {
        let request = self.requests.request(slot);
        Some(match self.requests.answered(slot)? {
            ReplyOwner::Tombstone => {
                self.dropped += 1;
                Received::Dropped
            }
            ReplyOwner::Waiter => {
                self.continue_drain(now);
                Received::Reply { slot, request }
            }
        })
    }
}
