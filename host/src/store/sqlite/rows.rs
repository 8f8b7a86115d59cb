//! Reading whole events from SQLite.

use rusqlite::{Connection, Row};

use super::instances::{self, row_numbers};
use super::schema::POSITION_BITS;
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
    let row_number: i64 = row.get(0)?;
    Ok(EventRow {
        position: row_number & ((1 << POSITION_BITS) - 1),
        id: row.get(1)?,
        stream_id: row.get(2)?,
        event_type: row.get(3)?,
        payload: row.get(4)?,
        metadata: row.get(5)?,
        timestamp: row.get(6)?,
        sequence_number: row.get(7)?,
    })
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
