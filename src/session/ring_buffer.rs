//! A ring buffer: the last few items of many.

use alloc::vec::Vec;

/// At most `CAPACITY` items; each further one overwrites the oldest.
#[derive(Debug)]
pub(super) struct RingBuffer<Item, const CAPACITY: usize> {
    items: Vec<Item>,
    /// The index of the oldest, once the buffer is full.
    oldest: usize,
}

impl<Item, const CAPACITY: usize> Default for RingBuffer<Item, CAPACITY> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            oldest: 0,
        }
    }
}

impl<Item, const CAPACITY: usize> RingBuffer<Item, CAPACITY> {
    /// Adds an item, and gives back the one that it overwrote.
    pub(super) fn push(&mut self, item: Item) -> Option<Item> {
        if self.items.len() < CAPACITY {
            self.items.push(item);
            return None;
        }
        let oldest = self.items.get_mut(self.oldest)?;
        self.oldest = (self.oldest + 1) % CAPACITY;
        Some(core::mem::replace(oldest, item))
    }

    /// All items, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Item> {
        self.items.iter()
    }

    /// Takes all items out.
    pub(super) fn take(&mut self) -> Vec<Item> {
        self.oldest = 0;
        core::mem::take(&mut self.items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_overwritten() {
        let mut buffer = RingBuffer::<u32, 3>::default();
        let overwritten: Vec<_> = (0..8).map(|item| buffer.push(item)).collect();
        let none = [None; 3].into_iter();
        assert_eq!(
            overwritten,
            none.chain((0..5).map(Some)).collect::<Vec<_>>()
        );
        let mut kept: Vec<_> = buffer.iter().copied().collect();
        kept.sort_unstable();
        assert_eq!(kept, [5, 6, 7]);
        assert_eq!(buffer.take().len(), 3);
        assert_eq!(buffer.push(9), None);
        assert_eq!(buffer.take(), [9]);
    }
}
