//! Exports and imports instances as JSON Lines, a batch of events at a time.
//!
//! [`codebolt_event_log::transfer`] defines the lines.

mod export;
mod import;
mod lines;
mod stale_imports;
mod table;
mod to_file;

pub use export::export;
pub use import::import;
pub use stale_imports::{STALE_AFTER, remove_stale_imports};
pub use table::{print_json, print_table};
pub use to_file::export_to_file;

use thiserror::Error;

use crate::store::StoreFailure;

/// Events read or written at a time.
const BATCH: u32 = 1_000;

/// Why an export or import failed.
#[derive(Debug, Error)]
pub enum TransferFailure {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreFailure),
    /// The file cannot be read or written.
    #[error("cannot read or write the file: {0}")]
    File(#[from] std::io::Error),
    /// A file cannot be opened or renamed.
    #[error("{0}: {1}")]
    At(String, std::io::Error),
    /// The file is incomplete.
    #[error("the export did not end: {1}; what {0} holds is only a part")]
    Partial(String, String),
    /// The instance was deleted during the export.
    #[error(
        "the instance ended at event {0}, and had {1} at the beginning: it was deleted meanwhile"
    )]
    Gone(i64, i64),
    /// A line is not one that export writes.
    #[error("line {line}: {problem}")]
    Line {
        /// From 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
}
