//! Entries under consecutive numbers, in blocks: a list that grows as a whole leaves its old, smaller self behind as unused
//! memory, and the memory of a WebAssembly module never shrinks.

use alloc::vec::Vec;

const BLOCK: usize = 256;

/// Entries that stay where they are.
#[derive(Debug)]
pub(super) struct Slots<Entry> {
    blocks: Vec<Vec<Entry>>,
}

impl<Entry> Default for Slots<Entry> {
    fn default() -> Self {
        Self { blocks: Vec::new() }
    }
}

impl<Entry> Slots<Entry> {
    pub(super) fn get(&self, slot: u32) -> Option<&Entry> {
        let slot = slot as usize;
        self.blocks.get(slot / BLOCK)?.get(slot % BLOCK)
    }

    pub(super) fn get_mut(&mut self, slot: u32) -> Option<&mut Entry> {
        let slot = slot as usize;
        self.blocks.get_mut(slot / BLOCK)?.get_mut(slot % BLOCK)
    }

    /// Adds an entry and tells its number.
    pub(super) fn push(&mut self, entry: Entry) -> u32 {
        if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        let before = (self.blocks.len() - 1) * BLOCK;
        match self.blocks.last_mut() {
            Some(block) => {
                block.push(entry);
                (before + block.len() - 1) as u32
            }
            // There is always one by now.
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stay_where_they_were_put() {
        let mut slots = Slots::default();
        let numbers: Vec<u32> = (0..1000).map(|entry| slots.push(entry)).collect();
        for (entry, &slot) in numbers.iter().enumerate() {
            assert_eq!(slots.get(slot), Some(&entry));
        }
        assert_eq!(slots.get(1000), None);
        assert_eq!(slots.get(u32::MAX), None);
    }
}
