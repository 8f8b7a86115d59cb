//! The table of requests that wait for a reply.
//!
//! Requests that were sent stand in a list, oldest first, for hosts that answer without ids.
//!
//! A request that was sent and then cancelled (aborted, timed out) leaves a tombstone: its slot stays taken, so that a late
//! reply, with an id or without, is known as such and reaches nobody else. The number of tombstones is bounded.

use super::action::Request;
use super::deadlines::Deadlines;
use super::expected_replies::{ExpectedReplies, ExpectedReply};
use super::ring_buffer::RingBuffer;
use super::slab::{Slab, Slot, SlotList, SlotRecord, SlotState};
use crate::wire::RequestId;
use alloc::vec::Vec;

/// How many cancelled requests keep a tombstone.
const MAX_TOMBSTONES: usize = 1024;

/// The table of requests.
#[derive(Debug, Default)]
pub(super) struct RequestTable {
    /// The slots of all waiters, for a reply or for something else.
    pub(super) slab: Slab,
    pub(super) expected_replies: ExpectedReplies,
    /// The sent requests, tombstones included, oldest first.
    sent: SlotList,
    /// The ids of the tombstones. A late reply may have removed some since.
    tombstones: RingBuffer<RequestId, MAX_TOMBSTONES>,
    tombstone_count: usize,
    queued: usize,
    in_flight: usize,
    deadlines: Deadlines,
}

/// Whose reply it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReplyOwner {
    /// A waiter.
    Waiter,
    /// A request that was cancelled.
    Tombstone,
}

impl RequestTable {
    /// How many requests wait.
    pub(super) fn len(&self) -> usize {
        self.queued + self.in_flight
    }

    /// How many of them have been sent.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// How many cancelled requests have a tombstone.
    pub(super) fn tombstones(&self) -> usize {
        self.tombstone_count
    }

    /// The slot's request, as failures and replies name it. Ask while the request is in the table.
    pub(super) fn request(&self, slot: Slot) -> Option<Request> {
        let record = self.slab.get(slot)?;
        self.describe(slot, record.expected_reply())
    }

    /// The same for a request that did not get into the table.
    pub(super) fn describe(&self, slot: Slot, expected_reply: ExpectedReply) -> Option<Request> {
        Some(Request {
            id: self.slab.id(slot)?,
            type_name: self.expected_replies.type_name(expected_reply)?,
        })
    }

    /// The time limit of a slot's request, in milliseconds.
    pub(super) fn limit(&self, slot: Slot) -> u64 {
        self.slab
            .get(slot)
            .map_or(0, |record| u64::from(record.limit))
    }

    /// For how many milliseconds a slot's request has waited, and whether it was sent; `None` where none waits.
    pub(super) fn pending(&self, now: u64, slot: Slot) -> Option<(u32, bool)> {
        let record = self.slab.get(slot)?;
        let sent = record.is(SlotState::InFlight);
        (sent || record.is(SlotState::Queued)).then(|| (record.age(now), sent))
    }

    /// Whether a request still waits to be sent. The queue asks this; if the request was cancelled, it names the slot no longer,
    /// which is released here.
    pub(super) fn check_queued_or_release(&mut self, slot: Slot) -> bool {
        let Some(record) = self.slab.get(slot) else {
            return false;
        };
        let is_queued = record.is(SlotState::Queued);
        if record.is(SlotState::CancelledInQueue) {
            self.slab.release(slot);
        }
        is_queued
    }

    /// Puts a request that waits to be sent at the reserved slot.
    pub(super) fn queue(
        &mut self,
        slot: Slot,
        expected_reply: ExpectedReply,
        limit: u64,
        now: u64,
    ) {
        let (limit, deadline) = self.deadlines.add(limit, now);
        let Some(record) = self.slab.get_mut(slot) else {
            return;
        };
        record.limit = limit;
        record.deadline = deadline;
        record.queue(expected_reply);
        self.queued += 1;
        self.expected_replies.began(expected_reply);
    }

    /// The queued request is handed to the socket. From now on a reply may reach it.
    pub(super) fn send(&mut self, slot: Slot) {
        let Some(record) = self.slab.get_mut(slot) else {
            return;
        };
        record.set_state(SlotState::InFlight);
        self.sent.push(&mut self.slab, slot);
        self.queued -= 1;
        self.in_flight += 1;
    }

    /// The slot of the request in flight under this id.
    pub(super) fn in_flight_slot(&self, id: RequestId) -> Option<Slot> {
        let slot = self.slab.slot(id)?;
        self.slab.get(slot)?.is(SlotState::InFlight).then_some(slot)
    }

    /// The slot's request was answered. Says whose reply that is; `None` when the request had not been sent.
    pub(super) fn answered(&mut self, slot: Slot) -> Option<ReplyOwner> {
        let record = self.slab.get(slot)?;
        let expected_reply = record.expected_reply();
        let owner = match record.state() {
            SlotState::InFlight => {
                self.in_flight -= 1;
                ReplyOwner::Waiter
            }
            SlotState::CancelledInFlight => {
                self.tombstone_count -= 1;
                ReplyOwner::Tombstone
            }
            SlotState::Free
            | SlotState::Reserved
            | SlotState::Queued
            | SlotState::CancelledInQueue => return None,
        };
        self.sent.remove(&mut self.slab, slot);
        self.slab.release(slot);
        self.expected_replies.ended(expected_reply);
        Some(owner)
    }

    /// Cancels a request: its waiter no longer wants the reply. Says whether it had been sent; `None` when it has settled already.
    pub(super) fn cancel(&mut self, slot: Slot) -> Option<bool> {
        let id = self.slab.id(slot)?;
        let record = self.slab.get_mut(slot)?;
        let expected_reply = record.expected_reply();
        match record.state() {
            SlotState::Queued => {
                record.set_state(SlotState::CancelledInQueue);
                self.queued -= 1;
                self.expected_replies.ended(expected_reply);
                Some(false)
            }
            SlotState::InFlight => {
                record.set_state(SlotState::CancelledInFlight);
                self.in_flight -= 1;
                self.tombstone_count += 1;
                if let Some(oldest) = self.tombstones.push(id) {
                    self.forget(oldest);
                }
                Some(true)
            }
            SlotState::Free
            | SlotState::Reserved
            | SlotState::CancelledInQueue
            | SlotState::CancelledInFlight => None,
        }
    }

    /// Takes a waiting request out, without a tombstone, and says whether it had been sent.
    pub(super) fn remove(&mut self, slot: Slot) -> Option<bool> {
        let record = self.slab.get(slot)?;
        let expected_reply = record.expected_reply();
        let was_sent = match record.state() {
            SlotState::Queued => {
                self.queued -= 1;
                false
            }
            SlotState::InFlight => {
                self.in_flight -= 1;
                self.sent.remove(&mut self.slab, slot);
                true
            }
            SlotState::Free
            | SlotState::Reserved
            | SlotState::CancelledInQueue
            | SlotState::CancelledInFlight => return None,
        };
        self.slab.release(slot);
        self.expected_replies.ended(expected_reply);
        Some(was_sent)
    }

    fn forget(&mut self, tombstone: RequestId) {
        if let Some(slot) = self.slab.slot(tombstone)
            && self
                .slab
                .get(slot)
                .is_some_and(|record| record.is(SlotState::CancelledInFlight))
        {
            self.answered(slot);
        }
    }

    /// Forgets all tombstones: the connection that late replies could have come by is gone.
    pub(super) fn forget_tombstones(&mut self) {
        for id in self.tombstones.take() {
            self.forget(id);
        }
    }

    /// The slots of the requests in flight, oldest first.
    pub(super) fn slots_in_flight(&self) -> Vec<Slot> {
        self.sent
            .iter(&self.slab)
            .filter(|(_, record)| record.is(SlotState::InFlight))
            .map(|(slot, _)| slot)
            .collect()
    }

    /// The oldest sent request that expects a reply of this type.
    pub(super) fn oldest_expecting(&self, type_name: &str) -> Option<Slot> {
        if !self.expected_replies.is_expected(type_name) {
            return None;
        }
        let expects = |record: &SlotRecord| {
            let expected_reply = record.expected_reply();
            self.expected_replies.expects(expected_reply, type_name)
        };
        self.sent
            .iter(&self.slab)
            .find(|(_, record)| expects(record))
            .map(|(slot, _)| slot)
    }

    /// No time limit ends before this.
    pub(super) fn soonest(&self) -> Option<u64> {
        self.deadlines.soonest()
    }

    /// Whether the time limits must be checked before another request is added.
    pub(super) fn is_late(&self, now: u64) -> bool {
        self.deadlines.is_late(now)
    }

    /// Forgets all time limits: nobody waits any more.
    pub(super) fn forget_deadlines(&mut self) {
        self.deadlines = Deadlines::default();
    }

    /// The requests whose time is up, those in flight first, each oldest first. `queued` are the slots that the queue names.
    pub(super) fn due(&mut self, now: u64, queued: impl Iterator<Item = Slot>) -> Vec<Slot> {
        let queued = queued
            .filter_map(|slot| Some((slot, self.slab.get(slot)?)))
            .filter(|(_, record)| record.is(SlotState::Queued));
        let in_flight = self
            .sent
            .iter(&self.slab)
            .filter(|(_, record)| record.is(SlotState::InFlight));
        let waiting = self.queued + self.in_flight;
        self.deadlines.due(now, in_flight.chain(queued), waiting)
    }
}
