//! Which read may run when, for both stores: some turns are kept for reads that are short, the others
//! are for those that are not, and no read runs longer than its limit, or than somebody wants it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::turns::{Turn, Turns};
use super::{Caller, StoreFailure};

/// How long a read may take to be a short one. Who takes longer is stopped, and begins again with
/// the long ones.
const SHORT: Duration = Duration::from_millis(100);
/// How long reads go on once the host is told to stop.
const FAREWELL: Duration = Duration::from_millis(50);
/// How long one waits for reads to end that were stopped.
const CLOSING: Duration = Duration::from_secs(5);

/// A read's turn, and when it is over.
#[derive(Debug)]
pub struct ReadTurn {
    _turn: Turn,
    /// When the read has to have ended.
    pub ends: Instant,
}

/// The turns of the reads of a store.
#[derive(Debug)]
pub struct Reading {
    short: Turns,
    long: Turns,
    /// How many long reads each caller has.
    slow: Arc<Mutex<HashMap<Caller, usize>>>,
    timeout: Duration,
    stopping: watch::Sender<bool>,
}

impl Reading {
    /// So many turns for short reads and for long ones.
    pub fn new(short: usize, long: usize, timeout: Duration) -> Self {
        let most = |count: usize| Turns::new(count, count.saturating_sub(1).max(1));
        Self {
            short: most(short),
            long: most(long),
            slow: Arc::default(),
            timeout,
            stopping: watch::Sender::new(false),
        }
    }

    /// Runs a read that is always short: it takes its turn with the short ones.
    ///
    /// `attempt` is dropped when nobody waits for it any more, and has to end what it began then. It
    /// holds its turn until that has ended.
    pub async fn look_up<T, F, A>(&self, caller: Caller, attempt: F) -> Result<T, StoreFailure>
    where
        F: FnOnce(ReadTurn) -> A,
        A: Future<Output = Result<T, StoreFailure>>,
    {
        let ends = Instant::now() + self.timeout;
        let began = AtomicBool::new(false);
        let work = async {
            let _turn = self.short.take(caller).await?;
            began.store(true, Ordering::Relaxed);
            attempt(ReadTurn { _turn, ends }).await
        };
        self.in_time(ends, &began, work).await
    }

    /// Runs a read of which nobody knows how long it takes; `attempt` may be called twice. It answers
    /// [`StoreFailure::Cancelled`] when its time was over.
    pub async fn query<T, F, A>(&self, caller: Caller, attempt: F) -> Result<T, StoreFailure>
    where
        F: Fn(ReadTurn) -> A,
        A: Future<Output = Result<T, StoreFailure>>,
    {
        let ends = Instant::now() + self.timeout;
        let began = AtomicBool::new(false);
        let work = async {
            if !self.is_slow(caller) {
                let turn = self.short.take(caller).await?;
                // Of a hundred that came at once, the first have shown what the others are.
                if !self.is_slow(caller) {
                    began.store(true, Ordering::Relaxed);
                    let short = ReadTurn {
                        _turn: turn,
                        ends: ends.min(Instant::now() + SHORT),
                    };
                    match attempt(short).await {
                        Err(StoreFailure::Cancelled) => {}
                        done => return done,
                    }
                }
            }
            let _slow = Slow::new(&self.slow, caller);
            began.store(false, Ordering::Relaxed);
            let _turn = self.long.take(caller).await?;
            began.store(true, Ordering::Relaxed);
            attempt(ReadTurn { _turn, ends }).await
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
                StoreFailure::NoTurn(seconds)
            }),
            () = self.farewell() => Err(StoreFailure::Closed),
        }
    }

    /// Reads have [`FAREWELL`] from now on, or from when they come.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    async fn farewell(&self) {
        let mut stopping = self.stopping.subscribe();
        if stopping.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(FAREWELL).await;
    }

    /// Takes no more reads, and waits until those that run have ended.
    pub async fn close(&self) {
        self.stop();
        self.short.close();
        self.long.close();
        let ended = async {
            while !(self.short.are_all_free() && self.long.are_all_free()) {
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

/// While one of these is there, its caller's reads do not try to be short.
struct Slow<'a> {
    all: &'a Mutex<HashMap<Caller, usize>>,
    caller: Caller,
}

impl<'a> Slow<'a> {
    fn new(all: &'a Mutex<HashMap<Caller, usize>>, caller: Caller) -> Self {
        *lock(all).entry(caller).or_default() += 1;
        Self { all, caller }
    }
}

impl Drop for Slow<'_> {
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
