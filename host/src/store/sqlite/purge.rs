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
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let began = Instant::now();
    let mut has_more = step(&transaction)?;
    if !has_more {
        return Ok(false);
    }
    while has_more && began.elapsed() < PIECE {
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
