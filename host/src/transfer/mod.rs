//! Taking instances out and in as JSON Lines, a batch of events at a time.
//!
//! The first line is the instance, each further one an event as a query answers it, the last one
//! says how many there were, so that a file that was cut short is noticed.

mod export;
mod import;

pub use export::export;
pub use import::import;

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
    /// A line is not what export writes.
    #[error("line {line} is wrong: {problem}")]
    Line {
        /// From 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
}
