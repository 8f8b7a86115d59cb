//! Finds the place of a request by its id.

use alloc::{vec, vec::Vec};
/// A hash table of slots with linear probing. Ids are random bits already, so they are their own hash; who sends
/// replies chooses what is looked up, but never what is stored. A general map is four times the code to download.
#[derive(Debug, Default)]
pub(super) struct IdIndex {
    /// As many as a power of two; at most four in five are taken.
    places: Vec<Option<Place>>,
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    /// Of the id; its lower bits say where the search begins.
    hash: u32,
    slot: u32,
}

const SMALLEST: usize = 16;

impl IdIndex {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The slot under a hash that `is_it` says yes to.
    pub(super) fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = self.home(hash);
        loop {
            let place = (*self.places.get(at)?)?;
            if place.hash == hash && is_it(place.slot) {
                return Some(place.slot);
            }
            at = self.after(at);
        }
    }

    /// Adds a slot. It must not be in the table.
    pub(super) fn insert(&mut self, hash: u32, slot: u32) {
        if (self.len + 1) * 5 > self.places.len() * 4 {
            let larger = vec![None; (self.places.len() * 2).max(SMALLEST)];
            for place in core::mem::replace(&mut self.places, larger)
                .into_iter()
                .flatten()
            {
                self.put(place);
            }
        }
        self.put(Place { hash, slot });
        self.len += 1;
    }

    /// Takes a slot out, if it is there.
    pub(super) fn remove(&mut self, hash: u32, slot: u32) {
        let mut gap = self.home(hash);
        loop {
            match self.places.get(gap).copied().flatten() {
                None => return,
                Some(place) if place.slot == slot => break,
                Some(_) => gap = self.after(gap),
            }
        }
        self.len -= 1;
        // Those that follow move up where the gap lies on their way, so that no search ends at it too early.
        let mut at = gap;
        loop {
            at = self.after(at);
            let Some(place) = self.places.get(at).copied().flatten() else {
                break;
            };
            let way = self.distance(self.home(place.hash), at);
            if way >= self.distance(gap, at) {
                self.set(gap, Some(place));
                gap = at;
            }
        }
        self.set(gap, None);
    }

    fn put(&mut self, place: Place) {
        let mut at = self.home(place.hash);
        while self.places.get(at).copied().flatten().is_some() {
            at = self.after(at);
        }
        self.set(at, Some(place));
    }

    fn set(&mut self, at: usize, place: Option<Place>) {
        if let Some(there) = self.places.get_mut(at) {
            *there = place;
        }
    }

    fn home(&self, hash: u32) -> usize {
        hash as usize & self.places.len().wrapping_sub(1)
    }

    fn after(&self, at: usize) -> usize {
        (at + 1) & self.places.len().wrapping_sub(1)
    }

    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & self.places.len().wrapping_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn whatever_is_added_and_taken_out_it_finds_what_a_map_finds() {
        let mut random = 1_u64;
        let mut draw = move |below: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % below
        };
        let mut index = IdIndex::default();
        let mut map = HashMap::new();
        for round in 0..100_000_u32 {
            // Few hashes, so that many meet, at the end of the table too.
            let hash = draw(40) as u32 + if draw(2) == 0 { 0 } else { u32::MAX - 40 };
            let slot = draw(64) as u32;
            if map.remove(&slot).is_some_and(|hash| {
                index.remove(hash, slot);
                true
            }) {
                assert_eq!(
                    index.find(hash, |found| found == slot),
                    None,
                    "round {round}"
                );
            } else {
                map.insert(slot, hash);
                index.insert(hash, slot);
            }
            assert_eq!(index.len(), map.len());
            for (&slot, &hash) in &map {
                assert_eq!(
                    index.find(hash, |found| found == slot),
                    Some(slot),
                    "round {round}"
                );
            }
        }
    }

    #[test]
    fn taking_out_what_is_not_there_changes_nothing() {
        let mut index = IdIndex::default();
        index.remove(1, 1);
        index.insert(1, 1);
        index.remove(1, 2);
        assert_eq!((index.len(), index.find(1, |_| true)), (1, Some(1)));
    }
}
