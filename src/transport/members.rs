//! Objects of JavaScript, read and filled member by member.
//!
//! One import serves all members of a type. A getter for each would cost a hundred bytes of download.

use crate::session::Closure;
use alloc::string::String;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// An object, whatever its members are.
    #[wasm_bindgen(js_name = Object, typescript_type = "object")]
    pub type Members;

    #[wasm_bindgen(constructor, js_class = "Object")]
    fn new() -> Members;

    /// The member as a number: NaN where it is `undefined`.
    #[wasm_bindgen(method, indexing_getter)]
    pub(crate) fn number(this: &Members, name: &str) -> f64;

    /// The member, of whatever type. Reading may throw: `Deno` guards the environment that way.
    #[wasm_bindgen(js_namespace = Reflect, catch)]
    fn get(object: &JsValue, name: &str) -> Result<JsValue, JsValue>;

    /// Sets a member of an object that is not ours, which may refuse it.
    #[wasm_bindgen(js_namespace = Reflect, js_name = set, catch)]
    pub(crate) fn try_set(object: &JsValue, name: &str, value: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(method, indexing_setter)]
    pub(crate) fn set(this: &Members, name: &str, value: &JsValue);
}

/// The member of an object, `undefined` where there is none or it cannot be read.
pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    get(object, name).unwrap_or(JsValue::UNDEFINED)
}

/// The member if it is a text.
pub(crate) fn text(object: &JsValue, name: &str) -> Option<String> {
    member(object, name).as_string()
}

impl Members {
    /// The member if it is a text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        text(self, name)
    }

    /// The member if it is an object.
    pub(crate) fn object(&self, name: &str) -> Option<Members> {
        let value = member(self, name);
        value.is_object().then(|| value.unchecked_into())
    }
}

/// A new plain object, filled member by member.
pub struct Details(Members);

impl Details {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self(Members::new())
    }

    /// Adds a member.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<JsValue>) -> Self {
        self.0.set(name, &value.into());
        self
    }

    /// Adds a connection's close code and reason.
    #[must_use]
    pub fn with_closure(self, closure: &Closure) -> Self {
        self.with("closeCode", closure.code)
            .with("closeReason", &*closure.reason)
    }

    /// The object.
    #[must_use]
    pub fn into_value(self) -> JsValue {
        self.0.into()
    }
}

impl Default for Details {
    fn default() -> Self {
        Self::new()
    }
}
