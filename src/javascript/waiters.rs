//! What callers and listeners are told.

use super::driver::Driver;
use super::failure;
use super::json::Message;
use super::platform;
use crate::session::{Failure, Notice, Place, Request};
use crate::transport::members::{Details, text};
use crate::wire::text::joined;
use alloc::{borrow::ToOwned as _, string::String};
use js_sys::Function;
use wasm_bindgen::prelude::*;

impl Driver {
    /// Takes out the `resolve` of the caller at a place.
    pub(super) fn caller(&self, place: Place) -> Function {
        let resolve = self.callers.get(place.number());
        self.callers.set(place.number(), JsValue::UNDEFINED);
        resolve.unchecked_into()
    }

    pub(super) fn reply(&self, place: Place, request: Option<&Request>, message: &JsValue) {
        let resolve = self.caller(place);
        if self.throw_on_error {
            let reply = message.unchecked_ref::<Message>();
            if reply.success().as_bool() == Some(false) {
                let text = text(message, "error")
                    .or_else(|| text(message, "message"))
                    .unwrap_or_else(|| "the host gave no reason".to_owned());
                let type_name = request.map_or("", |request| &*request.type_name);
                let details = Details::new()
                    .with("type", type_name)
                    .with("requestId", reply.request_id())
                    .with("sent", true)
                    .with("address", self.session.borrow().address())
                    .with("reply", message.clone());
                return self.platform.fail(
                    &resolve,
                    "HOST_ERROR",
                    &joined(&[type_name, ": ", &text]),
                    &details.into_value(),
                );
            }
        }
        platform::settle(&resolve, message);
    }

    pub(super) fn settle(
        &self,
        place: Place,
        request: Option<&Request>,
        outcome: Result<(), Failure>,
    ) {
        let resolve = self.caller(place);
        let failure = match outcome {
            Ok(()) => return platform::settle(&resolve, &JsValue::UNDEFINED),
            Err(failure) => failure,
        };
        let mut details = failure::details(&failure);
        let mut type_name = "";
        if let Some(request) = request {
            type_name = &request.type_name;
            details = details
                .with("type", type_name)
                .with("requestId", request.id.text());
        }
        self.platform.fail(
            &resolve,
            failure::code(&failure),
            &text_of(&failure, type_name),
            &details.into_value(),
        );
    }

    pub(super) fn notify(&self, notice: Notice) {
        let (name, details) = match notice {
            Notice::Open { again } => ("open", Details::new().with("again", again)),
            Notice::Close { closure, requested } => (
                "close",
                Details::new()
                    .with_closure(&closure)
                    .with("requested", requested),
            ),
            Notice::Reconnecting {
                attempt,
                delay,
                closure,
            } => (
                "reconnecting",
                Details::new()
                    .with("attempt", attempt)
                    .with("delay", delay as f64)
                    .with_closure(&closure),
            ),
            Notice::MessagesLost { count } => {
                ("messagesLost", Details::new().with("count", count as f64))
            }
        };
        let address = self.session.borrow().address().to_owned();
        self.platform.notify(name, details.with("address", address));
    }
}

/// The failure's text, with the request's type before it except where the text is the reference's own.
fn text_of(failure: &Failure, type_name: &str) -> String {
    if type_name.is_empty() || matches!(failure, Failure::ConnectionClosed { .. }) {
        failure.text()
    } else {
        joined(&[type_name, ": ", &failure.text()])
    }
}
