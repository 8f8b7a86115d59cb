//! The one thread that writes. It takes waiting requests into one transaction, up to 4,096 of them or 8 MiB, each in its own
//! savepoint, commits, and only then answers.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::counters::CachedCounters;
use super::file::OpenFiles;
use super::writer_health::{Step, WriterHealth};
use super::{checkpoint, purge};
use crate::store::write_limit::WriteLimit;
use crate::store::{CommitObserver, StoreFailure, Write, Written};

/// A write and where its answer goes. A job without a write is a health check.
pub struct Job {
    pub write: Option<Write>,
    pub size: usize,
    pub answer: oneshot::Sender<Outcome>,
}

/// The outcome of a write.
pub type Outcome = Result<Written, StoreFailure>;

/// How much goes into one transaction.
const MOST_REQUESTS: usize = 4_096;
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// How long the writer is idle before it truncates the write-ahead log.
const QUIET: Duration = Duration::from_secs(2);

/// The writing thread's state.
pub struct Writer {
    pub connection: Connection,
    pub files: OpenFiles,
    pub jobs: Receiver<Job>,
    pub limit: Arc<WriteLimit>,
    pub health: Arc<WriterHealth>,
    pub observer: CommitObserver,
    pub counters: CachedCounters,
    pub data_version: i64,
    /// Whether anything was written since the write-ahead log was truncated.
    pub is_log_long: bool,
    /// Whether there may be events of deleted instances to purge.
    pub is_purging: bool,
}

impl Writer {
    /// Writes until nobody can submit any more.
    pub fn run(mut self) {
        let health = Arc::clone(&self.health);
        let _guard = health.panics.guard("the thread that writes has panicked");
        while let Some(first) = self.next_job() {
            let mut bytes = first.size;
            let mut batch = vec![first];
            while batch.len() < MOST_REQUESTS && bytes < MOST_BYTES {
                let Ok(job) = self.jobs.try_recv() else { break };
                bytes += job.size;
                batch.push(job);
            }
            let started = Instant::now();
            let count = batch.len();
            let (writes, answers): (Vec<_>, Vec<_>) = batch
                .into_iter()
                .filter_map(|job| Some((job.write?, job.answer)))
                .unzip();
            let outcomes = self.write_batch(&writes);
            self.is_log_long = true;
            self.is_purging |= writes.iter().any(Write::deletes);
            self.health.enter(Step::Waiting);
            self.limit.release(count, bytes);
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // The caller may be gone. The write counts all the same.
                let _ = answer.send(outcome);
            }
            if !writes.is_empty() {
                self.observer.committed(writes.len(), started.elapsed());
            }
            if self.is_purging {
                self.purge();
            }
        }
        if let Err(error) = self.connection.execute_batch("PRAGMA optimize") {
            tracing::debug!(%error, "the database could not be optimized on closing");
        }
    }

    /// Purges some events of deleted instances.
    fn purge(&mut self) {
        self.is_log_long = true;
        let purged = self
            .files
            .check()
            .and_then(|()| purge::piece(&self.connection));
        self.is_purging = match purged {
            Ok(has_more) => has_more,
            Err(failure) => {
                tracing::warn!(%failure, "some deleted events still take up space; the next deletion or start of the host removes them");
                false
            }
        };
    }

    /// The next job; `None` when the store is closed. While there is no job, this purges deleted instances and then
    /// truncates the write-ahead log.
    fn next_job(&mut self) -> Option<Job> {
        loop {
            if self.is_purging {
                match self.jobs.try_recv() {
                    Ok(job) => return Some(job),
                    Err(TryRecvError::Disconnected) => return None,
                    Err(TryRecvError::Empty) => self.purge(),
                }
                continue;
            }
            if !self.is_log_long {
                return self.jobs.recv().ok();
            }
            match self.jobs.recv_timeout(QUIET) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => match checkpoint::truncate(&self.connection) {
                    Ok(is_done) => self.is_log_long = !is_done,
                    Err(error) => {
                        tracing::warn!(%error, "the write-ahead log could not be truncated");
                        self.is_log_long = false;
                    }
                },
            }
        }
    }
}
