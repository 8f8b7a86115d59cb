//! How often something is done that could be done all the time.

use std::time::Duration;

use tokio::time::Instant;

/// Something that is done once in an interval at most.
pub struct Throttle {
    interval: Duration,
    last: Option<Instant>,
}

impl Throttle {
    /// It is due at once.
    pub fn new(interval: Duration) -> Self {
        Self {
            interval,
            last: None,
        }
    }

    /// Whether it is due. If so, the interval begins anew.
    pub fn is_due(&mut self, now: Instant) -> bool {
        let is_due = self
            .last
            .is_none_or(|last| now.duration_since(last) >= self.interval);
        if is_due {
            self.last = Some(now);
        }
        is_due
    }

    /// It is due again at once.
    pub fn reset(&mut self) {
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::Throttle;

    #[test]
    fn it_is_due_once_in_each_interval_and_at_once_after_a_reset() {
        let start = Instant::now();
        let mut throttle = Throttle::new(Duration::from_secs(5));
        for (seconds, is_due) in [
            (0, true),
            (1, false),
            (4, false),
            (5, true),
            (9, false),
            (12, true),
            (16, false),
            (17, true),
        ] {
            let now = start + Duration::from_secs(seconds);
            assert_eq!(throttle.is_due(now), is_due, "after {seconds} s");
        }
        throttle.reset();
        assert!(throttle.is_due(start + Duration::from_secs(17)));
    }
}
