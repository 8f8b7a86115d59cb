//! The database file's schema and how an older file is brought up to it.

use rusqlite::{Connection, TransactionBehavior};

use crate::store::StoreFailure;

/// How many low bits of an event's row number are its position in its instance; the bits above
/// are the instance's key. So the events of an instance lie together, in append order.
pub const POSITION_BITS: u32 = 40;

/// The steps from an empty file to the newest schema. `user_version` counts those that were done.
const STEPS: &[&str] = &["
CREATE TABLE instance (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_position INTEGER NOT NULL DEFAULT 0,
    last_timestamp INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE stream (
    key INTEGER PRIMARY KEY,
    instance INTEGER NOT NULL,
    name TEXT NOT NULL,
    last_sequence INTEGER NOT NULL DEFAULT 0,
    UNIQUE (instance, name)
) STRICT;
CREATE TABLE event_type (
    key INTEGER PRIMARY KEY,
    instance INTEGER NOT NULL,
    name TEXT NOT NULL,
    event_count INTEGER NOT NULL DEFAULT 0,
    UNIQUE (instance, name)
) STRICT;
CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    instance INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    sequence_number INTEGER NOT NULL,
    type INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    id TEXT NOT NULL,
    payload TEXT NOT NULL,
    metadata TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_by_stream ON event (stream, sequence_number);
CREATE UNIQUE INDEX event_by_id ON event (instance, id);
CREATE INDEX event_by_type ON event (type);
"];

/// The newest schema's number.
#[must_use]
pub fn newest_version() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Brings the file up to the newest schema.
///
/// # Errors
/// When the file was written by a newer host, or is no database, or cannot be written.
pub fn migrate(connection: &mut Connection) -> Result<(), StoreFailure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > newest_version() {
        return Err(StoreFailure::Database(format!(
            "the file has schema version {version}, this host knows versions up to {}; use a newer codebolt-host",
            newest_version()
        )));
    }
    let done = usize::try_from(version).unwrap_or(0);
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.execute_batch(&format!("PRAGMA user_version = {}", newest_version()))?;
    transaction.commit()?;
    Ok(())
}
