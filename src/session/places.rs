//! The places of all who wait, and the ids drawn for them.
//!
//! An id holds the number of its place, so that a reply finds its request without a search; the rest of the id then says
//! whether it is this request's.

use super::entry::{Entry, NONE, Packed, Use};
use super::expectations::Expectation;
use super::place::Place;
use super::slots::Slots;
use crate::wire::RequestId;

/// All places, used or not.
#[derive(Debug)]
pub(super) struct Places {
    slots: Slots<Entry>,
    /// What a place's number is mixed with in its ids, from the first id's random bits.
    mask: Option<u32>,
    /// The first of the free places.
    free: u32,
    /// Places that were left and are not given out before all actions are done, the last one first.
    left: u32,
    /// The last in the list of those that were left, which was left first.
    left_first: u32,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            slots: Slots::default(),
            mask: None,
            free: NONE,
            left: NONE,
            left_first: NONE,
        }
    }
}

impl Places {
    pub(super) fn get(&self, place: Place) -> Option<&Entry> {
        self.slots.get(place.number())
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut Entry> {
        self.slots.get_mut(place.number())
    }

    /// A free place and a fresh id for it.
    pub(super) fn draw(&mut self, random: [u8; 16]) -> (Place, RequestId) {
        let drawn = RequestId::from_random_bytes(random);
        let mask = *self.mask.get_or_insert(drawn.last_bits());
        let [first, second, third, _] = drawn.words();
        let entry = Entry {
            id: [first, second, third],
            previous: NONE,
            next: NONE,
            deadline: 0,
            limit: 0,
            expectation: Packed::new(Use::Drawn, Expectation(0)),
        };
        let number = match self.slots.get_mut(self.free) {
            Some(place) => {
                let number = self.free;
                self.free = place.next;
                *place = entry;
                number
            }
            None => self.slots.push(entry),
        };
        let id = RequestId::of_words([first, second, third, number ^ mask]);
        (Place::of(number), id)
    }

    /// The id that was last drawn for a place.
    pub(super) fn id(&self, place: Place) -> Option<RequestId> {
        let [first, second, third] = self.get(place)?.id;
        let last = place.number() ^ self.mask?;
        Some(RequestId::of_words([first, second, third, last]))
    }

    /// The place for which an id was drawn, unless it has been left since.
    pub(super) fn place(&self, id: RequestId) -> Option<Place> {
        let [first, second, third, last] = id.words();
        let place = Place::of(last ^ self.mask?);
        let entry = self.get(place)?;
        (entry.id == [first, second, third] && !entry.is(Use::Free)).then_some(place)
    }

    /// Leaves a place: it is free once all actions are done.
    pub(super) fn leave(&mut self, place: Place) {
        let number = place.number();
        let after = self.left;
        let Some(entry) = self.slots.get_mut(number) else {
            return;
        };
        if entry.is(Use::Free) {
            return;
        }
        entry.becomes(Use::Free);
        entry.next = after;
        if after == NONE {
            self.left_first = number;
        }
        self.left = number;
    }

    /// All actions are done: places that were left are free.
    pub(super) fn actions_done(&mut self) {
        if self.left == NONE {
            return;
        }
        if let Some(first) = self.slots.get_mut(self.left_first) {
            first.next = self.free;
        }
        self.free = core::mem::replace(&mut self.left, NONE);
    }
}
