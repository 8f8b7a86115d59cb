//! Which reply types a request waits for, interned, and which types are replies at all.

use alloc::collections::VecDeque;
use alloc::rc::Rc;
use alloc::{vec, vec::Vec};

/// A set of reply types that requests wait for, as [`Session::expect`](super::Session::expect) gave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expectation(pub(super) u32);

/// How many types of one-off requests are remembered as reply types after their last request has settled.
const REMEMBERED_TYPES: usize = 256;

/// The requests that wait for one set of types, oldest first, as a list through the table's entries.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Waiting {
    pub(super) first: Option<u32>,
    pub(super) last: Option<u32>,
}

#[derive(Debug)]
struct Expected {
    types: Vec<Rc<str>>,
    /// Requests that use it; a one-off set goes when it reaches 0.
    users: usize,
    /// Whether it belongs to a definition and stays for good.
    kept: bool,
    waiting: Waiting,
}

/// All sets of reply types.
#[derive(Debug, Default)]
pub(super) struct Expectations {
    sets: Vec<Option<Expected>>,
    free: Vec<u32>,
    /// Which sets hold a type, sorted by type.
    by_type: Vec<(Rc<str>, Vec<u32>)>,
    remembered: VecDeque<Rc<str>>,
}

impl Expectations {
    /// Interns a set for good: a definition's.
    pub(super) fn keep(&mut self, types: &[impl AsRef<str>]) -> Expectation {
        self.intern(types, true)
    }

    /// Interns a set for one request.
    pub(super) fn once(&mut self, types: &[impl AsRef<str>]) -> Expectation {
        self.intern(types, false)
    }

    fn intern(&mut self, types: &[impl AsRef<str>], keep: bool) -> Expectation {
        let same = |expected: &Expected| {
            expected.types.len() == types.len()
                && expected
                    .types
                    .iter()
                    .zip(types)
                    .all(|(have, want)| **have == *want.as_ref())
        };
        if let Some(found) = types
            .first()
            .map_or(&[][..], |first| self.sets_with(first.as_ref()))
            .iter()
            .copied()
            .find(|&set| self.set(set).is_some_and(same))
        {
            if let Some(expected) = self.set_mut(found) {
                expected.kept |= keep;
            }
            return Expectation(found);
        }
        let expected = Expected {
            types: types.iter().map(|name| Rc::from(name.as_ref())).collect(),
            users: 0,
            kept: keep,
            waiting: Waiting::default(),
        };
        let set = self.free.pop().unwrap_or_else(|| {
            self.sets.push(None);
            (self.sets.len() - 1) as u32
        });
        for name in &expected.types {
            match self.place(name) {
                Ok(place) => {
                    if let Some((_, sets)) = self.by_type.get_mut(place) {
                        sets.push(set);
                    }
                }
                Err(place) => self.by_type.insert(place, (Rc::clone(name), vec![set])),
            }
        }
        if let Some(place) = self.sets.get_mut(set as usize) {
            *place = Some(expected);
        }
        Expectation(set)
    }

    fn place(&self, type_name: &str) -> Result<usize, usize> {
        self.by_type
            .binary_search_by(|(name, _)| (**name).cmp(type_name))
    }

    fn sets_with(&self, type_name: &str) -> &[u32] {
        self.place(type_name)
            .ok()
            .and_then(|place| self.by_type.get(place))
            .map_or(&[], |(_, sets)| sets)
    }

    fn set(&self, set: u32) -> Option<&Expected> {
        self.sets.get(set as usize)?.as_ref()
    }

    fn set_mut(&mut self, set: u32) -> Option<&mut Expected> {
        self.sets.get_mut(set as usize)?.as_mut()
    }

    pub(super) fn waiting(&mut self, expectation: Expectation) -> Option<&mut Waiting> {
        self.set_mut(expectation.0)
            .map(|expected| &mut expected.waiting)
    }

    /// The first waiting request of every set that holds the type.
    pub(super) fn heads(&self, type_name: &str) -> impl Iterator<Item = u32> {
        self.sets_with(type_name)
            .iter()
            .filter_map(|&set| self.set(set)?.waiting.first)
    }

    /// Whether a message of this type is a reply to some request that this session knows or lately knew.
    pub(super) fn is_reply_type(&self, type_name: &str) -> bool {
        self.place(type_name).is_ok() || self.remembered.iter().any(|name| **name == *type_name)
    }

    pub(super) fn began(&mut self, expectation: Expectation) {
        if let Some(expected) = self.set_mut(expectation.0) {
            expected.users += 1;
        }
    }

    pub(super) fn ended(&mut self, expectation: Expectation) {
        let Some(expected) = self.set_mut(expectation.0) else {
            return;
        };
        expected.users = expected.users.saturating_sub(1);
        if expected.users > 0 || expected.kept {
            return;
        }
        let Some(expected) = self
            .sets
            .get_mut(expectation.0 as usize)
            .and_then(Option::take)
        else {
            return;
        };
        self.free.push(expectation.0);
        for name in expected.types {
            if let Ok(place) = self.place(&name)
                && let Some((_, sets)) = self.by_type.get_mut(place)
            {
                sets.retain(|&set| set != expectation.0);
                if sets.is_empty() {
                    self.by_type.remove(place);
                }
            }
            self.remember(name);
        }
    }

    fn remember(&mut self, name: Rc<str>) {
        if self.remembered.contains(&name) {
            return;
        }
        if self.remembered.len() >= REMEMBERED_TYPES {
            self.remembered.pop_front();
        }
        self.remembered.push_back(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn the_same_types_are_one_expectation() {
        let mut expectations = Expectations::default();
        let first = expectations.keep(&["a", "b"]);
        assert_eq!(expectations.once(&["a", "b"]), first);
        assert_ne!(expectations.keep(&["b", "a"]), first);
        assert_ne!(expectations.keep(&["a"]), first);
    }

    #[test]
    fn a_one_off_expectation_goes_with_its_last_request_and_its_type_stays_known_as_a_reply() {
        let mut expectations = Expectations::default();
        for round in 0..10_000 {
            let name = format!("type {round}");
            let expectation = expectations.once(&[&name]);
            expectations.began(expectation);
            expectations.ended(expectation);
            assert!(expectations.is_reply_type(&name));
        }
        assert_eq!(expectations.sets.len(), 1);
        assert!(expectations.by_type.is_empty());
        assert_eq!(expectations.remembered.len(), REMEMBERED_TYPES);
        assert!(!expectations.is_reply_type("type 0"));
    }
}
