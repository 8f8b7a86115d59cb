//! Purges the events of deleted instances in small transactions, so that a write waits for at most one of
//! them. The table `deleted` lists what is left to purge, so a crash or a stop only delays it.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::instances::row_numbers;
use crate::store::StoreFailure;

/// How long one transaction takes, without its commit.
const PIECE: Duration = Duration::from_millis(20);
/// Rows, and pages of the file, between two looks at the clock.
const ROWS: i64 = 100;
const PAGES: i64 = 32;
/// `auto_vacuum` of files whose pages can be given back in pieces.
const INCREMENTAL: i64 = 2;

/// Runs one purging transaction. Returns whether there is more to purge.
pub fn piece(connection: &Connection) -> Result<bool, StoreFailure> {
    piece_within(connection, PIECE)
}

/// Takes steps in one transaction: the first one in any case, others as long as the time is not over.
fn piece_within(connection: &Connection, time: Duration) -> Result<bool, StoreFailure> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let began = Instant::now();
    let mut has_more = step(&transaction)?;
    if !has_more {
        return Ok(false);
    }
    while has_more && began.elapsed() < time {
        has_more = step(&transaction)?;
    }
    transaction.commit()?;
    Ok(has_more)
}

fn step(connection: &Connection) -> Result<bool, StoreFailure> {
    let key: Option<i64> = connection
        .prepare_cached("SELECT key FROM deleted LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    match key {
        Some(key) => rows_of(connection, key).map(|()| true),
        None => pages(connection),
    }
}

/// Deletes some rows of a deleted instance, or, once none are left, its row in `deleted`.
fn rows_of(connection: &Connection, key: i64) -> Result<(), StoreFailure> {
    let (first, last) = row_numbers(key);
    let events = connection
        .prepare_cached(
            "DELETE FROM event WHERE position IN
             (SELECT position FROM event WHERE position BETWEEN ?1 AND ?2 LIMIT ?3)",
        )?
        .execute([first, last, ROWS])?;
    if events > 0 {
        return Ok(());
    }
    for table in ["stream", "event_type"] {
        let names = connection
            .prepare_cached(&format!(
                "DELETE FROM {table} WHERE key IN (SELECT key FROM {table} WHERE instance = ?1 LIMIT ?2)"
            ))?
            .execute([key, ROWS])?;
        if names > 0 {
            return Ok(());
        }
    }
    connection
        .prepare_cached("DELETE FROM deleted WHERE key = ?1")?
        .execute([key])?;
    Ok(())
}

/// Gives some free pages back to the disk. Returns whether there were any.
fn pages(connection: &Connection) -> Result<bool, StoreFailure> {
    let pragma = |name: &str| -> Result<i64, rusqlite::Error> {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
    };
    if pragma("auto_vacuum")? != INCREMENTAL || pragma("freelist_count")? == 0 {
        return Ok(false);
    }
    connection.execute_batch(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
    Ok(true)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use rusqlite::Connection;

    use super::{INCREMENTAL, ROWS, piece, piece_within};
    use crate::store::sqlite::counters::CachedCounters;
    use crate::store::sqlite::{append, connection, instances, schema};
    use crate::store::{Append, NewEvent};

    /// More than one step takes of each kind, so that there are several.
    const EVENTS: usize = 450;

    fn append_to(connection: &Connection, name: &str, events: usize) {
        let event = |number: usize| NewEvent {
            id: None,
            stream_id: Arc::from(format!("s{}", number / 2)),
            event_type: Arc::from(format!("t{}", number / 2)),
            payload: Arc::from(format!("\"{}\"", "x".repeat(2_000))),
            metadata: Arc::from("{}"),
            expected_version: None,
            timestamp: None,
        };
        let request = Append {
            reference: name.into(),
            create: true,
            expected_version: None,
            events: (0..events).map(event).collect(),
        };
        let transaction = connection.unchecked_transaction().unwrap();
        append::append(connection, &mut CachedCounters::default(), &request).unwrap();
        transaction.commit().unwrap();
    }

    fn purge_all(connection: &Connection) {
        for _ in 0..200 {
            if !piece(connection).unwrap() {
                return;
            }
        }
        panic!("it does not come to an end");
    }

    fn number(connection: &Connection, sql: &str) -> i64 {
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn everything_of_a_deleted_instance_goes_and_nothing_of_others_and_the_file_shrinks() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("events.db");
        let mut connection = connection::open_for_writing(&file).unwrap();
        schema::migrate(&mut connection).unwrap();
        for (name, events) in [("before", 3), ("gone", EVENTS), ("after", 4)] {
            append_to(&connection, name, events);
        }
        assert!(!piece(&connection).unwrap(), "nothing was deleted yet");
        let full = number(&connection, "PRAGMA page_count");
        instances::delete(&connection, "gone").unwrap();
        purge_all(&connection);
        for (table, left) in [
            ("event", 7),
            ("stream", 4),
            ("event_type", 4),
            ("deleted", 0),
        ] {
            let found = number(&connection, &format!("SELECT count(*) FROM {table}"));
            assert_eq!(found, left, "{table}");
        }
        for (name, events) in [("before", 3), ("after", 4)] {
            let row = instances::find(&connection, name).unwrap().row;
            assert_eq!(row.event_count, events, "{name}");
        }
        assert_eq!(number(&connection, "PRAGMA freelist_count"), 0);
        assert!(number(&connection, "PRAGMA page_count") < full / 4);
        assert!(!piece(&connection).unwrap(), "all is done");
    }

    /// A write waits for one transaction at most, and there are no more of them than that takes.
    #[test]
    fn a_transaction_takes_one_step_when_its_time_is_over_and_all_steps_when_there_is_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("events.db");
        let mut connection = connection::open_for_writing(&file).unwrap();
        schema::migrate(&mut connection).unwrap();
        append_to(&connection, "gone", EVENTS);
        instances::delete(&connection, "gone").unwrap();
        let events = |connection| number(connection, "SELECT count(*) FROM event");
        let before = events(&connection);
        for step in 1..=2 {
            assert!(piece_within(&connection, Duration::ZERO).unwrap());
            assert_eq!(events(&connection), before - step * ROWS);
        }
        assert!(!piece_within(&connection, Duration::from_secs(60)).unwrap());
        assert_eq!(events(&connection), 0);
        assert_eq!(number(&connection, "PRAGMA freelist_count"), 0);
    }

    /// Of a file that an older host made.
    #[test]
    fn a_file_that_cannot_shrink_keeps_its_pages_for_what_comes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("events.db");
        Connection::open(&file)
            .unwrap()
            .execute_batch("VACUUM")
            .unwrap();
        let mut connection = connection::open_for_writing(&file).unwrap();
        connection
            .execute_batch("PRAGMA auto_vacuum = NONE; VACUUM")
            .unwrap();
        schema::migrate(&mut connection).unwrap();
        assert_ne!(number(&connection, "PRAGMA auto_vacuum"), INCREMENTAL);
        append_to(&connection, "gone", 20);
        instances::delete(&connection, "gone").unwrap();
        purge_all(&connection);
        assert_eq!(number(&connection, "SELECT count(*) FROM event"), 0);
        assert!(number(&connection, "PRAGMA freelist_count") > 0);
    }
}
