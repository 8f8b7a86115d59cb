//! Decides when a read runs, for both stores. Short reads have permits of their own, so that long ones
//! cannot delay them. A read ends at its time limit, or when nobody waits for it any more.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::fair_semaphore::{FairSemaphore, Permit};
use super::{Caller, StoreFailure};

/// How long a short read may take. One that takes longer is stopped and starts again as a long read.
const SHORT: Duration = Duration::from_millis(100);
/// How long reads may go on after the host was asked to stop.
const GRACE_PERIOD: Duration = Duration::from_millis(50);
/// How long [`ReadScheduler::close`] waits for stopped reads to end.
const CLOSING: Duration = Duration::from_secs(5);

/// What a read waits for, as far as its attempt says. It decides how the read fails at its deadline.
#[derive(Debug, Clone, Default)]
struct Phase(Arc<AtomicU8>);

impl Phase {
    /// Its permit.
    const PERMIT: u8 = 0;
    /// A connection to the database.
    const CONNECTION: u8 = 1;
    /// The end of the read itself.
    const END: u8 = 2;

    fn set(&self, phase: u8) {
        self.0.store(phase, Ordering::Relaxed);
    }

    fn failure(&self, seconds: u64, overrun: Overrun) -> StoreFailure {
        match self.0.load(Ordering::Relaxed) {
            Self::PERMIT => StoreFailure::PermitTimeout(seconds),
            Self::CONNECTION => StoreFailure::NoConnection,
            _ => overrun(seconds),
        }
    }
}

/// How a read fails that has run until its deadline, by the seconds that it had.
type Overrun = fn(u64) -> StoreFailure;

/// The permit of a read, and its deadline.
#[derive(Debug)]
pub struct ReadPermit {
    _permit: Permit,
    /// The deadline.
    pub ends: Instant,
    phase: Phase,
}

impl ReadPermit {
    fn new(permit: Permit, ends: Instant, phase: &Phase) -> Self {
        let permit = Self {
            _permit: permit,
            ends,
            phase: phase.clone(),
        };
        permit.runs();
        permit
    }

    /// Notes that the read waits for a connection, which may take as long as its time.
    pub fn awaits_connection(&self) {
        self.phase.set(Phase::CONNECTION);
    }

    /// Notes that the read runs, as it does from the beginning unless it says otherwise.
    pub fn runs(&self) {
        self.phase.set(Phase::END);
    }
}

/// Schedules the reads of one store.
#[derive(Debug)]
pub struct ReadScheduler {
    short: FairSemaphore,
    long: FairSemaphore,
    /// How many long reads each caller has running.
    slow: Arc<Mutex<HashMap<Caller, usize>>>,
    timeout: Duration,
    stopping: watch::Sender<bool>,
}

impl ReadScheduler {
    /// `short` reads and `long` reads can run at the same time.
    pub fn new(short: usize, long: usize, timeout: Duration) -> Self {
        let most = |count: usize| FairSemaphore::new(count, count.saturating_sub(1).max(1));
        Self {
            short: most(short),
            long: most(long),
            slow: Arc::default(),
            timeout,
            stopping: watch::Sender::new(false),
        }
    }

    /// Runs a read that is known to be short.
    ///
    /// `attempt` is dropped when nobody waits for it any more. It then has to stop what it has started, and
    /// holds its permit until that has ended.
    pub async fn look_up<T, F, A>(&self, caller: Caller, attempt: F) -> Result<T, StoreFailure>
    where
        F: FnOnce(ReadPermit) -> A,
        A: Future<Output = Result<T, StoreFailure>>,
    {
        let ends = Instant::now() + self.timeout;
        let phase = Phase::default();
        let work = async {
            let permit = self.acquired(&self.short, caller, ends).await?;
            attempt(ReadPermit::new(permit, ends, &phase)).await
        };
        self.in_time(ends, &phase, StoreFailure::LookUpTimeout, work)
            .await
    }

    /// Runs a query: as a short read first, then as a long one. So `attempt` may be called
    /// twice. It answers [`StoreFailure::Cancelled`] when its deadline has passed.
    pub async fn query<T, F, A>(&self, caller: Caller, attempt: F) -> Result<T, StoreFailure>
    where
        F: Fn(ReadPermit) -> A,
        A: Future<Output = Result<T, StoreFailure>>,
    {
        self.short_or_long(caller, StoreFailure::QueryTimeout, attempt)
            .await
    }

    /// As [`ReadScheduler::query`], for a read of unknown length that has no conditions.
    pub async fn list<T, F, A>(&self, caller: Caller, attempt: F) -> Result<T, StoreFailure>
    where
        F: Fn(ReadPermit) -> A,
        A: Future<Output = Result<T, StoreFailure>>,
    {
        self.short_or_long(caller, StoreFailure::LookUpTimeout, attempt)
            .await
    }

    async fn short_or_long<T, F, A>(
        &self,
        caller: Caller,
        overrun: Overrun,
        attempt: F,
    ) -> Result<T, StoreFailure>
    where
        F: Fn(ReadPermit) -> A,
        A: Future<Output = Result<T, StoreFailure>>,
    {
        let ends = Instant::now() + self.timeout;
        let phase = Phase::default();
        let work = async {
            if !self.is_slow(caller) {
                let permit = self.acquired(&self.short, caller, ends).await?;
                // Of a hundred reads that came at once, the first may have shown meanwhile that they are long.
                if !self.is_slow(caller) {
                    let short_ends = ends.min(Instant::now() + SHORT);
                    match attempt(ReadPermit::new(permit, short_ends, &phase)).await {
                        Err(StoreFailure::Cancelled) => {}
                        done => return done,
                    }
                }
            }
            let _slow = SlowRead::new(&self.slow, caller);
            phase.set(Phase::PERMIT);
            let permit = self.acquired(&self.long, caller, ends).await?;
            attempt(ReadPermit::new(permit, ends, &phase)).await
        };
        self.in_time(ends, &phase, overrun, work).await
    }

    /// A permit, unless it comes only when the read's time is over: reads that came together end together, and each hands
    /// its permit to the next one.
    async fn acquired(
        &self,
        semaphore: &FairSemaphore,
        caller: Caller,
        ends: Instant,
    ) -> Result<Permit, StoreFailure> {
        let permit = semaphore.acquire(caller).await?;
        if Instant::now() >= ends {
            return Err(StoreFailure::PermitTimeout(self.timeout.as_secs()));
        }
        Ok(permit)
    }

    async fn in_time<T>(
        &self,
        ends: Instant,
        phase: &Phase,
        overrun: Overrun,
        work: impl Future<Output = Result<T, StoreFailure>>,
    ) -> Result<T, StoreFailure> {
        let seconds = self.timeout.as_secs();
        tokio::select! {
            done = work => match done {
                // Somebody else may have cancelled it in the database, before its time was over.
                Err(StoreFailure::Cancelled) if Instant::now() >= ends => {
                    Err(phase.failure(seconds, overrun))
                }
                done => done,
            },
            () = sleep_until(ends) => Err(phase.failure(seconds, overrun)),
            () = self.grace_period() => Err(StoreFailure::Closed),
        }
    }

    /// Asks reads to stop. Those that run, and those that still come, have [`GRACE_PERIOD`] each.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    async fn grace_period(&self) {
        let mut stopping = self.stopping.subscribe();
        if stopping.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(GRACE_PERIOD).await;
    }

    /// Takes no more reads and waits until the running ones have ended.
    pub async fn close(&self) {
        self.stop();
        self.short.close();
        self.long.close();
        let ended = async {
            while !self.is_idle() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(CLOSING, ended).await.is_err() {
            tracing::warn!("reads did not end in time");
        }
    }

    /// Whether no read runs.
    pub fn is_idle(&self) -> bool {
        self.short.is_idle() && self.long.is_idle()
    }

    fn is_slow(&self, caller: Caller) -> bool {
        lock(&self.slow).contains_key(&caller)
    }
}

fn lock(slow: &Mutex<HashMap<Caller, usize>>) -> MutexGuard<'_, HashMap<Caller, usize>> {
    slow.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While one exists, its caller's reads start as long reads.
struct SlowRead<'a> {
    all: &'a Mutex<HashMap<Caller, usize>>,
    caller: Caller,
}

impl<'a> SlowRead<'a> {
    fn new(all: &'a Mutex<HashMap<Caller, usize>>, caller: Caller) -> Self {
        *lock(all).entry(caller).or_default() += 1;
        Self { all, caller }
    }
}

impl Drop for SlowRead<'_> {
    fn drop(&mut self) {
        let mut all = lock(self.all);
        if let Some(count) = all.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
#[path = "read_scheduler_tests.rs"]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests;
