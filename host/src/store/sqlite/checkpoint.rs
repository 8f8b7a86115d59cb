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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::truncate;
    use crate::store::sqlite::connection::{open_for_reading, open_for_writing};

    #[test]
    fn the_log_is_emptied_unless_a_reader_needs_it_who_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("events.db");
        let log = folder.path().join("events.db-wal");
        let length = || log.metadata().unwrap().len();
        let writer = open_for_writing(&file).unwrap();
        writer.execute_batch("CREATE TABLE a (b)").unwrap();
        assert!(length() > 0);
        let reader = open_for_reading(&file).unwrap();
        let look = "BEGIN; SELECT count(*) FROM a";
        reader.execute_batch(look).unwrap();
        writer.execute_batch("INSERT INTO a VALUES (1)").unwrap();
        assert_eq!(truncate(&writer), Ok(false));
        assert!(length() > 0);
        reader.execute_batch("COMMIT").unwrap();
        assert_eq!(truncate(&writer), Ok(true));
        assert_eq!(length(), 0);
    }
}
