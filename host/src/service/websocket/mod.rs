//! The server's side of WebSockets (RFC 6455). It is written here because the host counts the memory of all connections
//! together: a library's buffers grow to the largest message of a connection, stay so large, and are allocated before
//! the host can make the message wait.

mod frame_reader;
#[cfg(test)]
mod frame_reader_tests;
mod frame_writer;
mod handshake;
mod header;
mod read_failure;
mod reservation;

pub use frame_reader::{FrameReader, Incoming};
pub use frame_writer::{FrameWriter, Message};
pub use handshake::WebSocketRequest;
pub use read_failure::ReadFailure;
