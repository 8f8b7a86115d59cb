//! Errors for JavaScript: what happened; what is expected and what came.

use js_sys::{Array, Error, TypeError};
use wasm_bindgen::JsValue;

/// A `TypeError`: an argument is not what is expected.
pub fn wrong_type(text: &str) -> JsValue {
    TypeError::new(text).into()
}

/// An `Error`.
pub fn error(text: &str) -> JsValue {
    Error::new(text).into()
}

/// Describes a value in a few words.
pub fn shown(value: &JsValue) -> String {
    const MOST: usize = 60;
    if let Some(text) = value.as_string() {
        return format!("the text {:?}", text.chars().take(MOST).collect::<String>());
    }
    if let Some(number) = value.as_f64() {
        return format!("the number {number}");
    }
    if value.is_undefined() || value.is_null() || value.as_bool().is_some() {
        return format!("{value:?}")
            .trim_start_matches("JsValue(")
            .trim_end_matches(')')
            .to_owned();
    }
    if value.is_function() {
        return "a function".into();
    }
    if Array::is_array(value) {
        return "a list".into();
    }
    if value.is_object() {
        return "an object".into();
    }
    value.js_typeof().as_string().unwrap_or_default()
}
