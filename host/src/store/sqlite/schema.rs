//! The database file's schema and how an older file is brought up to it.

use rusqlite::{Connection, TransactionBehavior};

use crate::store::StoreFailure;

/// How many low bits of an event's row number are its position in its instance; the bits above
/// are the instance's key. So the events of an instance lie together, in append order.
pub const POSITION_BITS: u32 = 40;

/// The steps from an empty file to the newest schema. `user_version` counts those that were done.
const STEPS: &[&str] = &[
    "
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
",
    "
-- Instances that were deleted, whose events are still to be taken away.
CREATE TABLE deleted (
    key INTEGER PRIMARY KEY
) STRICT;
",
];

/// The newest schema's number.
#[must_use]
pub fn newest_version() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// The `application_id` of a host's file: "CbEL".
const APPLICATION: i64 = 0x4362_454C;

/// The tables of the first version, by which a file is known that has no `application_id` yet.
const TABLES: [&str; 4] = ["event", "event_type", "instance", "stream"];

fn pragma(connection: &Connection, name: &str) -> Result<i64, StoreFailure> {
    Ok(connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))?)
}

/// Refuses a file that another program, or a newer host, has made.
///
/// # Errors
/// When it is such a file, or not a database.
pub fn is_ours(connection: &Connection) -> Result<(), StoreFailure> {
    let version = pragma(connection, "user_version")?;
    let application = pragma(connection, "application_id")?;
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")?;
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let is_empty = tables.is_empty() && version == 0 && application == 0;
    let is_old = application == 0 && version == 1 && tables == TABLES;
    if application != APPLICATION && !is_empty && !is_old {
        return Err(StoreFailure::CannotOpen(format!(
            "expected a file of codebolt-host, got another program's database (application_id {application}, tables: {}); name a file of the host's, or a new one",
            tables.join(", ")
        )));
    }
    if version > newest_version() {
        return Err(StoreFailure::CannotOpen(format!(
            "expected schema version {} at most, got {version}; use a newer codebolt-host",
            newest_version()
        )));
    }
    Ok(())
}

/// Brings the file up to the newest schema.
///
/// # Errors
/// When the file is not the host's, or cannot be written.
pub fn migrate(connection: &mut Connection) -> Result<(), StoreFailure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    is_ours(&transaction)?;
    let done = usize::try_from(pragma(&transaction, "user_version")?).unwrap_or(0);
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.execute_batch(&format!(
        "PRAGMA user_version = {}; PRAGMA application_id = {APPLICATION}",
        newest_version()
    ))?;
    transaction.commit()?;
    Ok(())
}
