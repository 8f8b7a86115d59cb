//! `eventLog.createInstance`: what the module knows of it, for the package and for the module by itself.
//!
//! Its type, the text of its frame and its way through the session are here alone. Only who joins the frame's parts differs:
//! the package does in JavaScript, where five calls out of the module less are a tenth of the time that a request takes.

use super::client::{Client, NOWHERE};
use super::json;
use crate::session::Expectation;
use crate::transport::members::Details;
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

/// The length of the frame but for the id and the parameters.
const FRAME_UNITS: u32 = (FRAME[0].len() + FRAME[1].len() + FRAME[2].len()) as u32;

#[wasm_bindgen]
impl Client {
    /// The texts before the request id, between it and the parameters, and after them.
    #[wasm_bindgen(js_name = createInstanceFrame, unchecked_return_type = "[string, string, string]")]
    pub fn create_instance_frame() -> Array {
        FRAME.iter().map(|text| JsValue::from_str(text)).collect()
    }

    /// Begins to create an instance, with parameters of so many `units` as JSON, if that can go at once; gives what
    /// [`Client::begin`] gives, and goes on like it.
    #[wasm_bindgen(js_name = createInstance)]
    pub fn create_instance(&self, units: u32, timeout: f64) -> i32 {
        let method = self.creating().number();
        self.begin(method, units.saturating_add(FRAME_UNITS), timeout)
    }

    /// The same for what may have to wait: see [`Client::call`].
    #[wasm_bindgen(js_name = createInstanceLater)]
    pub fn create_instance_later(&self, place: u32, frame: JsString, timeout: f64) {
        self.call(place, self.creating().number(), frame, timeout);
    }

    fn creating(&self) -> Expectation {
        *self.create_instance.get_or_init(|| {
            let mut session = self.driver.session.borrow_mut();
            // As `Client::method` has them, so that there is one such function.
            session.expect(CREATE_INSTANCE, &[String::from(CREATE_INSTANCE)])
        })
    }
}

impl Client {
    /// The whole of it, for who has no JavaScript to do a part: `resolve` gets the host's reply, or a promise that rejects.
    /// Gives the request's id.
    ///
    /// # Errors
    /// The engine's own, when the parameters are nothing that JSON can say or the runtime has no secure random source.
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
        let begun = self.create_instance(params.length(), timeout);
        let drawn = match u32::try_from(begun) {
            Ok(drawn) => drawn,
            Err(_) => self.draw(false)?,
        };
        let place = Self::place(drawn);
        self.driver.callers.set(place, resolve.into());
        let id = self.id_text(drawn);
        let [head, middle, end] = FRAME;
        let frame = JsString::from(head)
            .concat(&id)
            .concat(&middle.into())
            .concat(&params)
            .concat(&end.into());
        if begun == NOWHERE {
            self.create_instance_later(place, frame, timeout);
        } else {
            match self.driver.send_begun(&frame) {
                Ok(()) => self.sent(),
                Err(error) => self.send_failed(&error),
            }
        }
        Ok(id)
    }
}
