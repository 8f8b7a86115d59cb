//! The one thread that writes. It takes all waiting requests into one transaction, each in its own
//! savepoint, commits, and only then answers.
//!
//! SQLite rolls back a whole transaction by itself when the disk is full or fails. The rest of the batch
//! would then commit on its own. So after each failure the writer checks that its transaction is still
//! open, and repeats the requests of a lost batch one by one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use super::counters::CachedCounters;
use super::file::OpenFiles;
use super::schema::newest_version;
use super::writer_health::{Step, WriterHealth};
use super::{append, checkpoint, instances, purge};
use crate::store::{CommitObserver, StoreFailure, Write, Written};

/// A write and where its answer goes. A job without a write is a health check.
pub struct Job {
    pub write: Option<Write>,
    pub size: usize,
    pub answer: oneshot::Sender<Outcome>,
}

/// What became of a write.
pub type Outcome = Result<Written, StoreFailure>;

/// How much goes into one transaction.
const MOST_REQUESTS: usize = 4_096;
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// How long the writer is idle before it truncates the write-ahead log.
const QUIET: Duration = Duration::from_secs(2);

/// The size of the writer's queue.
#[derive(Debug, Default)]
pub struct Waiting {
    pub writes: AtomicUsize,
    pub bytes: AtomicUsize,
}

/// The writing thread's state.
pub struct Writer {
    pub connection: Connection,
    pub files: OpenFiles,
    pub jobs: Receiver<Job>,
    pub waiting: Arc<Waiting>,
    pub health: Arc<WriterHealth>,
    pub observer: CommitObserver,
    pub counters: CachedCounters,
    pub data_version: i64,
    /// Whether anything was written since the write-ahead log was truncated.
    pub is_log_long: bool,
    /// Whether there may be events of deleted instances to purge.
    pub is_purging: bool,
}

/// Why nothing of a batch was stored, or perhaps all of it.
enum Lost {
    /// The transaction could not begin.
    AtBegin(StoreFailure),
    /// The request with this index made SQLite roll back the transaction.
    At(usize, StoreFailure),
    /// The commit failed and was rolled back.
    AtCommit(StoreFailure),
    /// The commit failed, but may be on the disk. Requests that were refused before keep their answers.
    Unknown(Vec<Outcome>, StoreFailure),
}

impl Lost {
    const fn failure(&self) -> &StoreFailure {
        match self {
            Self::AtBegin(failure)
            | Self::At(_, failure)
            | Self::AtCommit(failure)
            | Self::Unknown(_, failure) => failure,
        }
    }
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
            self.is_purging |= writes
                .iter()
                .any(|write| matches!(write, Write::DeleteInstance { .. }));
            self.health.enter(Step::Waiting);
            self.waiting.bytes.fetch_sub(bytes, Ordering::Relaxed);
            self.waiting.writes.fetch_sub(count, Ordering::Relaxed);
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
            tracing::debug!(%error, "no optimization on closing");
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
                tracing::warn!(%failure, "what was deleted still takes room; it is taken away after the next deletion or start");
                false
            }
        };
    }

    /// The next job; none when the store is closed. While none comes, this purges deleted instances and then
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
                        tracing::warn!(%error, "the write-ahead log could not be cut back");
                        self.is_log_long = false;
                    }
                },
            }
        }
    }

    fn write_batch(&mut self, writes: &[Write]) -> Vec<Outcome> {
        let lost = match self.in_one_transaction(writes) {
            Ok(outcomes) => return outcomes,
            Err(lost) => lost,
        };
        tracing::error!(failure = %lost.failure(), requests = writes.len(), "a transaction was lost");
        let (culprit, failure) = match lost {
            Lost::AtBegin(failure) => {
                return writes.iter().map(|_| Err(failure.clone())).collect();
            }
            Lost::Unknown(outcomes, failure) => {
                return outcomes
                    .into_iter()
                    .map(|outcome| outcome.and(Err(failure.clone())))
                    .collect();
            }
            Lost::At(culprit, failure) => (Some(culprit), failure),
            Lost::AtCommit(failure) if writes.len() == 1 => return vec![Err(failure)],
            Lost::AtCommit(failure) => (None, failure),
        };
        let mut outcomes = Vec::with_capacity(writes.len());
        for (index, write) in writes.iter().enumerate() {
            if culprit == Some(index) {
                outcomes.push(Err(failure.clone()));
            } else {
                outcomes.extend(self.write_alone(write));
            }
        }
        outcomes
    }

    /// Repeats one request of a lost batch.
    fn write_alone(&mut self, write: &Write) -> Vec<Outcome> {
        match self.in_one_transaction(std::slice::from_ref(write)) {
            Ok(outcomes) => outcomes,
            Err(Lost::AtBegin(failure) | Lost::At(_, failure) | Lost::AtCommit(failure)) => {
                vec![Err(failure)]
            }
            Err(Lost::Unknown(outcomes, failure)) => outcomes
                .into_iter()
                .map(|outcome| outcome.and(Err(failure.clone())))
                .collect(),
        }
    }

    fn in_one_transaction(&mut self, writes: &[Write]) -> Result<Vec<Outcome>, Lost> {
        let done = self.transact(writes);
        let outcome = match &done {
            Ok(_) => Ok(()),
            Err(lost) => {
                self.counters.forget();
                Err(lost.failure().clone())
            }
        };
        self.health.ended(outcome);
        self.counters.forget_when_full();
        done
    }

    fn transact(&mut self, writes: &[Write]) -> Result<Vec<Outcome>, Lost> {
        self.begin().map_err(|failure| {
            self.roll_back();
            Lost::AtBegin(failure)
        })?;
        let mut outcomes = Vec::with_capacity(writes.len());
        for (index, write) in writes.iter().enumerate() {
            match in_savepoint(&self.connection, &mut self.counters, write) {
                Ok(outcome) => outcomes.push(outcome),
                Err(failure) => {
                    self.roll_back();
                    return Err(Lost::At(index, failure));
                }
            }
        }
        if writes.is_empty() {
            // A health check alone: write a page that changes nothing.
            let page = format!("PRAGMA user_version = {}", newest_version());
            self.connection.execute_batch(&page).map_err(|error| {
                self.roll_back();
                Lost::AtCommit(error.into())
            })?;
        }
        if let Err(error) = run_cached(&self.connection, "COMMIT") {
            let lost = self.lost_commit(outcomes, error);
            self.roll_back();
            return Err(lost);
        }
        if let Err(failure) = self.files.check() {
            let unknown = StoreFailure::Uncertain(failure.to_string());
            return Err(Lost::Unknown(outcomes, unknown));
        }
        Ok(outcomes)
    }

    /// A commit that failed for lack of space or for a lock has not written its last page, and without that
    /// page it does not count. After any other failure the page may be on the disk.
    fn lost_commit(&self, outcomes: Vec<Outcome>, error: rusqlite::Error) -> Lost {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Lost::AtCommit(error.into())
            }
            _ => Lost::Unknown(outcomes, StoreFailure::Uncertain(error.to_string())),
        }
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }

    fn begin(&mut self) -> Result<(), StoreFailure> {
        self.health.enter(Step::Locking);
        self.files.check()?;
        // A transaction that could not be rolled back before.
        self.roll_back();
        run_cached(&self.connection, "BEGIN IMMEDIATE")?;
        self.health.enter(Step::Writing);
        let version: i64 = self
            .connection
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        if version != self.data_version {
            // Another process has written.
            self.counters.forget();
            self.data_version = version;
        }
        Ok(())
    }
}

fn run_cached(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

/// Runs one request. The outer error means that the transaction around it is lost.
fn in_savepoint(
    connection: &Connection,
    counters: &mut CachedCounters,
    write: &Write,
) -> Result<Outcome, StoreFailure> {
    run_cached(connection, "SAVEPOINT request")?;
    let outcome = perform(connection, counters, write);
    if let Err(failure) = &outcome {
        counters.forget();
        if connection.is_autocommit() {
            return Err(failure.clone());
        }
        run_cached(connection, "ROLLBACK TO request")?;
    }
    run_cached(connection, "RELEASE request")?;
    if connection.is_autocommit() {
        return Err(StoreFailure::Database(
            "the transaction ended before its commit".into(),
        ));
    }
    Ok(outcome)
}

fn perform(connection: &Connection, counters: &mut CachedCounters, write: &Write) -> Outcome {
    match write {
        Write::Append(request) => {
            append::append(connection, counters, request).map(Written::Appended)
        }
        Write::CreateInstance { name, description } => {
            instances::create(connection, name, description.as_deref())
                .map(|created| Written::Instance(created.row))
        }
        Write::UpdateInstance {
            reference,
            name,
            description,
        } => {
            counters.forget();
            let description = description.as_ref().map(Option::as_deref);
            instances::update(connection, reference, name.as_deref(), description)
                .map(Written::Instance)
        }
        Write::DeleteInstance { reference } => {
            counters.forget();
            instances::delete(connection, reference).map(Written::Instance)
        }
        Write::FinishImport(import) => {
            counters.forget();
            instances::finish_import(connection, import).map(Written::Instance)
        }
    }
}
