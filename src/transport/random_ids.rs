//! Request ids from the runtime's secure random source, made many at a time.

use crate::session::Slot;
use crate::wire::RequestId;
use crate::wire::request_id::TEXT_LENGTH;
use alloc::{string::String, vec::Vec};
use js_sys::JsString;
use wasm_bindgen::prelude::*;

/// How many ids one call of `getRandomValues` makes. Crossing to JavaScript once an id costs more than the rest
/// of an id together.
pub const BATCH: usize = Slot::INDICES as usize;

/// How many random bytes are in an id.
const BYTES: usize = 16;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(bytes: &mut [u8]) -> Result<(), JsValue>;
}

/// A slot that was reserved, and where the text of its id stands in the batch.
#[derive(Clone, Copy, Debug)]
pub struct Reserved {
    /// The slot.
    pub slot: Slot,
    /// The id's number in the batch, from 0.
    pub index: u32,
}

/// A stock of fresh ids, each with its slot.
#[derive(Default)]
pub struct RandomIds {
    slots: Vec<Slot>,
    used: usize,
}

impl RandomIds {
    /// The next id. Where a batch begins, `reserve` makes an id of random bytes, and `set_texts` gets the texts of the whole batch
    /// behind one another.
    ///
    /// # Errors
    /// When the runtime has no secure random source.
    pub fn next(
        &mut self,
        reserve: &dyn Fn([u8; BYTES]) -> (Slot, RequestId),
        set_texts: &dyn Fn(JsString),
    ) -> Result<Reserved, JsValue> {
        if self.used == self.slots.len() {
            let mut bytes = [0; BATCH * BYTES];
            get_random_values(&mut bytes)?;
            self.slots.clear();
            let mut ids = [[0; 4]; BATCH];
            for (random, words) in bytes.as_chunks::<BYTES>().0.iter().zip(&mut ids) {
                let (slot, id) = reserve(*random);
                self.slots.push(slot);
                *words = id.words();
            }
            // Allocated after the slots' memory, which stays. Between two parts of it, this would leave a gap that nothing fits into.
            let mut texts = String::with_capacity(BATCH * TEXT_LENGTH);
            for words in ids {
                RequestId::of_words(words).push_text(&mut texts);
            }
            self.used = 0;
            set_texts(JsString::from(texts));
        }
        let index = self.used;
        let slot = *self.slots.get(index).ok_or(JsValue::UNDEFINED)?;
        self.used += 1;
        Ok(Reserved {
            slot,
            index: index as u32,
        })
    }

    /// The last id was not used: it is the next one again.
    pub fn keep_last(&mut self) {
        self.used -= 1;
    }
}
