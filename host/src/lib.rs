//! The local host of the Codebolt agent protocol: a durable event log over a WebSocket.
//!
//! The rooms; each uses only those after it:
//! [`service`] (sockets, bounds, metrics) → [`operations`] (what a request means) →
//! [`store`] (SQLite or PostgreSQL) → [`query`] (the query language, checked).
//! [`transfer`] takes instances out and in as JSON Lines, [`options`] is the command line,
//! [`log`] what is said on stderr.

pub mod log;
pub mod operations;
pub mod options;
pub mod query;
pub mod service;
pub mod store;
pub mod transfer;
