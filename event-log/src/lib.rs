//! The event log of the Codebolt agent protocol, without I/O: no sockets, no files, no clock, no runtime.
//! It compiles for WebAssembly as it does for a machine.
//!
//! The modules; each uses only those after it:
//! [`transfer`] (instances as JSON Lines) → [`operations`] (what a request means) →
//! [`store`] (what every store promises, and one in memory) → [`query`] (the query language, checked) →
//! [`record`], [`refusal`], [`time`] and [`json_text`] (what is stored and said).

pub mod json_text;
pub mod operations;
pub mod query;
pub mod record;
pub mod refusal;
pub mod store;
pub mod time;
pub mod transfer;
