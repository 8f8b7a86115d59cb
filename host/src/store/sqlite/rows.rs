//! Reads whole events from SQLite.

use std::sync::Arc;

use rusqlite::{Connection, Row};

use super::instances::{self, row_numbers};
use super::schema::POSITION_BITS;
use crate::store::sql::{Columns, event_of};
use crate::store::{EventRow, StoreFailure};

/// The start of every statement that reads whole events; [`read_event`] reads its rows. The names
/// are looked up for each row, which keeps SQLite from starting at the smaller tables.
pub const SELECT_EVENT: &str = "SELECT e.position, e.id,
    (SELECT name FROM stream WHERE key = e.stream),
    (SELECT name FROM event_type WHERE key = e.type),
    e.payload, e.metadata, e.timestamp, e.sequence_number
    FROM event e";

/// Reads a row of [`SELECT_EVENT`].
pub fn read_event(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    let mut event = event_of(row)?;
    // The row number is the instance's key before the position.
    event.position &= (1 << POSITION_BITS) - 1;
    Ok(event)
}

impl Columns for Row<'_> {
    type Error = rusqlite::Error;

    fn whole(&self, column: usize) -> rusqlite::Result<i64> {
        self.get(column)
    }

    fn text(&self, column: usize) -> rusqlite::Result<String> {
        self.get(column)
    }

    fn optional_text(&self, column: usize) -> rusqlite::Result<Option<String>> {
        self.get(column)
    }

    fn shared_text(&self, column: usize) -> rusqlite::Result<Arc<str>> {
        self.get(column)
    }
}

/// Events of an instance after a position, in append order.
pub fn after(
    connection: &Connection,
    instance_id: &str,
    position: i64,
    count: u32,
) -> Result<Vec<EventRow>, StoreFailure> {
    let (first, last) = row_numbers(instances::find(connection, instance_id)?.key);
    let mut statement = connection.prepare_cached(&format!(
        "{SELECT_EVENT} WHERE e.position > ?1 AND e.position <= ?2 ORDER BY e.position LIMIT ?3"
    ))?;
    let rows = statement.query_map([first + position, last, i64::from(count)], read_event)?;
    rows.map(|row| Ok(row?)).collect()
}
