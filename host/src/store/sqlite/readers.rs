//! The connections that read, beside the one that writes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::connection::open_for_reading;
use super::file::OpenFiles;
use crate::store::StoreFailure;

/// A pool of reading connections. Each read runs on a thread that may block.
#[derive(Clone)]
pub struct Readers {
    file: PathBuf,
    files: OpenFiles,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
    timeout: Duration,
}

impl Readers {
    pub fn new(file: &Path, files: OpenFiles, count: usize, timeout: Duration) -> Self {
        Self {
            file: file.to_owned(),
            files,
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(count)),
            timeout,
        }
    }

    /// Runs a read; one that takes too long is interrupted.
    pub async fn read<T, F>(&self, work: F) -> Result<T, StoreFailure>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreFailure> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| StoreFailure::Closed)?;
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                // Another file of that name is not the one that is written to.
                self.files.check()?;
                let connection = open_for_reading(&self.file)?;
                self.files.check()?;
                connection
            }
        };
        let interrupt = connection.get_interrupt_handle();
        let pool = Arc::clone(&self.idle);
        let seconds = self.timeout.as_secs();
        let mut task = tokio::task::spawn_blocking(move || {
            let outcome = work(&connection);
            pool.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
            drop(permit);
            outcome
        });
        let joined = match tokio::time::timeout(self.timeout, &mut task).await {
            Ok(joined) => joined,
            Err(_) => {
                interrupt.interrupt();
                let _ = task.await;
                return Err(StoreFailure::QueryTimeout(seconds));
            }
        };
        joined.map_err(|error| StoreFailure::Database(error.to_string()))?
    }

    /// Closes the connections that are idle and takes no more reads.
    pub fn close(&self) {
        self.permits.close();
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
