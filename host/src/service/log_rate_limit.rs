//! A rate limit for log lines about events that may happen a thousand times a second.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Lines per second.
const MOST: u64 = 5;

/// Counts the lines of this second, and those that were suppressed.
#[derive(Debug, Default)]
pub struct LogRateLimit {
    second: AtomicU64,
    allowed: AtomicU64,
    suppressed: AtomicU64,
}

impl LogRateLimit {
    /// Whether a line may be written now; with the number of lines that were suppressed since the last one.
    pub fn allow(&self) -> Option<u64> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| elapsed.as_secs());
        self.allow_at(now)
    }

    fn allow_at(&self, second: u64) -> Option<u64> {
        if self.second.swap(second, Ordering::Relaxed) != second {
            self.allowed.store(0, Ordering::Relaxed);
        }
        if self.allowed.fetch_add(1, Ordering::Relaxed) < MOST {
            return Some(self.suppressed.swap(0, Ordering::Relaxed));
        }
        self.suppressed.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::LogRateLimit;

    #[test]
    fn a_few_lines_a_second_are_allowed_and_the_others_are_counted() {
        let limit = LogRateLimit::default();
        let allowed = (0..100).filter(|_| limit.allow_at(7).is_some()).count();
        assert_eq!(allowed, 5);
        assert_eq!(limit.allow_at(8), Some(95));
        assert_eq!(limit.allow_at(8), Some(0));
    }
}
