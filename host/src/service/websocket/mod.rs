//! WebSockets as RFC 6455 has them, on the server's side. Written here because a library's buffers grow with
//! the largest message of a connection and stay, and are begun before anybody can say that there is
//! no room: the host counts what it holds for all connections together.

mod frame_reader;
#[cfg(test)]
mod frame_reader_tests;
mod frame_writer;
mod handshake;
mod header;
mod read_failure;

pub use frame_reader::{FrameReader, Incoming};
pub use frame_writer::{FrameWriter, Message};
pub use handshake::WebSocketRequest;
pub use read_failure::ReadFailure;
