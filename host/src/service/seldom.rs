//! Saying something that may happen a thousand times a second, a few times a second.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// How often a second.
const MOST: u64 = 5;

/// Counts what is said in this second, and what was not.
#[derive(Debug, Default)]
pub struct Seldom {
    second: AtomicU64,
    said: AtomicU64,
    unsaid: AtomicU64,
}

impl Seldom {
    /// Whether it may be said now; with how many were not said since the last time.
    pub fn may_say(&self) -> Option<u64> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| elapsed.as_secs());
        self.may_say_at(now)
    }

    fn may_say_at(&self, second: u64) -> Option<u64> {
        if self.second.swap(second, Ordering::Relaxed) != second {
            self.said.store(0, Ordering::Relaxed);
        }
        if self.said.fetch_add(1, Ordering::Relaxed) < MOST {
            return Some(self.unsaid.swap(0, Ordering::Relaxed));
        }
        self.unsaid.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Seldom;

    #[test]
    fn what_happens_often_is_said_a_few_times_and_the_rest_is_counted() {
        let seldom = Seldom::default();
        let said = (0..100).filter(|_| seldom.may_say_at(7).is_some()).count();
        assert_eq!(said, 5);
        assert_eq!(seldom.may_say_at(8), Some(95));
        assert_eq!(seldom.may_say_at(8), Some(0));
    }
}
