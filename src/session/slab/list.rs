//! A list of slots, linked through their records, so that one anywhere in it can be taken out at once.

use super::record::NONE;
use super::{Slab, Slot, SlotRecord};

/// Slots in the order in which they were added. A slot is in one list at most.
#[derive(Debug)]
pub(in crate::session) struct SlotList {
    first: u32,
    last: u32,
}

impl Default for SlotList {
    fn default() -> Self {
        Self {
            first: NONE,
            last: NONE,
        }
    }
}

impl SlotList {
    /// Adds a slot at the end.
    pub(in crate::session) fn push(&mut self, slab: &mut Slab, slot: Slot) {
        let before = self.last;
        let Some(record) = slab.get_mut(slot) else {
            return;
        };
        record.previous = before;
        record.next = NONE;
        self.last = slot.number();
        match slab.get_mut(Slot::of(before)) {
            Some(before) => before.next = slot.number(),
            None => self.first = slot.number(),
        }
    }

    /// Takes out a slot that is in the list.
    pub(in crate::session) fn remove(&mut self, slab: &mut Slab, slot: Slot) {
        let Some(&SlotRecord { previous, next, .. }) = slab.get(slot) else {
            return;
        };
        match slab.get_mut(Slot::of(previous)) {
            Some(previous) => previous.next = next,
            None => self.first = next,
        }
        match slab.get_mut(Slot::of(next)) {
            Some(next) => next.previous = previous,
            None => self.last = previous,
        }
    }

    /// The slots from the first to the last, with their records.
    pub(in crate::session) fn iter<'a>(
        &self,
        slab: &'a Slab,
    ) -> impl Iterator<Item = (Slot, &'a SlotRecord)> + use<'a> {
        let mut at = self.first;
        core::iter::from_fn(move || {
            let slot = Slot::of(at);
            let record = slab.get(slot)?;
            at = record.next;
            Some((slot, record))
        })
    }
}
