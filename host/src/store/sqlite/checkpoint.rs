//! Truncates the write-ahead log.

use std::time::Duration;

use rusqlite::Connection;

use super::connection::LOCK_WAIT;

/// Moves everything from the log to the file and empties the log, unless a reader needs it. Does not wait for
/// readers.
pub fn truncate(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection.busy_timeout(Duration::ZERO)?;
    let done = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
        row.get::<_, i64>(0)
    });
    connection.busy_timeout(LOCK_WAIT)?;
    Ok(done? == 0)
}
