//! What the slab keeps of a slot: 32 bytes, which are most of what a waiting request costs here.

use crate::session::expected_replies::ExpectedReply;

/// No slot.
pub(in crate::session) const NONE: u32 = u32::MAX;

/// What a slot is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum SlotState {
    /// Nothing.
    Free,
    /// It has an id, and so far no request: its waiter has not said yet what it waits for, or waits for something else.
    Reserved,
    /// Its request waits to be sent.
    Queued,
    /// Its request was cancelled before it was sent. A tombstone: the queue still names the slot.
    CancelledInQueue,
    /// Its request was sent and waits for the reply.
    InFlight,
    /// Its request was cancelled after it was sent. A tombstone: a late reply is known by it.
    CancelledInFlight,
}

/// A slot's record.
#[derive(Clone, Copy, Debug)]
pub(in crate::session) struct SlotRecord {
    /// The id without its last 32 bits, which name the slot.
    pub(in crate::session) id: [u32; 3],
    /// The neighbours in the list of sent requests; `next` also in the lists of unused slots.
    pub(in crate::session) previous: u32,
    pub(in crate::session) next: u32,
    /// When the time limit ends, in the last 32 bits of the session's milliseconds.
    pub(in crate::session) deadline: u32,
    /// The time limit in milliseconds; 0 = none.
    pub(in crate::session) limit: u32,
    packed: u32,
}

/// The state stands in the three highest bits of a number, and the expected reply in the others.
const STATE_SHIFT: u32 = 29;
const EXPECTED_REPLY: u32 = (1 << STATE_SHIFT) - 1;

impl SlotRecord {
    /// The record of a slot that is reserved under an id.
    pub(super) fn reserved(id: [u32; 3]) -> Self {
        Self {
            id,
            previous: NONE,
            next: NONE,
            deadline: 0,
            limit: 0,
            packed: (SlotState::Reserved as u32) << STATE_SHIFT,
        }
    }

    pub(in crate::session) fn state(&self) -> SlotState {
        match self.packed >> STATE_SHIFT {
            1 => SlotState::Reserved,
            2 => SlotState::Queued,
            3 => SlotState::CancelledInQueue,
            4 => SlotState::InFlight,
            5 => SlotState::CancelledInFlight,
            _ => SlotState::Free,
        }
    }

    pub(in crate::session) fn is(&self, state: SlotState) -> bool {
        self.state() == state
    }

    pub(in crate::session) fn set_state(&mut self, state: SlotState) {
        self.packed = (state as u32) << STATE_SHIFT | self.packed & EXPECTED_REPLY;
    }

    pub(in crate::session) fn expected_reply(&self) -> ExpectedReply {
        ExpectedReply(self.packed & EXPECTED_REPLY)
    }

    /// Its request waits to be sent, and for this reply.
    pub(in crate::session) fn queue(&mut self, expected_reply: ExpectedReply) {
        self.packed = (SlotState::Queued as u32) << STATE_SHIFT | expected_reply.0 & EXPECTED_REPLY;
    }

    /// Its deadline in the session's milliseconds, which must be in the 49 days from `since` on; `None` without one.
    pub(in crate::session) fn deadline_since(&self, since: u64) -> Option<u64> {
        let after = self.deadline.wrapping_sub(since as u32);
        (self.limit > 0).then(|| since.saturating_add(u64::from(after)))
    }

    /// Milliseconds since its request was made; they begin anew after 49 days.
    pub(in crate::session) fn age(&self, now: u64) -> u32 {
        (now as u32).wrapping_sub(self.deadline.wrapping_sub(self.limit))
    }
}
