//! Waiters: how their promises are resolved and rejected.

use super::bridge;
use super::driver::Driver;
use super::failure;
use super::json::Message;
use crate::session::{Failure, Request, Slot};
use crate::transport::members::{Details, member, text};
use crate::wire::text::joined;
use alloc::{borrow::ToOwned as _, string::String};
use js_sys::Function;
use wasm_bindgen::prelude::*;

impl Driver {
    /// Takes out the `resolve` of the waiter at a slot.
    pub(super) fn take_waiter(&self, slot: Slot) -> Function {
        let resolve = self.waiters.get(slot.number());
        self.waiters.set(slot.number(), JsValue::UNDEFINED);
        resolve.unchecked_into()
    }

    /// Resolves a waiter with its reply. With `throwOnError`, a reply that says `success: false` rejects.
    pub(super) fn reply(&self, slot: Slot, request: Option<&Request>, message: &JsValue) {
        let resolve = self.take_waiter(slot);
        if self.throw_on_error {
            let reply = message.unchecked_ref::<Message>();
            if reply.success().as_bool() == Some(false) {
                let reason = text(message, "error")
                    .or_else(|| text(message, "message"))
                    .or_else(|| text(&member(message, "error"), "message"))
                    .unwrap_or_else(|| "the host gave no reason in words".to_owned());
                let type_name = request.map_or("", |request| &*request.type_name);
                let details = Details::new()
                    .with("type", type_name)
                    .with("requestId", reply.request_id())
                    .with("sent", true)
                    .with("address", self.session.borrow().address())
                    .with("hostCode", text(message, "code"))
                    .with("reply", message.clone());
                return self.bridge.reject_with(
                    &resolve,
                    "HOST_ERROR",
                    &joined(&[type_name, ": ", &reason]),
                    &details.into_value(),
                );
            }
        }
        bridge::resolve(&resolve, message);
    }

    /// Resolves or rejects a waiter.
    pub(super) fn settle(
        &self,
        slot: Slot,
        request: Option<&Request>,
        outcome: Result<(), Failure>,
    ) {
        let resolve = self.take_waiter(slot);
        let failure = match outcome {
            Ok(()) => return bridge::resolve(&resolve, &JsValue::UNDEFINED),
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
        self.bridge.reject_with(
            &resolve,
            failure::code(&failure),
            &text_of(&failure, type_name),
            &details.into_value(),
        );
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
