//! The state of the writing thread, for health checks.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::store::StoreFailure;
use crate::store::panic_watch::PanicWatch;

/// How long a transaction may take before the host reports that writes do not work.
const LONGEST_STEP: Duration = Duration::from_secs(30);
/// How long another process may hold the file's lock before the host reports it.
const LONGEST_LOCK: Duration = Duration::from_millis(500);

/// What the writer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It waits for something to write.
    Waiting,
    /// It waits for the file's lock.
    Locking,
    /// It writes and commits.
    Writing,
}

impl Step {
    /// Fails when a step takes longer than it should. A long one is normal under load, up to the limits above.
    fn check(self, took: Duration) -> Result<(), StoreFailure> {
        match self {
            Self::Locking if took > LONGEST_LOCK => Err(StoreFailure::Database(format!(
                "another process has locked the database file for {} ms",
                took.as_millis()
            ))),
            Self::Writing if took > LONGEST_STEP => Err(StoreFailure::Database(format!(
                "the transaction that is being written has not ended for {} s",
                took.as_secs()
            ))),
            _ => Ok(()),
        }
    }
}

#[derive(Debug)]
struct State {
    step: Step,
    since: Instant,
    /// How many transactions ended, well or not.
    ended: u64,
    last_done: Option<Instant>,
    last: Result<(), StoreFailure>,
}

/// Shared by the writing thread and health checks.
#[derive(Debug)]
pub struct WriterHealth {
    state: Mutex<State>,
    /// Whether the thread has panicked.
    pub panics: PanicWatch,
}

impl WriterHealth {
    pub fn new() -> Self {
        Self {
            state: Mutex::new(State {
                step: Step::Waiting,
                since: Instant::now(),
                ended: 0,
                last_done: None,
                last: Ok(()),
            }),
            panics: PanicWatch::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn enter(&self, step: Step) {
        let mut state = self.state();
        state.step = step;
        state.since = Instant::now();
    }

    /// A transaction ended; `outcome` says whether the database took it.
    pub fn ended(&self, outcome: Result<(), StoreFailure>) {
        let mut state = self.state();
        state.ended += 1;
        if outcome.is_ok() {
            state.last_done = Some(Instant::now());
        }
        state.last = outcome;
    }

    /// How many transactions have ended.
    pub fn count(&self) -> u64 {
        self.state().ended
    }

    /// Whether a transaction was committed that recently, and none has failed since.
    pub fn done_within(&self, time: Duration) -> bool {
        let state = self.state();
        state.last.is_ok() && state.last_done.is_some_and(|done| done.elapsed() < time)
    }

    /// How the last transaction ended.
    pub fn last(&self) -> Result<(), StoreFailure> {
        self.state().last.clone()
    }

    /// The health while a transaction runs.
    pub fn verify(&self) -> Result<(), StoreFailure> {
        let state = self.state();
        state.step.check(state.since.elapsed())?;
        state.last.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Step, WriterHealth};
    use crate::store::StoreFailure;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn a_lock_is_reported_after_half_a_second_and_a_transaction_after_thirty() {
        let failed = |step: Step, milliseconds: u64| {
            let checked = step.check(Duration::from_millis(milliseconds));
            checked.err().map(|failure| failure.to_string())
        };
        assert_eq!(failed(Step::Locking, 500), None);
        let text = failed(Step::Locking, 501).unwrap_or_default();
        assert!(text.contains("locked") && text.contains("501 ms"), "{text}");
        assert_eq!(failed(Step::Writing, 30_000), None);
        let text = failed(Step::Writing, 31_000).unwrap_or_default();
        assert!(text.contains("has not ended for 31 s"), "{text}");
        assert_eq!(failed(Step::Waiting, 1_000_000), None);
    }

    #[test]
    fn how_long_a_step_takes_counts_from_its_beginning() {
        let health = WriterHealth::new();
        for step in [Step::Locking, Step::Writing] {
            health.enter(step);
            // Nothing has waited for so long, and no test can: it began before.
            let mut state = health.state();
            state.since = state.since.checked_sub(HOUR).unwrap_or(state.since);
            drop(state);
            assert!(health.verify().is_err(), "{step:?}");
        }
        health.enter(Step::Writing);
        assert_eq!(health.verify(), Ok(()));
    }

    #[test]
    fn only_a_commit_that_nothing_failed_after_is_proof_that_writes_work() {
        let health = WriterHealth::new();
        assert!(!health.done_within(HOUR), "nothing was written yet");
        health.ended(Ok(()));
        assert!(health.done_within(HOUR) && !health.done_within(Duration::ZERO));
        let failure = StoreFailure::Full("no room".into());
        health.ended(Err(failure.clone()));
        assert!(!health.done_within(HOUR), "the last one failed");
        assert_eq!(
            (health.last(), health.verify()),
            (Err(failure.clone()), Err(failure))
        );
        health.ended(Ok(()));
        assert!(health.done_within(HOUR));
        assert_eq!((health.last(), health.verify()), (Ok(()), Ok(())));
        assert_eq!(health.count(), 3, "failed ones have ended, too");
    }
}
