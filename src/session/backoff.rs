//! Delays between attempts to connect: exponential, with full jitter.

use super::options::Reconnect;

/// Counts attempts and computes the next delay.
#[derive(Debug)]
pub(super) struct Backoff {
    failed: u32,
    random: u64,
}

impl Backoff {
    /// `seed` only spreads the delays of several clients; it guards no secret.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            failed: 0,
            random: seed | 1,
        }
    }

    /// How many attempts have failed since the last stable connection.
    pub(super) fn failed(&self) -> u32 {
        self.failed
    }

    pub(super) fn reset(&mut self) {
        self.failed = 0;
    }

    /// Counts a failed attempt and gives the delay before the next, or `None` when there have been enough.
    pub(super) fn next_delay(&mut self, options: &Reconnect) -> Option<u64> {
        if self.failed >= options.max_attempts {
            return None;
        }
        let doubled = options
            .initial_delay
            .saturating_mul(1_u64.checked_shl(self.failed).unwrap_or(u64::MAX));
        self.failed += 1;
        let bound = doubled.min(options.max_delay);
        Some(self.next_random() % bound.saturating_add(1).max(1))
    }

    /// The next number of Marsaglia's xorshift64.
    fn next_random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn delays_stay_below_a_bound_that_doubles_up_to_the_maximum() {
        let options = Reconnect {
            initial_delay: 100,
            max_delay: 1_000,
            max_attempts: 200,
            ..Reconnect::default()
        };
        let mut backoff = Backoff::new(42);
        let delays: Vec<u64> = std::iter::from_fn(|| backoff.next_delay(&options)).collect();
        assert_eq!(delays.len(), 200);
        for (attempt, delay) in delays.iter().enumerate() {
            let bound = 100_u64.saturating_mul(1 << attempt.min(10)).min(1_000);
            assert!(*delay <= bound, "attempt {attempt}: {delay}");
        }
        assert!(
            delays.iter().any(|&delay| delay > 500),
            "the maximum is used"
        );
        assert!(
            delays.iter().skip(4).any(|&delay| delay < 500),
            "the jitter is full"
        );
    }

    #[test]
    fn it_gives_up_after_the_last_attempt_and_starts_anew_after_a_reset() {
        let options = Reconnect {
            max_attempts: 2,
            ..Reconnect::default()
        };
        let mut backoff = Backoff::new(1);
        assert!(backoff.next_delay(&options).is_some());
        assert!(backoff.next_delay(&options).is_some());
        assert_eq!(backoff.next_delay(&options), None);
        backoff.reset();
        assert!(backoff.next_delay(&options).is_some());
    }
}
