//! A session's options, each with its default.

use crate::wire::MAX_FRAME_BYTES;

/// A session's options. All times are milliseconds.
///
/// ```
/// use codebolt_wasm::session::{Reconnect, SessionOptions};
///
/// let options = SessionOptions {
///     request_timeout: None,
///     reconnect: Some(Reconnect { max_attempts: 3, ..Reconnect::default() }),
///     ..SessionOptions::default()
/// };
/// assert_eq!(options.connect_timeout, Some(10_000));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SessionOptions {
    /// How long a connection may take to open; `None` waits as long as the socket does. Default 10,000, as in the reference.
    pub connect_timeout: Option<u64>,
    /// How long a request may take from the call on; `None` waits for ever. Default 60,000, so that no promise hangs.
    pub request_timeout: Option<u64>,
    /// Whether and how to connect again. Default `None`: a new connection is visible to the host.
    pub reconnect: Option<Reconnect>,
    /// How many messages may wait to be sent. Default 1,000,000, which only a program that awaits nothing reaches.
    pub max_queued: usize,
    /// How many requests may be in flight; further ones wait. Default no limit.
    pub max_in_flight: usize,
    /// After how long without anything arriving the connection counts as dead. Default `None`: off.
    pub keep_alive: Option<u64>,
    /// How many bytes may wait in all, before the socket and in it. Default 64 MiB.
    pub max_queued_bytes: u64,
    /// How many bytes may stand in the socket's buffer before messages wait. Default 16 MiB.
    pub high_water_mark: u64,
    /// The largest frame to send, in bytes. Default 100 MiB, what hosts accept.
    pub max_frame_bytes: u64,
    /// Whether the socket keeps the program alive while it is there. Default `true`; where it may not, the timer does while
    /// somebody waits within a time limit.
    pub socket_holds_process: bool,
    /// Whether the pause before another attempt to connect keeps the program alive. Default `true`.
    pub pause_holds_process: bool,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Some(10_000),
            request_timeout: Some(60_000),
            reconnect: None,
            max_queued: 1_000_000,
            max_queued_bytes: 64 * 1024 * 1024,
            max_in_flight: usize::MAX,
            keep_alive: None,
            high_water_mark: 16 * 1024 * 1024,
            max_frame_bytes: MAX_FRAME_BYTES,
            socket_holds_process: true,
            pause_holds_process: true,
        }
    }
}

/// How to connect again after a connection was lost: exponential delays with full jitter.
#[derive(Clone, Debug, PartialEq)]
pub struct Reconnect {
    /// The upper bound of the first delay. Default 500.
    pub initial_delay: u64,
    /// The upper bound of every delay. Default 30,000.
    pub max_delay: u64,
    /// How many attempts in a row may fail before the session gives up. Default 20, about five minutes.
    pub max_attempts: u32,
    /// How long a connection must have been open for the count of attempts to start anew. Default 5,000.
    pub stable_after: u64,
}

impl Default for Reconnect {
    fn default() -> Self {
        Self {
            initial_delay: 500,
            max_delay: 30_000,
            max_attempts: 20,
            stable_after: 5_000,
        }
    }
}
