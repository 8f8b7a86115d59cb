//! The engine's own JSON. Payloads never enter WebAssembly memory.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Takes the text as a JavaScript value: `js_sys`'s takes a `&str`, which copies the whole text in and out.
    #[wasm_bindgen(js_namespace = JSON, catch)]
    pub fn parse(text: &JsValue) -> Result<JsValue, JsValue>;

    /// `JSON.stringify`. Its result is `undefined` for what JSON cannot represent.
    #[wasm_bindgen(js_namespace = JSON, catch)]
    pub fn stringify(value: &JsValue) -> Result<JsValue, JsValue>;

    /// A parsed message. The getters give whatever stands there, of whatever type.
    pub type Message;

    /// The id of the request that it answers.
    #[wasm_bindgen(method, getter, js_name = requestId)]
    pub fn request_id(this: &Message) -> JsValue;

    /// Whether the host did what was asked.
    #[wasm_bindgen(method, getter)]
    pub fn success(this: &Message) -> JsValue;
}
