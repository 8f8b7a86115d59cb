//! A callback for commits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

type Listener = dyn Fn(usize, Duration) + Send + Sync;

/// A function that is called after each commit with the number of its requests and its duration.
#[derive(Clone, Default)]
pub struct CommitObserver(Option<Arc<Listener>>);

impl CommitObserver {
    /// Calls the function after each commit.
    pub fn new(listener: impl Fn(usize, Duration) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    /// Reports a commit.
    pub fn committed(&self, requests: usize, took: Duration) {
        if let Some(listener) = &self.0 {
            listener(requests, took);
        }
    }
}

impl fmt::Debug for CommitObserver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CommitObserver")
    }
}
