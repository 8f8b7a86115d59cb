//! Outages: when a server cannot be reached, all waiters for a connection get the reason at the same time, instead
//! of one after the other.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::store::StoreFailure;

/// Broadcasts to all waiters that the server cannot be reached.
#[derive(Debug)]
pub struct Outages(watch::Sender<Option<StoreFailure>>);

impl Outages {
    pub fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Fails all current waiters.
    pub fn report(&self, reason: &str) -> StoreFailure {
        let failure = StoreFailure::Unreachable(reason.to_owned());
        self.0.send_replace(Some(failure.clone()));
        failure
    }

    /// The next outage from now on.
    pub fn next(&self) -> impl Future<Output = StoreFailure> + use<> {
        let mut outages = self.0.subscribe();
        async move {
            while outages.changed().await.is_ok() {
                if let Some(failure) = outages.borrow_and_update().clone() {
                    return failure;
                }
            }
            std::future::pending().await
        }
    }

    /// Runs work that may first wait for its permit. An outage ends that wait, but not work that has started.
    pub async fn unless_out<T>(
        &self,
        has_started: &AtomicBool,
        work: impl Future<Output = Result<T, StoreFailure>>,
    ) -> Result<T, StoreFailure> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                failure = self.next() => {
                    if !has_started.load(Ordering::Relaxed) {
                        return Err(failure);
                    }
                }
            }
        }
    }
}
