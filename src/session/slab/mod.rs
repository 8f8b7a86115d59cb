//! The places of all who wait, and the ids drawn for them.
//!
//! An id holds the number of its place, so that a reply finds its request without a search; the rest of the id then says
//! whether it is this request's.

use super::entry::{Entry, NONE, Packed, Use};
use super::expectations::Expectation;
use super::place::Place;
use super::slots::Slots;
use crate::wire::RequestId;

/// What the number of a place is mixed with besides in the ids of messages; no place has such a number.
const MESSAGE: u32 = 1 << 31;

/// The bits of an id's second word that say its version.
const VERSION: u32 = 0x0000_f000;

/// The second word of a message's id: what the first one says, in a way that nobody else's id does by chance.
fn sealed(first: u32, second: u32, key: u32) -> u32 {
    let mixed = (first ^ key).wrapping_mul(0x9e37_79b1);
    let mixed = (mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca6b);
    (mixed ^ mixed >> 13) & !VERSION | second & VERSION
}

/// All places, used or not.
#[derive(Debug)]
pub(super) struct Places {
    slots: Slots<Entry>,
    /// What a place's number is mixed with in its ids, and what messages' ids are sealed with, from the first id's random bits.
    secret: Option<[u32; 2]>,
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
            secret: None,
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

    /// A free place and a fresh id for it. That of a message that no reply answers tells by itself that it is one, for as long
    /// as the session lives.
    pub(super) fn draw(&mut self, random: [u8; 16], is_message: bool) -> (Place, RequestId) {
        let drawn = RequestId::from_random_bytes(random);
        let [first, mut second, third, last] = drawn.words();
        let [mut mask, key] = *self.secret.get_or_insert([last, third]);
        if is_message {
            second = sealed(first, second, key);
            mask ^= MESSAGE;
        }
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

    /// Whether a message went out with this id.
    pub(super) fn is_message(&self, id: RequestId) -> bool {
        let [first, second, _, last] = id.words();
        self.secret.is_some_and(|[mask, key]| {
            let place = Place::of(last ^ mask ^ MESSAGE);
            second == sealed(first, second, key) && self.get(place).is_some()
        })
    }

    /// The id that was last drawn for a place.
    pub(super) fn id(&self, place: Place) -> Option<RequestId> {
        let [first, second, third] = self.get(place)?.id;
        let last = place.number() ^ self.secret?[0];
        Some(RequestId::of_words([first, second, third, last]))
    }

    /// The place for which an id was drawn, unless it has been left since.
    pub(super) fn place(&self, id: RequestId) -> Option<Place> {
        let [first, second, third, last] = id.words();
        let place = Place::of(last ^ self.secret?[0]);
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
