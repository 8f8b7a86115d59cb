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
    /// There is no instance to export.
    #[error(
        "no instance has the id or name {0:?}; `codebolt-host instances` lists those that there are"
    )]
    NoInstance(String),
    /// The name of the import is taken.
    #[error("an instance named {0:?} already exists; give another name with --name")]
    NameExists(String),
    /// The input of an import cannot be read.
    #[error("cannot be read: {0}")]
    Input(std::io::Error),
    /// The output of an export cannot be written.
    #[error("the export cannot be written: {0}")]
    Output(std::io::Error),
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
