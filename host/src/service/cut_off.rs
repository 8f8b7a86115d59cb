//! Why the host cuts a connection off.

use thiserror::Error;

/// Why the host cuts a connection off. Each names the option whose value decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CutOff {
    /// It would have more to read than its send buffer limit.
    #[error("more waits to be sent to its client than --max-unread allows")]
    Unread,
    /// A write made no progress for the write timeout.
    #[error("its client took nothing of what is sent to it for the time of --write-timeout")]
    Stalled,
    /// Nothing came from the client.
    #[error("its client was silent for 2.5 times --ping-interval")]
    Silent,
    /// The unsent replies of all clients together take much memory, and this client does not read.
    #[error(
        "replies not sent yet take over a quarter of --max-memory, and of the clients that took nothing for a second its client had the most"
    )]
    StalledInMemory,
    /// They take all that they may.
    #[error("replies not sent yet take over half of --max-memory, and its client had the most")]
    MostInMemory,
}
