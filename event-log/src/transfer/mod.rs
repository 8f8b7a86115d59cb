//! Instances as JSON Lines, to be kept or taken elsewhere.
//!
//! The first line is the instance, each further one an event as a query answers it, the last one
//! says how many there were, so that a truncated file is noticed. JSON text with line breaks between its
//! parts is there twice: on one line as JSON, and unchanged as a string (`payloadText`).
//!
//! `codebolt-host export` writes it of one instance, and `codebolt-host import` reads it; a [`snapshot()`] of a store
//! in memory is the same of each instance, one after the other.

mod read;
mod snapshot;
mod write;

pub use read::{Described, Line, read_head, read_line, without_breaks};
pub use snapshot::{SnapshotFault, exported, restored, snapshot};
pub use write::{push_end, push_head, push_line};

/// What the first line says the file is.
pub const FORMAT: &str = "codebolt-event-log";
/// The newest version of the format.
pub const VERSION: u64 = 1;
