//! The last few of what goes by.

use alloc::vec::Vec;

/// At most `MOST` things; each one more takes the place of the oldest.
#[derive(Debug)]
pub(super) struct Recent<Thing, const MOST: usize> {
    things: Vec<Thing>,
    /// Where the oldest is, once there are as many as may be.
    oldest: usize,
}

impl<Thing, const MOST: usize> Default for Recent<Thing, MOST> {
    fn default() -> Self {
        Self {
            things: Vec::new(),
            oldest: 0,
        }
    }
}

impl<Thing, const MOST: usize> Recent<Thing, MOST> {
    /// Adds a thing, and gives the one back whose place it took.
    pub(super) fn add(&mut self, thing: Thing) -> Option<Thing> {
        if self.things.len() < MOST {
            self.things.push(thing);
            return None;
        }
        let place = self.things.get_mut(self.oldest)?;
        self.oldest = (self.oldest + 1) % MOST;
        Some(core::mem::replace(place, thing))
    }

    /// All of them, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Thing> {
        self.things.iter()
    }

    /// Takes all of them out.
    pub(super) fn take(&mut self) -> Vec<Thing> {
        self.oldest = 0;
        core::mem::take(&mut self.things)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room() {
        let mut recent = Recent::<u32, 3>::default();
        let left: Vec<_> = (0..8).map(|thing| recent.add(thing)).collect();
        let none = [None; 3].into_iter();
        assert_eq!(left, none.chain((0..5).map(Some)).collect::<Vec<_>>());
        let mut kept: Vec<_> = recent.iter().copied().collect();
        kept.sort_unstable();
        assert_eq!(kept, [5, 6, 7]);
        assert_eq!(recent.take().len(), 3);
        assert_eq!(recent.add(9), None);
        assert_eq!(recent.take(), [9]);
    }
}
