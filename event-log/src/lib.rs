//! The event log of the Codebolt agent protocol, without I/O: no sockets, no files, no clock, no runtime.
//! It compiles for WebAssembly as it does for a machine.
//!
//! The rooms; each uses only those after it:
//! [`operations`] (what a request means) → [`store`] (what every store promises) →
//! [`query`] (the query language, checked) → [`record`], [`time`] and [`json_text`] (what is stored).

pub mod json_text;
pub mod operations;
pub mod query;
pub mod record;
pub mod store;
pub mod time;
