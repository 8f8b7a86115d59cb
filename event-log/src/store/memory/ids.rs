//! Ids of the time that a store is given, so that they are in the order in which they were made.

use std::sync::Mutex;

use uuid::{ContextV7, Timestamp, Uuid};

/// Makes ids.
#[derive(Default)]
pub struct Ids(Mutex<ContextV7>);

impl Ids {
    /// An id that was not there before, made at that time, in milliseconds since 1970. It is never before
    /// one that was made already, also when the time is.
    pub fn made_at(&self, now: i64) -> String {
        let since = u64::try_from(now).unwrap_or(0);
        let nanoseconds = u32::try_from(since % 1_000).unwrap_or(0) * 1_000_000;
        Uuid::new_v7(Timestamp::from_unix(&self.0, since / 1_000, nanoseconds)).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

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
        for id in &made {
            assert!(id.starts_with("018bcfe5-680"), "{id}");
        }
    }
}
