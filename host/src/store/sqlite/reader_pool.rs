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

    /// Runs a query. It is stopped at its deadline, and when nobody waits for it any more. `work` may be
    /// called twice.
    pub async fn query<T, F>(&self, caller: Caller, work: F) -> Result<T, StoreFailure>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreFailure> + Send + Sync + 'static,
    {
        let work = Arc::new(work);
        self.scheduler
            .query(caller, |permit| self.attempt(permit, Arc::clone(&work)))
            .await
    }

    /// As [`ReaderPool::query`], for a read of unknown length that has no conditions.
    pub async fn list<T, F>(&self, caller: Caller, work: F) -> Result<T, StoreFailure>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreFailure> + Send + Sync + 'static,
    {
        let work = Arc::new(work);
        self.scheduler
            .list(caller, |permit| self.attempt(permit, Arc::clone(&work)))
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use rusqlite::Connection;
    use tokio::task::JoinHandle;

    use super::ReaderPool;
    use crate::store::sqlite::connection::open_for_writing;
    use crate::store::sqlite::file::OpenFiles;
    use crate::store::{Caller, StoreFailure};

    /// Longer than a test takes, where no read is to end at its limit.
    const LONG: Duration = Duration::from_secs(300);

    /// A pool, and the writer's connection, which keeps the files there.
    fn pool(folder: &Path, timeout: Duration) -> (Arc<ReaderPool>, Connection) {
        let file = folder.join("events.db");
        let writer = open_for_writing(&file).unwrap();
        writer.execute_batch("CREATE TABLE event (a)").unwrap();
        let pool = ReaderPool::new(&file, OpenFiles::of(&file), 1, 1, timeout);
        (Arc::new(pool), writer)
    }

    /// Waits until a read runs that has to be ended.
    async fn runs(pool: &ReaderPool, read: &JoinHandle<Result<i64, StoreFailure>>) {
        while pool.scheduler.is_idle() {
            assert!(!read.is_finished());
            tokio::task::yield_now().await;
        }
    }

    fn count(connection: &Connection, to: i64) -> Result<i64, StoreFailure> {
        let sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?1) SELECT count(*) FROM n";
        Ok(connection.query_row(sql, [to], |row| row.get(0))?)
    }

    /// A read without an end, of which one at a time can run.
    async fn endless(pool: &ReaderPool) -> Result<i64, StoreFailure> {
        let read = |connection: &Connection| count(connection, i64::MAX);
        pool.query(Caller::HOST, read).await
    }

    async fn small(pool: &ReaderPool) -> Result<i64, StoreFailure> {
        let read = |connection: &Connection| count(connection, 2_000);
        pool.query(Caller::HOST, read).await
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_read_ends_at_its_limit_and_leaves_its_permit_and_connection_to_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let (pool, _writer) = pool(folder.path(), Duration::from_secs(1));
        for _ in 0..2 {
            let failure = endless(&pool).await.unwrap_err();
            assert_eq!(failure, StoreFailure::QueryTimeout(1));
        }
        let read = |connection: &Connection| count(connection, 2);
        assert_eq!(pool.look_up(Caller::HOST, read).await, Ok(2));
        // One short and one long read can run at the same time, so there are no more connections than two.
        let idle = pool.connections.idle().len();
        assert!((1..=2).contains(&idle), "{idle} connections");
        pool.close().await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_read_that_nobody_waits_for_any_more_ends() {
        let folder = tempfile::tempdir().unwrap();
        let (pool, _writer) = pool(folder.path(), LONG);
        let abandoned = {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move {
                pool.look_up(Caller::HOST, |connection| count(connection, i64::MAX))
                    .await
            })
        };
        runs(&pool, &abandoned).await;
        abandoned.abort();
        let _ = abandoned.await;
        assert_eq!(small(&pool).await, Ok(2_000), "it has its permit");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_host_that_stops_ends_reads_and_takes_no_more_once_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let (pool, _writer) = pool(folder.path(), LONG);
        assert_eq!(small(&pool).await, Ok(2_000));
        let running = {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move { endless(&pool).await })
        };
        runs(&pool, &running).await;
        pool.stop();
        assert_eq!(running.await.unwrap(), Err(StoreFailure::Closed));
        pool.close().await;
        assert!(pool.scheduler.is_idle());
        assert!(pool.connections.idle().is_empty(), "the files are free");
        assert_eq!(small(&pool).await, Err(StoreFailure::Closed));
    }
}
