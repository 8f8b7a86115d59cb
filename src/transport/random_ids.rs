//! Request ids from the runtime's secure random source, drawn many at a time.

use crate::wire::RequestId;
use crate::wire::request_id::TEXT_LENGTH;
use alloc::{string::String, vec::Vec};
use js_sys::JsString;
use wasm_bindgen::prelude::*;

/// How many ids one call of `getRandomValues` makes. Crossing to JavaScript once an id costs more than the rest
/// of an id together.
const BATCH: usize = 128;

/// How many random bytes are in an id.
const BYTES: usize = 16;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(bytes: &mut [u8]) -> Result<(), JsValue>;
}

/// A stock of fresh ids with their texts.
pub struct RandomIds {
    ids: Vec<RequestId>,
    /// The texts of a whole batch behind one another.
    texts: JsString,
}

impl Default for RandomIds {
    fn default() -> Self {
        Self {
            ids: Vec::with_capacity(BATCH),
            texts: JsValue::UNDEFINED.unchecked_into(),
        }
    }
}

impl RandomIds {
    /// A fresh id and its text.
    ///
    /// # Errors
    /// When the runtime has no secure random source.
    pub fn draw(&mut self) -> Result<(RequestId, JsString), JsValue> {
        if self.ids.is_empty() {
            self.refill()?;
        }
        let id = self.ids.pop().ok_or(JsValue::UNDEFINED)?;
        let start = (self.ids.len() * TEXT_LENGTH) as u32;
        let text = self.texts.substring(start, start + TEXT_LENGTH as u32);
        Ok((id, text))
    }

    fn refill(&mut self) -> Result<(), JsValue> {
        let mut bytes = [0; BATCH * BYTES];
        get_random_values(&mut bytes)?;
        let mut texts = String::with_capacity(BATCH * TEXT_LENGTH);
        let (batch, _) = bytes.as_chunks::<BYTES>();
        for random in batch {
            let id = RequestId::from_random_bytes(*random);
            id.push_text(&mut texts);
            self.ids.push(id);
        }
        self.texts = JsString::from(texts);
        Ok(())
    }
}
