//! Request ids from the runtime's secure random source, drawn many at a time.

use crate::session::Place;
use crate::wire::RequestId;
use crate::wire::request_id::TEXT_LENGTH;
use alloc::{string::String, vec::Vec};
use js_sys::JsString;
use wasm_bindgen::prelude::*;

/// How many ids one call of `getRandomValues` makes. Crossing to JavaScript once an id costs more than the rest
/// of an id together.
pub const BATCH: usize = 128;

/// How many random bytes are in an id.
const BYTES: usize = 16;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(bytes: &mut [u8]) -> Result<(), JsValue>;
}

/// An id that was drawn: its place, and where its text stands in the batch.
#[derive(Clone, Copy, Debug)]
pub struct Drawn {
    /// The place that it was drawn for.
    pub place: Place,
    /// Which of the batch it is, from 0.
    pub index: usize,
}

/// A stock of fresh ids, each drawn for a place.
#[derive(Default)]
pub struct RandomIds {
    places: Vec<Place>,
    used: usize,
}

impl RandomIds {
    /// The next id. Where a batch begins, `draw` makes an id of random bytes, and `renew` gets the texts of the whole batch behind
    /// one another.
    ///
    /// # Errors
    /// When the runtime has no secure random source.
    pub fn next(
        &mut self,
        draw: &dyn Fn([u8; BYTES]) -> (Place, RequestId),
        renew: &dyn Fn(JsString),
    ) -> Result<Drawn, JsValue> {
        if self.used == self.places.len() {
            let mut bytes = [0; BATCH * BYTES];
            get_random_values(&mut bytes)?;
            self.places.clear();
            let mut ids = [[0; 4]; BATCH];
            for (random, words) in bytes.as_chunks::<BYTES>().0.iter().zip(&mut ids) {
                let (place, id) = draw(*random);
                self.places.push(place);
                *words = id.words();
            }
            // Allocated after what the places need, which stays: between them it would leave a gap that nothing fits into.
            let mut texts = String::with_capacity(BATCH * TEXT_LENGTH);
            for words in ids {
                RequestId::of_words(words).push_text(&mut texts);
            }
            self.used = 0;
            renew(JsString::from(texts));
        }
        let index = self.used;
        let place = *self.places.get(index).ok_or(JsValue::UNDEFINED)?;
        self.used += 1;
        Ok(Drawn { place, index })
    }

    /// The id that came last stays the next: it was not used.
    pub fn keep_last(&mut self) {
        self.used -= 1;
    }
}
