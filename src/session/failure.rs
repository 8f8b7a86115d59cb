//! Why a call did not get its reply.

use crate::wire::text::{decimal, joined};
use alloc::rc::Rc;
use alloc::string::String;
use core::fmt;

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// The WebSocket close code; 1006 when no close frame came.
    pub code: u16,
    /// The reason: the host's own, or what this side saw.
    pub reason: Rc<str>,
}

/// A call's failure. The text says what happened, to which address, and what to do.
///
/// ```
/// use codebolt_wasm::session::Failure;
///
/// let failure = Failure::RequestTimeout { address: "ws://localhost:12345/codebolt".into(), limit: 500, sent: true };
/// assert!(failure.sent(), "the host may have carried the request out");
/// assert!(failure.to_string().starts_with("no reply from ws://localhost:12345/codebolt within 500 ms"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection could be made.
    ConnectFailed {
        /// The host's address, without the query.
        address: Rc<str>,
        /// What the socket said.
        reason: Rc<str>,
    },
    /// The connection did not open in time.
    ConnectTimeout {
        /// The host's address, without the query.
        address: Rc<str>,
        /// The limit that passed, in milliseconds.
        limit: u64,
    },
    /// The connection closed while the call waited, or had closed before. The text is the reference's own.
    ConnectionClosed {
        /// The host's address, without the query.
        address: Rc<str>,
        /// Whether the request had been sent, so that its outcome is unknown.
        sent: bool,
        /// How it ended.
        closure: Closure,
        /// Whether the option 'reconnect' would have made another connection.
        reconnect_helps: bool,
    },
    /// No reply came in time.
    RequestTimeout {
        /// The host's address, without the query.
        address: Rc<str>,
        /// The limit that passed, in milliseconds.
        limit: u64,
        /// Whether the request had been sent.
        sent: bool,
    },
    /// The connection was not open within the time that somebody waits for that.
    ReadyTimeout {
        /// The host's address, without the query.
        address: Rc<str>,
        /// The limit that passed, in milliseconds.
        limit: u64,
    },
    /// Too many messages wait to be sent, or too many bytes of them.
    QueueFull {
        /// The host's address, without the query.
        address: Rc<str>,
        /// How many wait. Of bytes, those in the socket count as they were measured last.
        waiting: u64,
        /// The refused message's size in bytes.
        size: u64,
        /// How many may wait.
        limit: u64,
        /// Whether the limit is one of bytes, not of messages.
        in_bytes: bool,
    },
    /// The message is larger than a frame may be.
    FrameTooLarge {
        /// The message's size.
        size: u64,
        /// The limit.
        limit: u64,
    },
}

impl core::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl Failure {
    /// What happened, and what to do.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::ConnectFailed { address, reason } => joined(&[
                "no connection to ",
                address,
                ": ",
                reason,
                ". Is the Codebolt host running there? Set CODEBOLT_SERVER_URL and SOCKET_PORT, or the option 'url', to where it is",
            ]),
            Self::ConnectTimeout { address, limit } | Self::ReadyTimeout { address, limit } => {
                joined(&[
                    "no connection to ",
                    address,
                    " within ",
                    &decimal(*limit),
                    " ms: the WebSocket did not open. Check the address and what listens there, or raise '",
                    if matches!(self, Self::ConnectTimeout { .. }) {
                        "connectTimeout'"
                    } else {
                        "timeout'"
                    },
                ])
            }
            Self::ConnectionClosed { .. } => String::from("WebSocket connection closed"),
            Self::RequestTimeout {
                address,
                limit,
                sent,
            } => joined(&[
                "no reply from ",
                address,
                " within ",
                &decimal(*limit),
                if *sent {
                    " ms: the request was sent, so whether the host carried it out is unknown. Raise 'timeout' for this call or the option 'requestTimeout' if it needs longer"
                } else {
                    " ms: the request was not sent, for the connection was not open or took no more (options 'maxInFlight', 'highWaterMark')"
                },
            ]),
            Self::QueueFull {
                address,
                waiting,
                size,
                limit,
                in_bytes,
            } => {
                let (unit, option) = if *in_bytes {
                    (" bytes", "highWaterMark' above a quarter of this")
                } else {
                    (" messages", "maxQueued'")
                };
                joined(&[
                    &decimal(*waiting),
                    unit,
                    " count as waiting to be sent to ",
                    address,
                    ", and this one has ",
                    &decimal(*size),
                    " bytes: expected at most ",
                    &decimal(*limit),
                    unit,
                    ". Await replies before sending more, or raise the option '",
                    option,
                ])
            }
            Self::FrameTooLarge { size, limit } => joined(&[
                "the message is too large: expected at most ",
                &decimal(*limit),
                " bytes, got ",
                &decimal(*size),
                ". Send it in parts, or raise the option 'maxFrameBytes' if the host takes more",
            ]),
        }
    }

    /// Whether the request had been handed to the socket: then its outcome is unknown.
    #[must_use]
    pub fn sent(&self) -> bool {
        matches!(
            self,
            Self::ConnectionClosed { sent: true, .. } | Self::RequestTimeout { sent: true, .. }
        )
    }
}
