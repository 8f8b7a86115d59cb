//! Records under consecutive numbers, in blocks. A list that grows as a whole leaves its old, smaller self behind as unused
//! memory, and the memory of a WebAssembly module never shrinks.

use alloc::vec::Vec;

const BLOCK: usize = 256;

/// Records that stay where they are.
#[derive(Debug)]
pub(super) struct Blocks<Record> {
    blocks: Vec<Vec<Record>>,
    /// The first number, for tests of the largest.
    #[cfg(test)]
    first: u32,
}

impl<Record> Default for Blocks<Record> {
    fn default() -> Self {
        Self {
            blocks: Vec::new(),
            #[cfg(test)]
            first: 0,
        }
    }
}

impl<Record> Blocks<Record> {
    /// Blocks whose first number is this one.
    #[cfg(test)]
    pub(super) fn from(first: u32) -> Self {
        Self {
            blocks: Vec::new(),
            first,
        }
    }

    #[cfg(test)]
    fn index(&self, number: u32) -> Option<usize> {
        number.checked_sub(self.first).map(|index| index as usize)
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "in tests the first number is not 0")]
    fn index(&self, number: u32) -> Option<usize> {
        Some(number as usize)
    }

    pub(super) fn get(&self, number: u32) -> Option<&Record> {
        let index = self.index(number)?;
        self.blocks.get(index / BLOCK)?.get(index % BLOCK)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Record> {
        let index = self.index(number)?;
        self.blocks.get_mut(index / BLOCK)?.get_mut(index % BLOCK)
    }

    /// Adds a record and gives its number.
    pub(super) fn push(&mut self, record: Record) -> u32 {
        if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        let before = (self.blocks.len() - 1) * BLOCK;
        #[cfg(test)]
        let before = before + self.first as usize;
        match self.blocks.last_mut() {
            Some(block) => {
                block.push(record);
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
    fn records_stay_where_they_were_put() {
        let mut blocks = Blocks::default();
        let numbers: Vec<u32> = (0..1000).map(|record| blocks.push(record)).collect();
        for (record, &number) in numbers.iter().enumerate() {
            assert_eq!(blocks.get(number), Some(&record));
        }
        assert_eq!(blocks.get(1000), None);
        assert_eq!(blocks.get(u32::MAX), None);
    }
}
