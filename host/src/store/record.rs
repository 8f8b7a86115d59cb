//! What is stored.

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

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The id.
    pub id: String,
    /// Its place in its instance: 1, 2, 3 …, no gaps.
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
    /// Its place in its stream: 1, 2, 3 …, no gaps.
    pub sequence_number: i64,
}

/// What an append answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The id of the instance appended to.
    pub instance_id: Arc<str>,
    /// The events in the caller's order, with whether each had been there before.
    pub events: Vec<(EventRow, bool)>,
}
