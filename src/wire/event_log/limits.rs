//! Defaults and bounds that both sides of the protocol know.

/// How many events a query answers with when it names no `limit`.
pub const DEFAULT_LIMIT: u32 = 100;

/// The largest `limit` a query may name.
pub const MAX_LIMIT: u32 = 10_000;

/// The stream of an event that names none.
pub const DEFAULT_STREAM: &str = "default";

/// The type of an event that names none.
pub const DEFAULT_EVENT_TYPE: &str = "event";
