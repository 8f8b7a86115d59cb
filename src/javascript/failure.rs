//! What a failure looks like in JavaScript: a code of the closed set, a text and details.

use crate::session::{Closure, Failure, requested_closure};
use crate::transport::members::Details;
use crate::wire::text::{decimal, joined};
use alloc::string::String;

/// The code of a failure, one of those that the package's types list.
#[must_use]
pub fn code(failure: &Failure) -> &'static str {
    match failure {
        Failure::ConnectFailed { .. } => "CONNECT_FAILED",
        Failure::ConnectTimeout { .. } => "CONNECT_TIMEOUT",
        Failure::ConnectionClosed { .. } => "CONNECTION_CLOSED",
        Failure::RequestTimeout { .. } | Failure::ReadyTimeout { .. } => "REQUEST_TIMEOUT",
        Failure::QueueFull { .. } => "QUEUE_FULL",
        Failure::FrameTooLarge { .. } => "FRAME_TOO_LARGE",
    }
}

/// The details of a failure: its address, whether the request was sent, and others by its code.
#[must_use]
pub fn details(failure: &Failure) -> Details {
    let details = Details::new().with("sent", failure.sent());
    match failure {
        Failure::ConnectFailed { address, .. }
        | Failure::ConnectTimeout { address, .. }
        | Failure::RequestTimeout { address, .. }
        | Failure::ReadyTimeout { address, .. }
        | Failure::QueueFull { address, .. } => details.with("address", &**address),
        Failure::ConnectionClosed {
            address,
            sent,
            closure,
            reconnect_helps,
        } => details
            .with("address", &**address)
            .with_closure(closure)
            .with("hint", closed_hint(*sent, closure, *reconnect_helps)),
        Failure::FrameTooLarge { .. } => details,
    }
}

/// The text of `WebSocket connection closed` is the reference's, so what to do stands beside it.
fn closed_hint(sent: bool, closure: &Closure, reconnect_helps: bool) -> String {
    if *closure == requested_closure() {
        return joined(&[
            "close() was called. ",
            if sent {
                "Whether the host carried the request out is unknown. close({ drain: true }) lets calls settle first, within its 'timeout'."
            } else {
                "Make a new Codebolt to connect again."
            },
        ]);
    }
    let end = if closure.reason.is_empty() {
        joined(&["close code ", &decimal(u64::from(closure.code))])
    } else {
        joined(&[
            "close code ",
            &decimal(u64::from(closure.code)),
            ": ",
            &closure.reason,
        ])
    };
    if sent {
        joined(&[
            "The connection ended (",
            &end,
            ") after the message was handed to the socket: whether the host carried it out is unknown. Ask the host before you repeat it.",
        ])
    } else {
        joined(&[
            "This call sent nothing (",
            &end,
            "). Make a new Codebolt to connect again",
            if reconnect_helps {
                ", or set the option 'reconnect'."
            } else {
                "."
            },
        ])
    }
}
