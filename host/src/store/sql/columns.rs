//! Rows of either database as records.

use std::sync::Arc;

use crate::store::{EventRow, InstanceRow};

/// The columns of a row, by their number from 0.
pub trait Columns {
    /// Why a column cannot be read.
    type Error;

    fn whole(&self, column: usize) -> Result<i64, Self::Error>;
    fn text(&self, column: usize) -> Result<String, Self::Error>;
    fn optional_text(&self, column: usize) -> Result<Option<String>, Self::Error>;
    fn shared_text(&self, column: usize) -> Result<Arc<str>, Self::Error>;
}

/// An event of the columns position, id, stream, type, payload, metadata, timestamp, sequence number.
pub fn event_of<C: Columns>(columns: &C) -> Result<EventRow, C::Error> {
    Ok(EventRow {
        position: columns.whole(0)?,
        id: columns.text(1)?,
        stream_id: columns.shared_text(2)?,
        event_type: columns.shared_text(3)?,
        payload: columns.shared_text(4)?,
        metadata: columns.shared_text(5)?,
        timestamp: columns.whole(6)?,
        sequence_number: columns.whole(7)?,
    })
}

/// An instance with this id and name, of the columns description, created, updated, number of events, the
/// first of which is `first`.
pub fn instance_of<C: Columns>(
    (id, name): (String, String),
    columns: &C,
    first: usize,
) -> Result<InstanceRow, C::Error> {
    Ok(InstanceRow {
        id,
        name,
        description: columns.optional_text(first)?,
        created_at: columns.whole(first + 1)?,
        updated_at: columns.whole(first + 2)?,
        event_count: columns.whole(first + 3)?,
    })
}
