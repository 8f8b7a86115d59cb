//! The reader pool: connections that read while the writer's connection writes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;
use tokio::time::sleep_until;

use super::connection::open_for_reading;
use super::file::OpenFiles;
use super::stop::Stop;
use crate::store::read_scheduler::{ReadPermit, ReadScheduler};
use crate::store::{Caller, StoreFailure};

/// A pool of reading connections. Each read runs on a thread that may block.
pub struct ReaderPool {
    scheduler: ReadScheduler,
    connections: Arc<Connections>,
}

struct Connections {
    file: PathBuf,
    files: OpenFiles,
    idle: Mutex<Vec<Connection>>,
}

impl ReaderPool {
    /// A pool for `short` short and `count` long reads at the same time.
    pub fn new(
        file: &Path,
        files: OpenFiles,
        short: usize,
        count: usize,
        timeout: Duration,
    ) -> Self {
        Self {
            scheduler: ReadScheduler::new(short, count, timeout),
            connections: Arc::new(Connections {
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
        self.scheduler
            .look_up(caller, |permit| self.attempt(permit, work))
            .await
    }

    /// Runs a read. It is stopped at its deadline, and when nobody waits for it any more. `work` may be
    /// called twice.
    pub async fn read<T, F>(&self, caller: Caller, work: F) -> Result<T, StoreFailure>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreFailure> + Send + Sync + 'static,
    {
        let work = Arc::new(work);
        self.scheduler
            .query(caller, |permit| self.attempt(permit, Arc::clone(&work)))
            .await
    }

    async fn attempt<T, F>(&self, permit: ReadPermit, work: Arc<F>) -> Result<T, StoreFailure>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreFailure> + Send + Sync + 'static,
    {
        let pool = Arc::clone(&self.connections);
        let (started, stop) = oneshot::channel();
        let ends = permit.ends;
        let mut stopping = StopOnDrop { stop };
        let mut task = tokio::task::spawn_blocking(move || {
            // The permit is held until the read has ended, even when nobody waits any more.
            let _permit = permit;
            let mut connection = pool.connection()?;
            let stop = Stop::of(&mut connection)?;
            if started.send(Arc::clone(&stop)).is_err() {
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

    /// Gives reads a grace period to end.
    pub fn stop(&self) {
        self.scheduler.stop();
    }

    /// Takes no more reads, waits for the running ones, and closes the connections.
    pub async fn close(&self) {
        self.scheduler.close().await;
        self.connections.idle().clear();
    }
}

impl Connections {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connection(&self) -> Result<Connection, StoreFailure> {
        if let Some(connection) = self.idle().pop() {
            return Ok(connection);
        }
        // A new connection must open the file that the writer has open, not another one of that name.
        self.files.check()?;
        let connection = open_for_reading(&self.file)?;
        self.files.check()?;
        Ok(connection)
    }

    fn give_back(&self, connection: Connection) {
        self.idle().push(connection);
    }
}

/// Stops a read when the future that waits for it is dropped. A read that has not started yet notices that
/// its receiver is closed.
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
