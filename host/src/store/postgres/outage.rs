//! A server that cannot be reached: whoever waits for a connection to it is told the reason at the same
//! time, instead of one after the other.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::store::StoreFailure;

/// Tells all who wait that there is nothing to wait for.
#[derive(Debug)]
pub struct Outages(watch::Sender<Option<StoreFailure>>);

impl Outages {
    pub fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Tells all who wait now.
    pub fn tell(&self, reason: &str) -> StoreFailure {
        let failure = StoreFailure::Unreachable(reason.to_owned());
        self.0.send_replace(Some(failure.clone()));
        failure
    }

    /// The next one from now on.
    pub fn next(&self) -> impl Future<Output = StoreFailure> + use<> {
        let mut told = self.0.subscribe();
        async move {
            while told.changed().await.is_ok() {
                if let Some(failure) = told.borrow_and_update().clone() {
                    return failure;
                }
            }
            std::future::pending().await
        }
    }

    /// Does what begins once it is its turn; an outage before that ends the wait.
    pub async fn unless_out<T>(
        &self,
        has_begun: &AtomicBool,
        work: impl Future<Output = Result<T, StoreFailure>>,
    ) -> Result<T, StoreFailure> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                failure = self.next() => {
                    if !has_begun.load(Ordering::Relaxed) {
                        return Err(failure);
                    }
                }
            }
        }
    }
}
