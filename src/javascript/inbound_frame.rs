//! Inbound frames: a frame's data, read as a message of the protocol.

use super::json::{self, Message};
use crate::transport::members::{Details, text};
use crate::wire::InboundId;
use crate::wire::request_id::TEXT_LENGTH;
use crate::wire::text::joined;
use alloc::{borrow::ToOwned as _, string::String};
use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;

/// The longest type name that is looked at; no message of the protocol comes near it.
const LONGEST_TYPE: u32 = 1024;

fn inbound_id(message: &Message) -> InboundId {
    let id = message.request_id();
    if id.is_string() {
        let text = id.unchecked_ref::<JsString>();
        if text.length() as usize != TEXT_LENGTH {
            return InboundId::Foreign;
        }
        id.as_string()
            .map_or(InboundId::Foreign, |text| InboundId::of_text(&text))
    } else if id.is_undefined() || id.is_null() {
        InboundId::Absent
    } else {
        InboundId::Foreign
    }
}

/// A type's name, unless it is not a text, or too long.
pub(super) fn short_text(value: &JsValue) -> Option<String> {
    if !value.is_string() || value.unchecked_ref::<JsString>().length() > LONGEST_TYPE {
        return None;
    }
    value.as_string()
}

/// Why a frame is not a message.
pub(super) struct Unreadable {
    pub(super) reason: String,
    /// The frame's text, or its bytes where they are not a text.
    pub(super) frame: JsValue,
}

#[wasm_bindgen]
extern "C" {
    type TextDecoder;

    #[wasm_bindgen(constructor)]
    fn new(label: &str, options: JsValue) -> TextDecoder;

    #[wasm_bindgen(method, catch)]
    fn decode(this: &TextDecoder, bytes: &JsValue) -> Result<JsValue, JsValue>;
}

/// Reads a frame, text or bytes, and what stands in its `requestId`. `parsed` is what `JSON.parse` made of it, `undefined` when
/// it was not asked or threw.
pub(super) fn read(data: JsValue, parsed: JsValue) -> Result<(Message, InboundId), Unreadable> {
    let text = if data.is_string() {
        data
    } else {
        // Some hosts send their JSON as a binary frame, and the reference reads it.
        let options = Details::new().with("fatal", true).into_value();
        TextDecoder::new("utf-8", options)
            .decode(&data)
            .map_err(|_| Unreadable {
                reason: "invalid frame: expected text, or UTF-8 in an ArrayBuffer or a view, got neither".to_owned(),
                frame: data,
            })?
    };
    let parsed = if parsed.is_undefined() {
        json::parse(&text)
    } else {
        Ok(parsed)
    };
    let message: Message = match parsed {
        Ok(message) if message.is_object() => message.unchecked_into(),
        Ok(_) => return Err(no_object(text)),
        Err(error) => {
            return Err(Unreadable {
                reason: joined(&["invalid frame: expected JSON: ", &error_text(&error)]),
                frame: text,
            });
        }
    };
    let id = inbound_id(&message);
    // A list has no id, so a frame with an id is not one.
    if id == InboundId::Absent && Array::is_array(&message) {
        return Err(no_object(text));
    }
    Ok((message, id))
}

fn no_object(frame: JsValue) -> Unreadable {
    Unreadable {
        reason: "invalid frame: expected a JSON object, got other JSON".to_owned(),
        frame,
    }
}

/// What an exception says.
pub(super) fn error_text(error: &JsValue) -> String {
    text(error, "message")
        .or_else(|| error.as_string())
        .unwrap_or_else(|| "an exception without a text".to_owned())
}
