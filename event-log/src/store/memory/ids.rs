//! Ids of the time that a store is given, so that they are in the order in which they were made.

use std::sync::{Mutex, PoisonError};

use uuid::{NoContext, Timestamp, Uuid};

/// The bits behind an id's version and variant, all of them random: within a millisecond they count on.
const RANDOM: u128 = (1 << 62) - 1;

/// Makes ids.
#[derive(Default)]
pub struct Ids(Mutex<Option<Uuid>>);

impl Ids {
    /// An id that was not there before, made at that time, in milliseconds since 1970. It is never before
    /// one that was made already, also when the time is.
    ///
    /// The first of a millisecond is random, the others follow it: in a browser and in Node, random bytes for each would cost
    /// more than the rest of an append.
    pub fn made_at(&self, now: i64) -> String {
        let now = u64::try_from(now).unwrap_or(0);
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = match *last {
            None => random(now),
            Some(last) if now > millisecond(last) => random(now),
            Some(last) if last.as_u128() & RANDOM == RANDOM => random(millisecond(last) + 1),
            Some(last) => Uuid::from_u128(last.as_u128() + 1),
        };
        *last = Some(id);
        id.to_string()
    }
}

/// A random id of that millisecond.
fn random(millisecond: u64) -> Uuid {
    let nanoseconds = u32::try_from(millisecond % 1_000).unwrap_or(0) * 1_000_000;
    Uuid::new_v7(Timestamp::from_unix(
        NoContext,
        millisecond / 1_000,
        nanoseconds,
    ))
}

/// When an id was made.
fn millisecond(id: Uuid) -> u64 {
    u64::try_from(id.as_u128() >> 80).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::collections::HashSet;
    use std::sync::Mutex;

    use uuid::Uuid;

    use super::{Ids, millisecond};

    #[test]
    fn ids_are_of_the_time_that_was_given_and_in_order() {
        let ids = Ids::default();
        let made: Vec<String> = [
            1_700_000_000_000,
            1_700_000_000_000,
            5,
            1_700_000_000_001,
            -1,
        ]
        .map(|now| ids.made_at(now))
        .into();
        assert!(made.is_sorted(), "{made:?}");
        for (id, start) in made.iter().zip([
            "018bcfe5-6800-7",
            "018bcfe5-6800-7",
            "018bcfe5-6800-7",
            "018bcfe5-6801-7",
            "018bcfe5-6801-7",
        ]) {
            assert!(id.starts_with(start), "{id}");
        }
    }

    #[test]
    fn ids_of_one_millisecond_differ_are_in_order_and_are_of_version_7() -> Result<(), uuid::Error>
    {
        let ids = Ids::default();
        let made: Vec<String> = (0..10_000).map(|_| ids.made_at(7)).collect();
        assert!(made.is_sorted());
        assert_eq!(made.iter().collect::<HashSet<_>>().len(), made.len());
        for id in made {
            let id = Uuid::parse_str(&id)?;
            assert_eq!((millisecond(id), id.get_version_num()), (7, 7));
        }
        assert_ne!(Ids::default().made_at(7), Ids::default().made_at(7));
        Ok(())
    }

    #[test]
    fn where_no_more_fit_into_a_millisecond_the_next_begins() -> Result<(), uuid::Error> {
        let last_but_one = Uuid::parse_str("00000000-0007-7abc-bfff-fffffffffffe")?;
        let ids = Ids(Mutex::new(Some(last_but_one)));
        let last = ids.made_at(7);
        assert_eq!(last, "00000000-0007-7abc-bfff-ffffffffffff");
        let next = ids.made_at(7);
        assert!(next > last, "{next}");
        let next = Uuid::parse_str(&next)?;
        assert_eq!((millisecond(next), next.get_version_num()), (8, 7));
        Ok(())
    }
}
