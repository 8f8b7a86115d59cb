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

    /// The health while a transaction runs. A long one is normal under load, up to the limits above.
    pub fn verify(&self) -> Result<(), StoreFailure> {
        let state = self.state();
        let took = state.since.elapsed();
        match state.step {
            Step::Locking if took > LONGEST_LOCK => Err(StoreFailure::Database(format!(
                "another process has locked the database file for {} ms",
                took.as_millis()
            ))),
            Step::Writing if took > LONGEST_STEP => Err(StoreFailure::Database(format!(
                "the transaction that is being written has not ended for {} s",
                took.as_secs()
            ))),
            _ => state.last.clone(),
        }
    }
}
