//! Batches of writes in transactions.
//!
//! SQLite rolls back a whole transaction by itself when the disk is full or fails. The rest of the batch
//! would then commit on its own. So after each failure the writer checks that its transaction is still
//! open, and repeats the requests of a lost batch one by one.

use rusqlite::{Connection, ErrorCode};

use super::counters::CachedCounters;
use super::schema::newest_version;
use super::writer::{Outcome, Writer};
use super::writer_health::Step;
use super::{append, instances};
use crate::store::{StoreFailure, Write, Written};

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
    /// Writes a batch, and answers each of its writes.
    pub(super) fn write_batch(&mut self, writes: &[Write]) -> Vec<Outcome> {
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
        Write::DeleteStaleImport { id, updated_at } => {
            counters.forget();
            instances::delete_stale_import(connection, id, *updated_at).map(Written::Instance)
        }
        Write::FinishImport(import) => {
            counters.forget();
            instances::finish_import(connection, import).map(Written::Instance)
        }
    }
}

#[cfg(test)]
#[path = "batch_tests.rs"]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]
mod tests;
