//! The records in an event log's replies.

use alloc::string::String;
use serde::{Deserialize, Serialize};

/// An event log instance. Times are ISO-8601 in UTC with milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// The id, a UUID.
    pub id: String,
    /// The name, unique on its host.
    pub name: String,
    /// What it is for, if its creator said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was created.
    pub created_at: String,
    /// When its name or description was changed last.
    pub updated_at: String,
}

/// An event. `V` is what holds its payload and metadata.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event<V> {
    /// The id: the caller's `eventId`, or a time-ordered UUID.
    pub id: String,
    /// The instance it belongs to.
    #[serde(rename = "instanceId")]
    pub instance_id: String,
    /// The stream it belongs to.
    pub stream_id: String,
    /// What kind of event it is.
    pub event_type: String,
    /// What happened: any JSON value.
    pub payload: V,
    /// About the event: any JSON value.
    pub metadata: V,
    /// When it was appended, ISO-8601 in UTC with milliseconds.
    pub timestamp: String,
    /// Its sequence number in its stream: 1, 2, 3 …, no gaps.
    pub sequence_number: u64,
}

/// The answer of `eventLog.getInstanceStats`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceStats {
    /// The instance's id.
    pub instance_id: String,
    /// Its name.
    pub name: String,
    /// How many events it holds.
    pub event_count: u64,
    /// When it was created.
    pub created_at: String,
    /// When its name or description was changed last.
    pub updated_at: String,
}
