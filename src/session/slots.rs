//! Places for entries, in blocks: a list that grows as a whole leaves its old, smaller self behind as unused memory, and
//! the memory of a WebAssembly module never shrinks.

use alloc::vec::Vec;

const BLOCK: usize = 256;

/// Entries under numbers that are given out again.
#[derive(Debug)]
pub(super) struct Slots<Entry> {
    blocks: Vec<Vec<Option<Entry>>>,
    free: Vec<u32>,
}

impl<Entry> Default for Slots<Entry> {
    fn default() -> Self {
        Self {
            blocks: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<Entry> Slots<Entry> {
    pub(super) fn get(&self, slot: u32) -> Option<&Entry> {
        let slot = slot as usize;
        self.blocks.get(slot / BLOCK)?.get(slot % BLOCK)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, slot: u32) -> Option<&mut Entry> {
        self.place(slot)?.as_mut()
    }

    /// Puts an entry somewhere and tells where.
    pub(super) fn insert(&mut self, entry: Entry) -> u32 {
        if let Some(slot) = self.free.pop() {
            if let Some(place) = self.place(slot) {
                *place = Some(entry);
            }
            return slot;
        }
        let full = self.blocks.last().is_none_or(|block| block.len() == BLOCK);
        if full {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        let before = (self.blocks.len() - 1) * BLOCK;
        match self.blocks.last_mut() {
            Some(block) => {
                block.push(Some(entry));
                (before + block.len() - 1) as u32
            }
            // There is always one by now.
            None => 0,
        }
    }

    /// Takes an entry out; its number is free from now on.
    pub(super) fn take(&mut self, slot: u32) -> Option<Entry> {
        let entry = self.place(slot)?.take()?;
        self.free.push(slot);
        Some(entry)
    }

    /// All entries with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Entry)> {
        (0..)
            .zip(self.blocks.iter().flatten())
            .filter_map(|(slot, place)| Some((slot, place.as_ref()?)))
    }

    fn place(&mut self, slot: u32) -> Option<&mut Option<Entry>> {
        let slot = slot as usize;
        self.blocks.get_mut(slot / BLOCK)?.get_mut(slot % BLOCK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stay_where_they_were_put_and_their_numbers_are_used_again() {
        let mut slots = Slots::default();
        let numbers: Vec<u32> = (0..1000).map(|entry| slots.insert(entry)).collect();
        for (entry, &slot) in numbers.iter().enumerate() {
            assert_eq!(slots.get(slot), Some(&entry));
        }
        for &slot in numbers.iter().step_by(2) {
            assert!(slots.take(slot).is_some());
            assert_eq!(slots.take(slot), None);
        }
        assert_eq!(slots.iter().count(), 500);
        let again: Vec<u32> = (0..500).map(|entry| slots.insert(entry)).collect();
        assert!(again.iter().all(|slot| numbers.contains(slot)));
        assert_eq!(slots.iter().count(), 1000);
    }
}
