//! Request ids from the runtime's secure random source, drawn many at a time.

use crate::wire::RequestId;
use crate::wire::request_id::TEXT_LENGTH;
use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

/// How many ids one call of `getRandomValues` makes. Crossing to JavaScript once an id costs more than the rest
/// of an id together.
const BATCH: usize = 128;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(array: &Uint8Array) -> Result<JsValue, JsValue>;
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
            texts: JsString::from(""),
        }
    }
}

impl RandomIds {
    /// A fresh id and its text.
    ///
    /// # Errors
    /// When the runtime has no secure random source.
    pub fn next(&mut self) -> Result<(RequestId, JsString), JsValue> {
        if self.ids.is_empty() {
            self.refill()?;
        }
        let Some(id) = self.ids.pop() else {
            return Err(JsValue::from_str("no random bytes"));
        };
        let start = (self.ids.len() * TEXT_LENGTH) as u32;
        let text = self.texts.substring(start, start + TEXT_LENGTH as u32);
        Ok((id, text))
    }

    fn refill(&mut self) -> Result<(), JsValue> {
        let array = Uint8Array::new_with_length((BATCH * 16) as u32);
        get_random_values(&array)?;
        let mut texts = String::with_capacity(BATCH * TEXT_LENGTH);
        let mut text = [0; TEXT_LENGTH];
        for bytes in array.to_vec().chunks_exact(16) {
            let mut random = [0; 16];
            random.copy_from_slice(bytes);
            let id = RequestId::from_random_bytes(random);
            id.write_text(&mut text);
            texts.extend(text.iter().map(|&byte| char::from(byte)));
            self.ids.push(id);
        }
        self.texts = JsString::from(texts);
        Ok(())
    }
}
