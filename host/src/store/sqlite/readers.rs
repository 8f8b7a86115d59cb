//! The connections that read, beside the one that writes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;
use tokio::time::sleep_until;

use super::connection::open_for_reading;
use super::file::OpenFiles;
use super::stop::Stop;
use crate::store::reading::{ReadTurn, Reading};
use crate::store::{Caller, StoreFailure};

/// A pool of reading connections. Each read runs on a thread that may block.
pub struct Readers {
    reading: Reading,
    pool: Arc<Pool>,
}

struct Pool {
    file: PathBuf,
    files: OpenFiles,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// `count` reads that take their time, and `short` that do not.
    pub fn new(
        file: &Path,
        files: OpenFiles,
        short: usize,
        count: usize,
        timeout: Duration,
    ) -> Self {
        Self {
            reading: Reading::new(short, count, timeout),
            pool: Arc::new(Pool {
                file: file.to_owned(),
                files,
                idle: Mutex::default(),
            }),
        }
    }

    /// Runs a read that is known to be short.
    pub async fn look_up<T, F>(&self, caller: Caller, work: F) -> Result<T, StoreFailure>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreFailure> + Send + Sync + 'static,
    {
        let work = Arc::new(work);
        self.reading
            .look_up(caller, |turn| self.attempt(turn, work))
            .await
    }

    /// Runs a read. It is stopped when it takes too long, and when nobody waits for it any more. It
    /// may be run twice.
    pub async fn read<T, F>(&self, caller: Caller, work: F) -> Result<T, StoreFailure>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreFailure> + Send + Sync + 'static,
    {
        let work = Arc::new(work);
        self.reading
            .query(caller, |turn| self.attempt(turn, Arc::clone(&work)))
            .await
    }

    async fn attempt<T, F>(&self, turn: ReadTurn, work: Arc<F>) -> Result<T, StoreFailure>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreFailure> + Send + Sync + 'static,
    {
        let pool = Arc::clone(&self.pool);
        let (begun, stop) = oneshot::channel();
        let ends = turn.ends;
        let mut stopping = StopOnDrop { stop };
        let mut task = tokio::task::spawn_blocking(move || {
            // Held until the read has ended, whoever waits for it.
            let _turn = turn;
            let mut connection = pool.connection()?;
            let stop = Stop::of(&mut connection)?;
            if begun.send(Arc::clone(&stop)).is_err() {
                pool.give_back(connection);
                return Err(StoreFailure::Cancelled);
            }
            let outcome = work(&connection);
            stop.ended();
            pool.give_back(connection);
            outcome
        });
        let joined = tokio::select! {
            joined = &mut task => joined,
            () = sleep_until(ends) => {
                stopping.stop();
                task.await
            }
        };
        joined.map_err(|error| StoreFailure::Database(error.to_string()))?
    }

    /// Reads have a moment to end.
    pub fn stop(&self) {
        self.reading.stop();
    }

    /// Takes no more reads, waits for those that run, and closes the connections.
    pub async fn close(&self) {
        self.reading.close().await;
        self.pool.idle().clear();
    }
}

impl Pool {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connection(&self) -> Result<Connection, StoreFailure> {
        if let Some(connection) = self.idle().pop() {
            return Ok(connection);
        }
        // Another file of that name is not the one that is written to.
        self.files.check()?;
        let connection = open_for_reading(&self.file)?;
        self.files.check()?;
        Ok(connection)
    }

    fn give_back(&self, connection: Connection) {
        self.idle().push(connection);
    }
}

/// Stops a read when what waits for it is dropped. One that has not begun finds nobody waiting.
struct StopOnDrop {
    stop: oneshot::Receiver<Arc<Stop>>,
}

impl StopOnDrop {
    fn stop(&mut self) {
        self.stop.close();
        if let Ok(stop) = self.stop.try_recv() {
            stop.stop();
        }
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.stop();
    }
}
