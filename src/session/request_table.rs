//! The requests that wait for a reply.
//!
//! Found by id in constant time and, for hosts that answer without ids, by reply type in the order of sending.
//!
//! A request that was sent and then given up (aborted, timed out) keeps its place without a caller: its late
//! reply, with an id or without, is then known as such and reaches nobody else. There is a bound on these.

use super::deadlines::{Deadlines, Ticket};
use super::expectations::{Expectation, Expectations};
use super::id_index::IdIndex;
use super::slots::Slots;
use crate::wire::RequestId;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// How many given-up requests are remembered.
const REMEMBERED_GIVEN_UP: usize = 1024;

/// A request that waits.
#[derive(Debug)]
pub(super) struct Entry<Caller, Frame> {
    pub(super) id: RequestId,
    /// Who waits; nobody once the request was given up.
    caller: Option<Caller>,
    pub(super) expectation: Expectation,
    /// The limit behind its deadline, in milliseconds; 0 = none.
    pub(super) limit: u64,
    /// The frame and its size, as long as it was not sent.
    pub(super) unsent: Option<(Frame, u64)>,
    /// Counts up with every request; no two have the same.
    sequence: u64,
    previous: Option<u32>,
    next: Option<u32>,
}

/// The table of requests.
#[derive(Debug)]
pub(super) struct RequestTable<Caller, Frame> {
    slots: Slots<Entry<Caller, Frame>>,
    by_id: IdIndex,
    expectations: Expectations,
    /// The given-up requests, oldest first; some may have been answered since.
    given_up: VecDeque<RequestId>,
    next_sequence: u64,
    live: usize,
    sent: usize,
}

/// To whom a reply belongs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Addressee<Caller> {
    /// This caller, who waited.
    Caller(Caller),
    /// A request that was given up.
    GivenUp,
}

impl<Caller, Frame> Default for RequestTable<Caller, Frame> {
    fn default() -> Self {
        Self {
            slots: Slots::default(),
            by_id: IdIndex::default(),
            expectations: Expectations::default(),
            given_up: VecDeque::new(),
            next_sequence: 0,
            live: 0,
            sent: 0,
        }
    }
}

impl<Caller, Frame> RequestTable<Caller, Frame> {
    pub(super) fn expectations(&mut self) -> &mut Expectations {
        &mut self.expectations
    }

    pub(super) fn is_reply_type(&self, type_name: &str) -> bool {
        self.expectations.is_reply_type(type_name)
    }

    /// How many requests wait.
    pub(super) fn len(&self) -> usize {
        self.live
    }

    /// How many of them have been sent.
    pub(super) fn sent(&self) -> usize {
        self.sent
    }

    /// Whether the id is in use, be it by a request that was given up.
    pub(super) fn contains(&self, id: RequestId) -> bool {
        self.slot_of(id).is_some()
    }

    pub(super) fn waits(&self, ticket: Ticket) -> bool {
        self.entry(ticket.slot)
            .is_some_and(|entry| entry.sequence == ticket.sequence && entry.caller.is_some())
    }

    pub(super) fn entry(&self, slot: u32) -> Option<&Entry<Caller, Frame>> {
        self.slots.get(slot)
    }

    fn entry_mut(&mut self, slot: u32) -> Option<&mut Entry<Caller, Frame>> {
        self.slots.get_mut(slot)
    }

    fn slot_of(&self, id: RequestId) -> Option<u32> {
        self.by_id.find(id.random_bits(), |slot| {
            self.entry(slot).is_some_and(|entry| entry.id == id)
        })
    }

    /// Adds a request that was not sent yet. The id must not be in the table.
    pub(super) fn insert(
        &mut self,
        id: RequestId,
        caller: Caller,
        expectation: Expectation,
        limit: u64,
        unsent: (Frame, u64),
    ) -> Ticket {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        let slot = self.slots.insert(Entry {
            id,
            caller: Some(caller),
            expectation,
            limit,
            unsent: Some(unsent),
            sequence,
            previous: None,
            next: None,
        });
        self.live += 1;
        self.expectations.began(expectation);
        self.by_id.insert(id.random_bits(), slot);
        Ticket { sequence, slot }
    }

    /// Takes the frame of a request out to be sent; from now on a reply by type may reach it.
    pub(super) fn take_unsent(&mut self, ticket: Ticket) -> Option<(Frame, u64)> {
        if !self.waits(ticket) {
            return None;
        }
        let entry = self.slots.get_mut(ticket.slot)?;
        let unsent = entry.unsent.take()?;
        self.sent += 1;
        let waiting = self.expectations.waiting(entry.expectation)?;
        entry.previous = waiting.last;
        let before = waiting.last.replace(ticket.slot);
        if waiting.first.is_none() {
            waiting.first = Some(ticket.slot);
        }
        if let Some(before) = before.and_then(|slot| self.entry_mut(slot)) {
            before.next = Some(ticket.slot);
        }
        Some(unsent)
    }

    /// Finds out whose reply this is; `None` when no sent request has the id.
    pub(super) fn reply(&mut self, id: RequestId) -> Option<Addressee<Caller>> {
        let entry = self.remove_where(id, |entry| entry.unsent.is_none())?;
        Some(match entry.caller {
            Some(caller) => Addressee::Caller(caller),
            None => Addressee::GivenUp,
        })
    }

    /// Gives a request up, and hands back its caller and whether it had been sent.
    pub(super) fn give_up(&mut self, id: RequestId) -> Option<(Caller, bool)> {
        let slot = self.slot_of(id)?;
        let entry = self.slots.get_mut(slot)?;
        if entry.unsent.is_some() {
            return self
                .remove_where(id, |_| true)
                .and_then(|entry| Some((entry.caller?, false)));
        }
        let caller = entry.caller.take()?;
        self.live -= 1;
        self.sent -= 1;
        if self.given_up.len() >= REMEMBERED_GIVEN_UP
            && let Some(oldest) = self.given_up.pop_front()
        {
            self.remove_where(oldest, |entry| entry.caller.is_none());
        }
        self.given_up.push_back(id);
        Some((caller, true))
    }

    /// Takes a request out altogether, and hands back its caller and whether it had been sent.
    pub(super) fn remove(&mut self, id: RequestId) -> Option<(Caller, bool)> {
        let entry = self.remove_where(id, |_| true)?;
        Some((entry.caller?, entry.unsent.is_none()))
    }

    /// Forgets the given-up requests: their connection is gone.
    pub(super) fn forget_given_up(&mut self) {
        for id in core::mem::take(&mut self.given_up) {
            self.remove_where(id, |entry| entry.caller.is_none());
        }
    }

    /// How many given-up requests are remembered.
    pub(super) fn given_up(&self) -> usize {
        self.by_id.len() - self.live
    }

    fn remove_where(
        &mut self,
        id: RequestId,
        wanted: fn(&Entry<Caller, Frame>) -> bool,
    ) -> Option<Entry<Caller, Frame>> {
        let slot = self.slot_of(id)?;
        if !self.entry(slot).is_some_and(wanted) {
            return None;
        }
        self.by_id.remove(id.random_bits(), slot);
        let entry = self.slots.take(slot)?;
        let waited = entry.caller.is_some();
        self.live -= usize::from(waited);
        if entry.unsent.is_none() {
            self.sent -= usize::from(waited);
            self.unlink(&entry);
        }
        self.expectations.ended(entry.expectation);
        Some(entry)
    }

    fn unlink(&mut self, entry: &Entry<Caller, Frame>) {
        match entry.previous {
            Some(slot) => {
                if let Some(previous) = self.entry_mut(slot) {
                    previous.next = entry.next;
                }
            }
            None => {
                if let Some(waiting) = self.expectations.waiting(entry.expectation) {
                    waiting.first = entry.next;
                }
            }
        }
        match entry.next {
            Some(slot) => {
                if let Some(next) = self.entry_mut(slot) {
                    next.previous = entry.previous;
                }
            }
            None => {
                if let Some(waiting) = self.expectations.waiting(entry.expectation) {
                    waiting.last = entry.previous;
                }
            }
        }
    }

    /// The id of the oldest sent request that waits for this type.
    pub(super) fn oldest_expecting(&self, type_name: &str) -> Option<RequestId> {
        self.expectations
            .heads(type_name)
            .filter_map(|slot| self.entry(slot))
            .min_by_key(|entry| entry.sequence)
            .map(|entry| entry.id)
    }

    /// The ids of all waiting requests for which `wanted` holds, oldest first.
    pub(super) fn ids_where(
        &self,
        wanted: impl Fn(&Entry<Caller, Frame>) -> bool,
    ) -> Vec<RequestId> {
        // The deadlines' own heap sorts: another way to sort would be more code to download.
        let mut found = Deadlines::default();
        for (slot, entry) in self.slots.iter() {
            if entry.caller.is_some() && wanted(entry) {
                found.add(
                    0,
                    Ticket {
                        sequence: entry.sequence,
                        slot,
                    },
                );
            }
        }
        core::iter::from_fn(|| found.pop_due(0))
            .filter_map(|ticket| self.entry(ticket.slot))
            .map(|entry| entry.id)
            .collect()
    }
}
