//! The records that stores keep.

use std::ops::ControlFlow;
use std::sync::Arc;

/// An instance as it is stored. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceRow {
    /// The id, a UUID.
    pub id: String,
    /// The name, unique.
    pub name: String,
    /// The description, when one was given.
    pub description: Option<String>,
    /// When it was created.
    pub created_at: i64,
    /// When its name or description was changed last.
    pub updated_at: i64,
    /// How many events it holds; also the position of its last event.
    pub event_count: i64,
}

/// Which instances are asked for, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstancePage {
    /// How many to pass over first.
    pub offset: i64,
    /// At most so many.
    pub limit: i64,
    /// At most so many bytes of names and descriptions; the first one always fits.
    pub most_bytes: usize,
}

impl InstancePage {
    /// All of them.
    pub const ALL: Self = Self {
        offset: 0,
        limit: i64::MAX - 1,
        most_bytes: usize::MAX,
    };
}

/// Some of the instances.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstanceRows {
    /// Those that were asked for, as far as they fit.
    pub rows: Vec<InstanceRow>,
    /// Whether there are others behind them.
    pub has_more: bool,
    bytes: usize,
}

impl InstanceRows {
    /// Adds the next one, unless it is one too many; then no other is to be added.
    pub fn add(&mut self, row: InstanceRow, page: InstancePage) -> ControlFlow<()> {
        /// Ids, times, and what JSON needs around it.
        const AROUND: usize = 256;
        let description = row.description.as_ref().map_or(0, String::len);
        self.bytes += row.name.len() + description + AROUND;
        let is_full = i64::try_from(self.rows.len()).is_ok_and(|rows| rows >= page.limit)
            || (self.bytes > page.most_bytes && !self.rows.is_empty());
        if is_full {
            self.has_more = true;
            return ControlFlow::Break(());
        }
        self.rows.push(row);
        ControlFlow::Continue(())
    }
}

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The id.
    pub id: String,
    /// Its position in its instance: 1, 2, 3 …, no gaps.
    pub position: i64,
    /// Its stream.
    pub stream_id: Arc<str>,
    /// Its type.
    pub event_type: Arc<str>,
    /// The payload's JSON text as the caller wrote it.
    pub payload: Arc<str>,
    /// The metadata's JSON text as the caller wrote it.
    pub metadata: Arc<str>,
    /// When it was appended, milliseconds since 1970.
    pub timestamp: i64,
    /// Its position in its stream: 1, 2, 3 …, no gaps.
    pub sequence_number: i64,
}

/// The answer to an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The id of the instance appended to.
    pub instance_id: Arc<str>,
    /// The events in the caller's order, with whether each had been there before.
    pub events: Vec<(EventRow, bool)>,
}
