//! How a connection to the database file is set up.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::store::StoreFailure;

/// How long a connection waits for another process that has the file locked.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// Opens the file for writing; makes it when it is not there.
///
/// `synchronous=FULL` with a write-ahead log: a commit is on the disk before it returns.
pub fn open_for_writing(file: &Path) -> Result<Connection, StoreFailure> {
    let connection = Connection::open(file).map_err(|error| cannot_open(file, &error))?;
    connection.busy_timeout(LOCK_WAIT)?;
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(|error| cannot_open(file, &error))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Opens the file for reading.
pub fn open_for_reading(file: &Path) -> Result<Connection, StoreFailure> {
    let connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| cannot_open(file, &error))?;
    connection.busy_timeout(LOCK_WAIT)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

fn cannot_open(file: &Path, error: &rusqlite::Error) -> StoreFailure {
    StoreFailure::Database(format!(
        "cannot open {}: {error}; name another file with --data",
        file.display()
    ))
}
