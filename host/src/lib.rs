//! The local host of the Codebolt agent protocol: a durable event log over a WebSocket.
//!
//! The modules; each uses only those after it:
//! [`service`] (sockets, bounds, metrics) → [`operations`] (what a request means) →
//! [`store`] (SQLite or PostgreSQL) → [`query`] (the query language, checked).
//! [`operations`], [`query`] and what a store promises need no I/O, and are the crate `codebolt-event-log`.
//! [`transfer`] takes instances out and in as JSON Lines, [`options`] is the command line,
//! [`log`] the log on stderr.

pub mod log;
pub mod options;
pub mod service;
pub mod store;
pub mod transfer;

pub use codebolt_event_log::{operations, query};
