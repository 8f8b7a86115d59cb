//! Why nothing more can be read from a connection.

/// Why nothing more can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFailure {
    /// The connection failed.
    Gone,
    /// A message is over the bound.
    TooBig,
    /// A message stalled while others wait for its memory.
    Stalled,
    /// The client violated the protocol.
    Broken(&'static str),
}
