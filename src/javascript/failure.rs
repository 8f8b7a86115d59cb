//! What a failure looks like in JavaScript: a code of the closed set, a text and details.

use crate::session::{Closure, Failure};
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

/// The code of a failure, one of those that the package's types list.
#[must_use]
pub fn code(failure: &Failure) -> &'static str {
    match failure {
        Failure::ConnectFailed { .. } => "CONNECT_FAILED",
        Failure::ConnectTimeout { .. } => "CONNECT_TIMEOUT",
        Failure::ConnectionClosed { .. } => "CONNECTION_CLOSED",
        Failure::RequestTimeout { .. } => "REQUEST_TIMEOUT",
        Failure::QueueFull { .. } => "QUEUE_FULL",
        Failure::FrameTooLarge { .. } => "FRAME_TOO_LARGE",
    }
}

/// A plain object, filled member by member.
pub struct Details(Object);

impl Details {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self(Object::new())
    }

    /// Adds a member.
    #[must_use]
    pub fn with(self, key: &str, value: impl Into<JsValue>) -> Self {
        // Setting a member of a fresh plain object cannot fail.
        let _ = Reflect::set(&self.0, &key.into(), &value.into());
        self
    }

    /// Adds how a connection ended.
    #[must_use]
    pub fn with_closure(self, closure: &Closure) -> Self {
        self.with("closeCode", closure.code)
            .with("closeReason", &*closure.reason)
    }

    /// The object.
    #[must_use]
    pub fn into_value(self) -> JsValue {
        self.0.into()
    }
}

impl Default for Details {
    fn default() -> Self {
        Self::new()
    }
}

/// The details of a failure: its address, whether the request was sent, and what else there is to say.
#[must_use]
pub fn details(failure: &Failure) -> Details {
    let details = Details::new().with("sent", failure.sent());
    match failure {
        Failure::ConnectFailed { address, .. }
        | Failure::ConnectTimeout { address, .. }
        | Failure::RequestTimeout { address, .. }
        | Failure::QueueFull { address, .. } => details.with("address", &**address),
        Failure::ConnectionClosed {
            address,
            sent,
            closure,
        } => details
            .with("address", &**address)
            .with_closure(closure)
            .with("hint", closed_hint(*sent, closure)),
        Failure::FrameTooLarge { .. } => details,
    }
}

/// The text of `WebSocket connection closed` is the reference's, so what to do stands beside it.
fn closed_hint(sent: bool, closure: &Closure) -> String {
    let end = if closure.reason.is_empty() {
        format!("close code {}", closure.code)
    } else {
        format!("close code {}: {}", closure.code, closure.reason)
    };
    if sent {
        format!(
            "The request had been sent when the connection ended ({end}): whether the host carried it out is unknown. Ask the host before you repeat it."
        )
    } else {
        format!(
            "The request was not sent ({end}). Make a new Codebolt to connect again, or set the option 'reconnect'."
        )
    }
}
