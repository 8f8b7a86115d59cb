//! The event log as it is on the wire: names of messages, the query language, limits.
//!
//! Plain data. The local host checks requests against it; a client can build queries with it.

mod limits;
pub mod operation;
mod query;
mod record;

pub use limits::{DEFAULT_EVENT_TYPE, DEFAULT_LIMIT, DEFAULT_STREAM, MAX_LIMIT};
pub use operation::Operation;
pub use query::{Condition, Direction, Operator, OrderBy, Query, Reduce, Reduction, Source};
pub use record::{Event, Instance, InstanceStats};
