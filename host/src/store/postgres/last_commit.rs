//! When the database took a write the last time, for health checks.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::StoreFailure;

/// The time of the last commit, if nothing of the database has failed since.
#[derive(Debug, Default)]
pub struct LastCommit(Mutex<Option<Instant>>);

impl LastCommit {
    /// A write has ended, well or with this failure. A refused request says nothing about the database.
    pub fn note(&self, failure: Option<&StoreFailure>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match failure {
            None => *last = Some(Instant::now()),
            Some(failure) if failure.is_of_database() => *last = None,
            Some(_) => {}
        }
    }

    /// Whether it was that recent.
    pub fn is_within(&self, time: Duration) -> bool {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|done| done.elapsed() < time)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::LastCommit;
    use crate::store::StoreFailure;

    #[test]
    fn a_commit_is_proof_for_a_while_and_until_the_database_fails() {
        let hour = Duration::from_hours(1);
        let last = LastCommit::default();
        assert!(!last.is_within(hour), "nothing was written yet");
        last.note(None);
        assert!(last.is_within(hour) && !last.is_within(Duration::ZERO));
        last.note(Some(&StoreFailure::NoInstance("\"log\"".into())));
        assert!(last.is_within(hour), "the request was wrong");
        last.note(Some(&StoreFailure::Database("it is gone".into())));
        assert!(!last.is_within(hour), "the database failed");
        last.note(None);
        assert!(last.is_within(hour));
    }
}
