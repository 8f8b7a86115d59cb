//! Sets up connections to the database file.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{functions, schema};
use crate::store::StoreFailure;

/// How long a connection waits for another process that has the file locked.
pub const LOCK_WAIT: Duration = Duration::from_secs(10);

/// How many bytes of the write-ahead log stay on the disk once it may begin anew.
const LOG_KEPT: i64 = 16 * 1024 * 1024;

/// Opens the file for writing, and creates it if it does not exist.
///
/// `synchronous=FULL` with a write-ahead log: a commit is on the disk before it returns. On macOS that takes
/// `fullfsync`, because `fsync` leaves it in the drive's cache there; elsewhere `fullfsync` changes nothing.
pub fn open_for_writing(file: &Path) -> Result<Connection, StoreFailure> {
    is_path(file)?;
    if file.exists() {
        // A file is not changed before it is known to be a host's.
        let connection = open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(LOCK_WAIT)?;
        is_database(&connection, file)?;
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
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
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

/// Refuses what does not begin as a database of SQLite's does, before anything calls it a damaged one.
fn is_database(connection: &Connection, file: &Path) -> Result<(), StoreFailure> {
    let read = connection.query_row("PRAGMA schema_version", [], |row| row.get::<_, i64>(0));
    match read {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            Err(StoreFailure::CannotOpen(format!(
                "cannot use {} as --data: expected a file of codebolt-host, got one that is not a database, or whose beginning was overwritten; name another file, or a new one",
                file.display()
            )))
        }
        // Whatever else is wrong is found by what comes next.
        _ => Ok(()),
    }
}

fn cannot_open(file: &Path, error: &rusqlite::Error) -> StoreFailure {
    StoreFailure::CannotOpen(format!(
        "cannot open {}: {error}; name another file with --data",
        file.display()
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::path::Path;

    use rusqlite::Connection;

    use super::{open_for_reading, open_for_writing};

    fn setting(connection: &Connection, name: &str) -> String {
        let value = connection.query_row(&format!("PRAGMA {name}"), [], |row| {
            row.get::<_, rusqlite::types::Value>(0)
        });
        format!("{:?}", value.unwrap())
    }

    /// What is promised of a commit and of deleted instances' room depends on them.
    #[test]
    fn a_commit_is_on_the_disk_before_it_returns_and_a_file_can_shrink() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("events.db");
        for opened in ["a new file", "an old file"] {
            let connection = open_for_writing(&file).unwrap();
            connection
                .execute_batch("CREATE TABLE IF NOT EXISTS event (a)")
                .unwrap();
            for (name, value) in [
                ("synchronous", "Integer(2)"),
                ("fullfsync", "Integer(1)"),
                ("checkpoint_fullfsync", "Integer(1)"),
                ("journal_mode", "Text(\"wal\")"),
                ("auto_vacuum", "Integer(2)"),
            ] {
                assert_eq!(setting(&connection, name), value, "{opened}: {name}");
            }
            connection
                .execute_batch("PRAGMA application_id = 0x4362454C")
                .unwrap();
        }
    }

    #[test]
    fn a_reading_connection_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("events.db");
        assert!(open_for_reading(&file).is_err(), "it makes no file either");
        open_for_writing(&file)
            .unwrap()
            .execute_batch("CREATE TABLE event (a)")
            .unwrap();
        let reader = open_for_reading(&file).unwrap();
        let error = reader.execute_batch("DELETE FROM event").unwrap_err();
        assert!(error.to_string().contains("readonly"), "{error}");
    }

    #[test]
    fn only_paths_of_files_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("memory:").join("file:x.db");
        std::fs::create_dir(taken.parent().unwrap()).unwrap();
        assert!(open_for_writing(&taken).is_ok());
        for (name, expected) in [
            ("", "expected the path of a file, got \"\""),
            (":memory:", "expected the path of a file, got \":memory:\""),
            ("file:x?mode=memory", "got \"file:x?mode=memory\""),
            (folder.path().to_str().unwrap(), "something else"),
        ] {
            let text = open_for_writing(Path::new(name)).unwrap_err().to_string();
            assert!(text.contains(expected), "{name}: {text}");
        }
    }

    #[test]
    fn an_empty_file_is_taken_and_another_programs_is_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.db");
        std::fs::write(&empty, "").unwrap();
        assert!(open_for_writing(&empty).is_ok());
        let other = folder.path().join("other.db");
        Connection::open(&other)
            .unwrap()
            .execute_batch("CREATE TABLE customers (name)")
            .unwrap();
        let before = std::fs::read(&other).unwrap();
        let text = open_for_writing(&other).unwrap_err().to_string();
        assert!(
            text.contains("cannot use") && text.contains("other.db") && text.contains("customers"),
            "{text}"
        );
        assert_eq!(std::fs::read(&other).unwrap(), before);
    }
}
