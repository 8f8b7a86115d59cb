//! Taking instances out and in as JSON Lines, a batch of events at a time.
//!
//! The first line is the instance, each further one an event as a query answers it, the last one
//! says how many there were, so that a file that was cut short is noticed. JSON text with line breaks
//! between its parts stands twice: on one line as JSON, and as it is as a text (`payloadText`).

mod export;
mod import;
mod leftovers;
mod lines;
mod table;
mod to_file;

pub use export::export;
pub use import::import;
pub use leftovers::{SILENCE, remove_leftovers};
pub use table::print_table;
pub use to_file::export_to_file;

use std::borrow::Cow;

use thiserror::Error;

use crate::store::StoreFailure;

/// What the first line says the file is.
const FORMAT: &str = "codebolt-event-log";
/// The newest version of the format.
const VERSION: u64 = 1;
/// Events read or written at a time.
const BATCH: u32 = 1_000;

/// Why an instance was not taken out or in.
#[derive(Debug, Error)]
pub enum TransferFailure {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreFailure),
    /// The file cannot be read or written.
    #[error("the file cannot be read or written: {0}")]
    File(#[from] std::io::Error),
    /// A file cannot be opened, or be given its name.
    #[error("{0}: {1}")]
    At(String, std::io::Error),
    /// The file is not whole.
    #[error("the export did not end: {1}; what {0} holds is only a part")]
    Partial(String, String),
    /// The instance was deleted meanwhile.
    #[error(
        "the instance ended at event {0}, and had {1} at the beginning: it was deleted meanwhile"
    )]
    Gone(i64, i64),
    /// A line is not what export writes.
    #[error("line {line} is wrong: {problem}")]
    Line {
        /// From 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
}

/// JSON text on one line. Line breaks stand only between the parts of JSON, never in a text.
fn without_breaks(json: &str) -> Cow<'_, str> {
    if json.contains(['\n', '\r']) {
        Cow::Owned(json.replace(['\n', '\r'], " "))
    } else {
        Cow::Borrowed(json)
    }
}
