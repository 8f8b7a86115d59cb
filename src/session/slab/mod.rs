//! The slab: a slot for everybody who waits, and the id that each was given.
//!
//! An id names its slot, so that a reply finds its request without a search. The rest of the id then says whether it is this
//! request's.

mod blocks;
mod list;
mod record;
mod slot;

pub(super) use list::SlotList;
pub(super) use record::{SlotRecord, SlotState};
pub use slot::Slot;

use crate::wire::RequestId;
use blocks::Blocks;
use record::NONE;

/// The bit that is set in the ids of messages. No slot's number has it.
const MESSAGE: u32 = 1 << 31;

/// The bits of an id's second word that say its version.
const VERSION: u32 = 0x0000_f000;

/// The second word of a message's id. It follows from the first one in a way that nobody else's id has by chance.
fn sealed(first: u32, second: u32, key: u32) -> u32 {
    let mixed = (first ^ key).wrapping_mul(0x9e37_79b1);
    let mixed = (mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca6b);
    (mixed ^ mixed >> 13) & !VERSION | second & VERSION
}

/// All slots, used or not.
#[derive(Debug)]
pub(super) struct Slab {
    records: Blocks<SlotRecord>,
    /// What a slot's number is mixed with in its ids, and what messages' ids are sealed with, from the first id's random bits.
    secret: Option<[u32; 2]>,
    /// The first of the free slots.
    free: u32,
    /// The list of slots that were released and stay unused until all actions are done, the last one first.
    released: u32,
    /// The end of this list: the slot that was released first.
    first_released: u32,
}

impl Default for Slab {
    fn default() -> Self {
        Self {
            records: Blocks::default(),
            secret: None,
            free: NONE,
            released: NONE,
            first_released: NONE,
        }
    }
}

impl Slab {
    pub(super) fn get(&self, slot: Slot) -> Option<&SlotRecord> {
        self.records.get(slot.number())
    }

    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut SlotRecord> {
        self.records.get_mut(slot.number())
    }

    /// Reserves a free slot under a fresh id. The id of a message that no reply answers says so itself, for as long as the session
    /// lives.
    pub(super) fn reserve(&mut self, random: [u8; 16], is_message: bool) -> (Slot, RequestId) {
        let fresh = RequestId::from_random_bytes(random);
        let [first, mut second, third, last] = fresh.words();
        let [mut mask, key] = *self.secret.get_or_insert([last, third]);
        if is_message {
            second = sealed(first, second, key);
            mask ^= MESSAGE;
        }
        let reserved = SlotRecord::reserved([first, second, third]);
        let number = match self.records.get_mut(self.free) {
            Some(record) => {
                let number = self.free;
                self.free = record.next;
                *record = reserved;
                number
            }
            None => self.records.push(reserved),
        };
        let id = RequestId::of_words([first, second, third, number ^ mask]);
        (Slot::of(number), id)
    }

    /// Whether a message went out with this id.
    pub(super) fn is_message(&self, id: RequestId) -> bool {
        let [first, second, _, last] = id.words();
        self.secret.is_some_and(|[mask, key]| {
            let slot = Slot::of(last ^ mask ^ MESSAGE);
            second == sealed(first, second, key) && self.get(slot).is_some()
        })
    }

    /// The id under which a slot was last reserved.
    pub(super) fn id(&self, slot: Slot) -> Option<RequestId> {
        let [first, second, third] = self.get(slot)?.id;
        let last = slot.number() ^ self.secret?[0];
        Some(RequestId::of_words([first, second, third, last]))
    }

    /// The slot that is reserved under an id, unless it has been released since.
    pub(super) fn slot(&self, id: RequestId) -> Option<Slot> {
        let [first, second, third, last] = id.words();
        let slot = Slot::of(last ^ self.secret?[0]);
        let record = self.get(slot)?;
        (record.id == [first, second, third] && !record.is(SlotState::Free)).then_some(slot)
    }

    /// Releases a slot: it is free once all actions are done.
    pub(super) fn release(&mut self, slot: Slot) {
        let number = slot.number();
        let after = self.released;
        let Some(record) = self.records.get_mut(number) else {
            return;
        };
        if record.is(SlotState::Free) {
            return;
        }
        record.set_state(SlotState::Free);
        record.next = after;
        if after == NONE {
            self.first_released = number;
        }
        self.released = number;
    }

    /// All actions are done: slots that were released are free.
    pub(super) fn actions_done(&mut self) {
        if self.released == NONE {
            return;
        }
        if let Some(first) = self.records.get_mut(self.first_released) {
            first.next = self.free;
        }
        self.free = core::mem::replace(&mut self.released, NONE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// A slab whose next slots have these numbers.
    fn slab_from(first: u32) -> Slab {
        Slab {
            records: Blocks::from(first),
            ..Slab::default()
        }
    }

    fn random(number: u8) -> [u8; 16] {
        core::array::from_fn(|at| number.wrapping_mul(31).wrapping_add(at as u8 * 7) ^ 0x5a)
    }

    #[test]
    fn ids_of_the_largest_slots_find_their_own_slot_and_no_other() {
        // Where an adapter's packed numbers end, and where the bit stands that marks messages.
        for first in [Slot::PACKABLE - 8, (1 << 24) - 8, MESSAGE - 16] {
            let mut slab = slab_from(first);
            let reserved: Vec<_> = (0..16)
                .map(|number| slab.reserve(random(number), false))
                .collect();
            for (at, &(slot, id)) in reserved.iter().enumerate() {
                assert_eq!(slot.number(), first + at as u32);
                assert_eq!(slab.slot(id), Some(slot));
                assert_eq!(slab.id(slot), Some(id));
                assert!(!slab.is_message(id), "{slot:?}");
                // The same id but for one bit of the slot's number is nobody's.
                for bit in 0..u32::BITS {
                    let mut words = id.words();
                    words[3] ^= 1 << bit;
                    let other = RequestId::of_words(words);
                    assert_eq!(slab.slot(other), None, "{slot:?}, bit {bit}");
                }
            }
        }
    }

    #[test]
    fn ids_of_messages_at_the_largest_slots_are_no_requests() {
        let mut slab = slab_from(Slot::PACKABLE - 4);
        let (request, request_id) = slab.reserve(random(1), false);
        for number in 2..10 {
            let (slot, id) = slab.reserve(random(number), true);
            assert!(slab.is_message(id));
            assert_eq!(slab.slot(id), None, "{slot:?}");
        }
        assert_eq!(slab.slot(request_id), Some(request));
    }

    #[test]
    fn a_released_slot_is_used_again_under_an_id_of_its_own() {
        let mut slab = slab_from(Slot::PACKABLE - 1);
        let (slot, before) = slab.reserve(random(1), false);
        slab.release(slot);
        slab.actions_done();
        let (again, after) = slab.reserve(random(2), false);
        assert_eq!(again, slot);
        assert_eq!(slab.slot(before), None);
        assert_eq!(slab.slot(after), Some(slot));
    }
}
