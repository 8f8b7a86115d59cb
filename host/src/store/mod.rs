//! The stores: what [`codebolt_event_log::store`] promises, on SQLite and on PostgreSQL.

mod clock;
mod fair_semaphore;
mod observer;
mod panic_watch;
mod read_scheduler;
mod write_limit;

pub mod postgres;
mod sql;
pub mod sqlite;

pub use clock::now_in_milliseconds;
pub use codebolt_event_log::store::*;
pub use codebolt_event_log::time::iso_8601;
pub use observer::CommitObserver;
