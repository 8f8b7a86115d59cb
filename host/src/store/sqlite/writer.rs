//! The one thread that writes. It takes what is waiting into one transaction, each request in its
//! own savepoint, commits, and only then answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::ledger::Ledger;
use super::{append, instances};
use crate::store::{CommitObserver, StoreFailure, Write, Written};

/// A write and where its answer goes.
pub struct Job {
    pub write: Write,
    pub size: usize,
    pub answer: oneshot::Sender<Result<Written, StoreFailure>>,
}

/// How much goes into one transaction.
const MOST_REQUESTS: usize = 4_096;
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The writing thread's state.
pub struct Writer {
    pub connection: Connection,
    pub jobs: Receiver<Job>,
    pub waiting_bytes: Arc<AtomicUsize>,
    pub observer: CommitObserver,
}

type Outcome = (
    oneshot::Sender<Result<Written, StoreFailure>>,
    Result<Written, StoreFailure>,
);

impl Writer {
    /// Writes until nobody can submit any more.
    pub fn run(mut self) {
        let mut ledger = Ledger::default();
        let mut data_version = 0;
        while let Ok(first) = self.jobs.recv() {
            let mut bytes = first.size;
            let mut batch = vec![first];
            while batch.len() < MOST_REQUESTS && bytes < MOST_BYTES {
                let Ok(job) = self.jobs.try_recv() else { break };
                bytes += job.size;
                batch.push(job);
            }
            let started = Instant::now();
            let count = batch.len();
            let outcomes = self.write_batch(batch, &mut ledger, &mut data_version);
            self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
            self.observer.committed(count, started.elapsed());
            for (answer, outcome) in outcomes {
                // Who asked may be gone; the write stands all the same.
                let _ = answer.send(outcome);
            }
        }
        if let Err(error) = self.connection.execute_batch("PRAGMA optimize") {
            tracing::debug!(%error, "no optimization on closing");
        }
    }

    fn write_batch(
        &mut self,
        batch: Vec<Job>,
        ledger: &mut Ledger,
        data_version: &mut i64,
    ) -> Vec<Outcome> {
        if let Err(failure) = self.begin(ledger, data_version) {
            return fail_all(batch, &failure);
        }
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(batch.len());
        for job in batch {
            let outcome = in_savepoint(&self.connection, ledger, job.write);
            outcomes.push((job.answer, outcome));
        }
        if let Err(error) = run_cached(&self.connection, "COMMIT") {
            tracing::error!(%error, "a commit failed");
            ledger.forget();
            if !self.connection.is_autocommit() {
                let _ = self.connection.execute_batch("ROLLBACK");
            }
            let failure = StoreFailure::from(error);
            for (_, outcome) in &mut outcomes {
                if outcome.is_ok() {
                    *outcome = Err(failure.clone());
                }
            }
        }
        ledger.forget_when_full();
        outcomes
    }

    fn begin(&self, ledger: &mut Ledger, data_version: &mut i64) -> Result<(), StoreFailure> {
        run_cached(&self.connection, "BEGIN IMMEDIATE")?;
        let version: i64 = self
            .connection
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        if version != *data_version {
            // Another process has written.
            ledger.forget();
            *data_version = version;
        }
        Ok(())
    }
}

fn fail_all(batch: Vec<Job>, failure: &StoreFailure) -> Vec<Outcome> {
    tracing::error!(%failure, "a transaction could not begin");
    batch
        .into_iter()
        .map(|job| (job.answer, Err(failure.clone())))
        .collect()
}

fn run_cached(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

fn in_savepoint(
    connection: &Connection,
    ledger: &mut Ledger,
    write: Write,
) -> Result<Written, StoreFailure> {
    run_cached(connection, "SAVEPOINT request")?;
    let outcome = perform(connection, ledger, write);
    if outcome.is_err() {
        ledger.forget();
        // A full disk may have rolled the whole transaction back already; then COMMIT fails too.
        if let Err(error) = run_cached(connection, "ROLLBACK TO request") {
            tracing::error!(%error, "a request could not be rolled back");
        }
    }
    if let Err(error) = run_cached(connection, "RELEASE request") {
        ledger.forget();
        return outcome.and(Err(error.into()));
    }
    outcome
}

fn perform(
    connection: &Connection,
    ledger: &mut Ledger,
    write: Write,
) -> Result<Written, StoreFailure> {
    match write {
        Write::Append(request) => {
            append::append(connection, ledger, request).map(Written::Appended)
        }
        Write::CreateInstance { name, description } => {
            instances::create(connection, &name, description.as_deref())
                .map(|created| Written::Instance(created.row))
        }
        Write::UpdateInstance {
            reference,
            name,
            description,
        } => {
            ledger.forget();
            let description = description.as_ref().map(Option::as_deref);
            instances::update(connection, &reference, name.as_deref(), description)
                .map(Written::Instance)
        }
        Write::DeleteInstance { reference } => {
            ledger.forget();
            instances::delete(connection, &reference).map(Written::Instance)
        }
    }
}
