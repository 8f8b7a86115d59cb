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

    /// Counts a failed attempt and gives the delay before the next, or `None` after the last.
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
        let delays: Vec<u64> = std::iter::from_fn(|| backoff.next_delay(&options))
            .take(201)
            .collect();
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
    fn the_first_delay_lies_between_nothing_and_the_initial_delay_both_included() {
        let options = Reconnect {
            initial_delay: 3,
            max_delay: 3,
            max_attempts: u32::MAX,
            ..Reconnect::default()
        };
        let mut backoff = Backoff::new(7);
        let mut counts = [0; 4];
        for _ in 0..4_000 {
            let delay = backoff
                .next_delay(&options)
                .and_then(|delay| usize::try_from(delay).ok());
            if let Some(count) = delay.and_then(|delay| counts.get_mut(delay)) {
                *count += 1;
            }
        }
        assert!(
            counts.iter().all(|count| (900..1_100).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn the_failed_attempts_are_counted_up_to_the_last_stable_connection() {
        let options = Reconnect::default();
        let mut backoff = Backoff::new(1);
        for attempt in 1..4 {
            backoff.next_delay(&options);
            assert_eq!(backoff.failed(), attempt);
        }
        backoff.reset();
        assert_eq!(backoff.failed(), 0);
    }

    #[test]
    fn the_delays_of_two_clients_are_not_the_same() {
        let delays = |seed| {
            let mut backoff = Backoff::new(seed);
            core::array::from_fn::<_, 8, _>(|_| backoff.next_delay(&Reconnect::default()))
        };
        let all = [0, 2, 4, 1 << 20, 1 << 40].map(delays);
        for (at, first) in all.iter().enumerate() {
            for second in all.iter().skip(at + 1) {
                assert_ne!(first, second);
            }
        }
    }

    #[test]
    fn the_random_numbers_are_those_of_xorshift64() {
        // Marsaglia's shifts 13, 7 and 17, worked out apart from this code.
        let mut backoff = Backoff::new(1);
        assert_eq!(
            [backoff.next_random(), backoff.next_random()],
            [1_082_269_761, 1_152_992_998_833_853_505]
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
