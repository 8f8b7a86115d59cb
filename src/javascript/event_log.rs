//! `eventLog.createInstance`: its type, its frame and its expected reply, for the package and for the module by itself.
//!
//! The package joins the frame's parts in JavaScript: that saves five calls out of the module, a tenth of the time that a request
//! takes. The module by itself joins them in Rust.

use super::client::{Client, request_of};
use super::json;
use crate::transport::members::Details;
use crate::wire::request_id::TEXT_LENGTH;
use alloc::string::String;
use js_sys::{Array, Function, JsString};
use wasm_bindgen::prelude::*;

/// The message type.
pub const CREATE_INSTANCE: &str = "eventLog.createInstance";

/// The frame before the id, between the id and the parameters, and after them.
const FRAME: [&str; 3] = [
    r#"{"type":"eventLog.createInstance","requestId":""#,
    r#"","params":"#,
    "}",
];

/// The length of the frame without the parameters.
const FRAME_UNITS: u32 = (FRAME[0].len() + TEXT_LENGTH + FRAME[1].len() + FRAME[2].len()) as u32;

#[wasm_bindgen]
impl Client {
    /// The texts before the request id, between it and the parameters, and after them.
    #[wasm_bindgen(js_name = createInstanceFrame, unchecked_return_type = "[string, string, string]")]
    pub fn create_instance_frame() -> Array {
        FRAME.iter().map(|text| JsValue::from_str(text)).collect()
    }

    /// The request type's handle, as [`Client::method`] gives them.
    #[wasm_bindgen(js_name = createInstanceMethod)]
    pub fn create_instance_method(&self) -> u32 {
        // With texts as `Client::method` has them, so that there is one such function.
        let types = [String::from(CREATE_INSTANCE)];
        let mut session = self.driver.session.borrow_mut();
        session.expect_reply(CREATE_INSTANCE, &types).number()
    }
}

impl Client {
    /// The whole request, without the package's JavaScript: `resolve` gets the host's reply, or a promise that rejects.
    /// Gives the request's id.
    ///
    /// # Errors
    /// The engine's own, when JSON cannot represent the parameters, or the runtime has no secure random source.
    pub fn request_instance(
        &self,
        name: &JsValue,
        description: &JsValue,
        timeout: f64,
        resolve: &Function,
    ) -> Result<JsString, JsValue> {
        let params = Details::new()
            .with("name", name)
            .with("description", description)
            .into_value();
        let params: JsString = json::stringify(&params)?.unchecked_into();
        let units = params.length().saturating_add(FRAME_UNITS);
        let method = self.create_instance_method();
        let started = self
            .driver
            .begin_request(request_of(method, u64::from(units), timeout));
        let reserved = match started {
            Some(reserved) => reserved,
            None => self.driver.reserve(false)?,
        };
        let slot = reserved.slot.number();
        self.driver.waiters.set(slot, resolve.into());
        let id = self.driver.id_text(reserved);
        let [head, middle, end] = FRAME;
        let frame = JsString::from(head)
            .concat(&id)
            .concat(&middle.into())
            .concat(&params)
            .concat(&end.into());
        if started.is_none() {
            self.call(slot, method, frame, timeout);
        } else {
            match self.driver.send_frame(&frame) {
                Ok(()) => self.driver.commit(),
                Err(error) => self.driver.send_failed(&error),
            }
        }
        Ok(id)
    }
}
