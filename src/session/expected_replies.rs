//! The types of requests and of the replies they wait for, interned, and which types are replies at all.

use super::ring_buffer::RingBuffer;
use alloc::rc::Rc;
use alloc::{vec, vec::Vec};

/// A type of request with the types of its replies, as [`SessionCore::expect_reply`](super::SessionCore::expect_reply) gave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExpectedReply(pub(super) u32);

impl ExpectedReply {
    /// The one with this number.
    #[must_use]
    pub const fn of(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// How many types of one-off requests are remembered as reply types after their last request has settled.
const REMEMBERED_TYPES: usize = 256;

#[derive(Debug)]
struct ReplyTypes {
    /// The request's own type.
    type_name: Rc<str>,
    types: Vec<Rc<str>>,
    /// Requests that use it; a one-off set goes when it reaches 0.
    users: usize,
    /// Whether it belongs to a definition and stays for good.
    kept: bool,
}

/// All sets of reply types.
#[derive(Debug, Default)]
pub(super) struct ExpectedReplies {
    sets: Vec<Option<ReplyTypes>>,
    free: Vec<u32>,
    /// Which sets hold a type, sorted by type.
    by_type: Vec<(Rc<str>, Vec<u32>)>,
    remembered: RingBuffer<Rc<str>, REMEMBERED_TYPES>,
}

impl ExpectedReplies {
    /// Interns a set for good: a definition's.
    pub(super) fn keep(&mut self, type_name: &str, types: &[impl AsRef<str>]) -> ExpectedReply {
        self.intern(type_name, types, true)
    }

    /// Interns a set for one request.
    pub(super) fn once(&mut self, type_name: &str, types: &[impl AsRef<str>]) -> ExpectedReply {
        self.intern(type_name, types, false)
    }

    fn intern(&mut self, type_name: &str, types: &[impl AsRef<str>], keep: bool) -> ExpectedReply {
        let same = |expected: &ReplyTypes| {
            *expected.type_name == *type_name
                && expected.types.len() == types.len()
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
            return ExpectedReply(found);
        }
        let expected = ReplyTypes {
            type_name: Rc::from(type_name),
            types: types.iter().map(|name| Rc::from(name.as_ref())).collect(),
            users: 0,
            kept: keep,
        };
        let set = self.free.pop().unwrap_or_else(|| {
            self.sets.push(None);
            (self.sets.len() - 1) as u32
        });
        for name in &expected.types {
            match self.position(name) {
                Ok(position) => {
                    if let Some((_, sets)) = self.by_type.get_mut(position) {
                        sets.push(set);
                    }
                }
                Err(position) => self.by_type.insert(position, (Rc::clone(name), vec![set])),
            }
        }
        if let Some(free) = self.sets.get_mut(set as usize) {
            *free = Some(expected);
        }
        ExpectedReply(set)
    }

    fn position(&self, type_name: &str) -> Result<usize, usize> {
        self.by_type
            .binary_search_by(|(name, _)| (**name).cmp(type_name))
    }

    /// The sets that hold a type.
    pub(super) fn sets_with(&self, type_name: &str) -> &[u32] {
        self.position(type_name)
            .ok()
            .and_then(|position| self.by_type.get(position))
            .map_or(&[], |(_, sets)| sets)
    }

    fn set(&self, set: u32) -> Option<&ReplyTypes> {
        self.sets.get(set as usize)?.as_ref()
    }

    fn set_mut(&mut self, set: u32) -> Option<&mut ReplyTypes> {
        self.sets.get_mut(set as usize)?.as_mut()
    }

    /// The type of the request that waits for this.
    pub(super) fn type_name(&self, expected_reply: ExpectedReply) -> Option<Rc<str>> {
        Some(Rc::clone(&self.set(expected_reply.0)?.type_name))
    }

    /// Whether a message of this type is a reply to some request that this session knows or lately knew.
    pub(super) fn is_reply_type(&self, type_name: &str) -> bool {
        self.position(type_name).is_ok() || self.remembered.iter().any(|name| **name == *type_name)
    }

    pub(super) fn began(&mut self, expected_reply: ExpectedReply) {
        if let Some(expected) = self.set_mut(expected_reply.0) {
            expected.users += 1;
        }
    }

    pub(super) fn ended(&mut self, expected_reply: ExpectedReply) {
        let Some(expected) = self.set_mut(expected_reply.0) else {
            return;
        };
        expected.users = expected.users.saturating_sub(1);
        if expected.users > 0 || expected.kept {
            return;
        }
        let Some(expected) = self
            .sets
            .get_mut(expected_reply.0 as usize)
            .and_then(Option::take)
        else {
            return;
        };
        self.free.push(expected_reply.0);
        for name in expected.types {
            if let Ok(position) = self.position(&name)
                && let Some((_, sets)) = self.by_type.get_mut(position)
            {
                sets.retain(|&set| set != expected_reply.0);
                if sets.is_empty() {
                    self.by_type.remove(position);
                }
            }
            self.remember(name);
        }
    }

    fn remember(&mut self, name: Rc<str>) {
        if !self.remembered.iter().any(|known| *known == name) {
            self.remembered.push(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn an_expected_reply_is_known_by_its_number() {
        let mut expected_replies = ExpectedReplies::default();
        for wanted in 0..3 {
            let name = format!("type {wanted}");
            assert_eq!(expected_replies.keep(&name, &[&name]).number(), wanted);
            assert_eq!(ExpectedReply::of(wanted).number(), wanted);
        }
    }

    #[test]
    fn the_same_types_are_one_expected_reply() {
        let mut expected_replies = ExpectedReplies::default();
        let first = expected_replies.keep("a", &["a", "b"]);
        assert_eq!(expected_replies.once("a", &["a", "b"]), first);
        assert_ne!(expected_replies.keep("a", &["b", "a"]), first);
        assert_ne!(expected_replies.keep("a", &["a"]), first);
        assert_ne!(expected_replies.keep("b", &["a", "b"]), first);
    }

    #[test]
    fn a_one_off_expected_reply_goes_with_its_last_request_and_its_type_stays_known_as_a_reply() {
        let mut expected_replies = ExpectedReplies::default();
        for round in 0..10_000 {
            let name = format!("type {round}");
            let expected_reply = expected_replies.once(&name, &[&name]);
            expected_replies.began(expected_reply);
            expected_replies.ended(expected_reply);
            assert!(expected_replies.is_reply_type(&name));
        }
        assert_eq!(expected_replies.sets.len(), 1);
        assert!(expected_replies.by_type.is_empty());
        assert_eq!(expected_replies.remembered.iter().count(), REMEMBERED_TYPES);
        assert!(!expected_replies.is_reply_type("type 0"));
    }
}
