//! What is on the wire: pure data and rules, no I/O.
//!
//! Shared by the WebAssembly client and the local host, so that both sides mean the same by a name.
//! The normative description is the project's `PROTOCOL.md`.

pub mod address;
pub mod close_code;
pub mod connection_identifier;
pub mod envelope;
pub mod event_log;
pub mod percent_encoding;
pub mod request_id;
pub mod text;

pub use envelope::{InboundId, MAX_FRAME_BYTES};
pub use request_id::RequestId;
