//! Decides when a read runs, for both stores. Short reads have permits of their own, so that long ones
//! cannot delay them. A read ends at its time limit, or when nobody waits for it any more.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
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

/// The permit of a read, and its deadline.
#[derive(Debug)]
pub struct ReadPermit {
    _permit: Permit,
    /// The deadline.
    pub ends: Instant,
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
        let began = AtomicBool::new(false);
        let work = async {
            let _permit = self.short.acquire(caller).await?;
            began.store(true, Ordering::Relaxed);
            attempt(ReadPermit { _permit, ends }).await
        };
        self.in_time(ends, &began, work).await
    }

    /// Runs a read of unknown length: as a short one first, then as a long one. So `attempt` may be called
    /// twice. It answers [`StoreFailure::Cancelled`] when its deadline has passed.
    pub async fn query<T, F, A>(&self, caller: Caller, attempt: F) -> Result<T, StoreFailure>
    where
        F: Fn(ReadPermit) -> A,
        A: Future<Output = Result<T, StoreFailure>>,
    {
        let ends = Instant::now() + self.timeout;
        let began = AtomicBool::new(false);
        let work = async {
            if !self.is_slow(caller) {
                let permit = self.short.acquire(caller).await?;
                // Of a hundred reads that came at once, the first may have shown meanwhile that they are long.
                if !self.is_slow(caller) {
                    began.store(true, Ordering::Relaxed);
                    let short = ReadPermit {
                        _permit: permit,
                        ends: ends.min(Instant::now() + SHORT),
                    };
                    match attempt(short).await {
                        Err(StoreFailure::Cancelled) => {}
                        done => return done,
                    }
                }
            }
            let _slow = SlowRead::new(&self.slow, caller);
            began.store(false, Ordering::Relaxed);
            let _permit = self.long.acquire(caller).await?;
            began.store(true, Ordering::Relaxed);
            attempt(ReadPermit { _permit, ends }).await
        };
        self.in_time(ends, &began, work).await
    }

    async fn in_time<T>(
        &self,
        ends: Instant,
        began: &AtomicBool,
        work: impl Future<Output = Result<T, StoreFailure>>,
    ) -> Result<T, StoreFailure> {
        let seconds = self.timeout.as_secs();
        tokio::select! {
            done = work => match done {
                Err(StoreFailure::Cancelled) => Err(StoreFailure::QueryTimeout(seconds)),
                done => done,
            },
            () = sleep_until(ends) => Err(if began.load(Ordering::Relaxed) {
                StoreFailure::QueryTimeout(seconds)
            } else {
                StoreFailure::PermitTimeout(seconds)
            }),
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
            while !(self.short.is_idle() && self.long.is_idle()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(CLOSING, ended).await.is_err() {
            tracing::warn!("reads did not end in time");
        }
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
