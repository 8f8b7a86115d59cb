//! Sets up connections to the database file.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{functions, schema};
use crate::store::StoreFailure;

/// How long a connection waits for another process that has the file locked.
pub const LOCK_WAIT: Duration = Duration::from_secs(10);

/// How many bytes of the write-ahead log stay on the disk once it may begin anew.
const LOG_KEPT: i64 = 16 * 1024 * 1024;

/// Opens the file for writing, and creates it if it does not exist.
///
/// `synchronous=FULL` with a write-ahead log: a commit is on the disk before it returns.
pub fn open_for_writing(file: &Path) -> Result<Connection, StoreFailure> {
    is_path(file)?;
    if file.metadata().is_ok_and(|found| found.len() > 0) {
        // A file is not changed before it is known to be a host's.
        let connection = open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(LOCK_WAIT)?;
        schema::is_ours(&connection)
            .map_err(|failure| failure.at(&format!("cannot use {} as --data", file.display())))?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = open(file, flags)?;
    connection.busy_timeout(LOCK_WAIT)?;
    // This applies to new files only.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(|error| cannot_open(file, &error))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // How much of the disk the write-ahead log keeps after it was longer.
    connection.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Opens the file for reading.
pub fn open_for_reading(file: &Path) -> Result<Connection, StoreFailure> {
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(LOCK_WAIT)?;
    connection.pragma_update(None, "cache_size", -8_192)?;
    connection.set_prepared_statement_cache_capacity(64);
    rusqlite::vtab::array::load_module(&connection)?;
    functions::define(&connection)?;
    Ok(connection)
}

/// The file's name is a path, not a URI for SQLite, which could name memory or another file.
fn open(file: &Path, flags: OpenFlags) -> Result<Connection, StoreFailure> {
    Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| cannot_open(file, &error))
}

fn is_path(file: &Path) -> Result<(), StoreFailure> {
    let name = file.to_string_lossy();
    if name.is_empty() || name.starts_with(":memory:") || name.starts_with("file:") {
        return Err(StoreFailure::CannotOpen(format!(
            "--data: expected the path of a file, got {name:?}; name one, such as --data ./events.db"
        )));
    }
    if file.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(StoreFailure::CannotOpen(format!(
            "--data: expected a file, got {}, which is something else; name a file, such as --data ./events.db",
            file.display()
        )));
    }
    Ok(())
}

fn cannot_open(file: &Path, error: &rusqlite::Error) -> StoreFailure {
    StoreFailure::CannotOpen(format!(
        "cannot open {}: {error}; name another file with --data",
        file.display()
    ))
}
