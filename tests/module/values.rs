//! JavaScript values, made and read.

use js_sys::{Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &Function, milliseconds: u32) -> JsValue;
}

/// While it lives, Node does not end: nothing scripted keeps it, and a test that it leaves waiting would pass unseen.
struct Held(JsValue);

impl Held {
    fn new() -> Self {
        Self(set_timeout(&Function::new_no_args(""), 15_000))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Not by an `extern` of its own: the crate has one of this name already.
        let clear = member(&js_sys::global(), "clearTimeout").map(Function::from);
        let _ = clear.and_then(|clear| clear.call1(&JsValue::UNDEFINED, &self.0));
    }
}

/// A plain object.
pub fn object(members: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object)
}

/// The member at a path such as `data.instance.name`.
pub fn member(value: &JsValue, path: &str) -> Result<JsValue, JsValue> {
    path.split('.').try_fold(value.clone(), |value, name| {
        Reflect::get(&value, &name.into())
    })
}

/// The text at a path.
///
/// # Errors
/// When there is none.
pub fn text(value: &JsValue, path: &str) -> Result<String, JsValue> {
    member(value, path)?.as_string().ok_or_else(|| {
        let whole = JSON::stringify(value).map(String::from).unwrap_or_default();
        JsValue::from_str(&format!("there is no text at {path} of {whole}"))
    })
}

/// The number at a path.
///
/// # Errors
/// When there is none.
pub fn number(value: &JsValue, path: &str) -> Result<f64, JsValue> {
    member(value, path)?
        .as_f64()
        .ok_or_else(|| JsValue::from_str(&format!("there is no number at {path}")))
}

/// A function of one argument.
pub fn function(body: impl Fn(JsValue) -> Result<JsValue, JsValue> + 'static) -> JsValue {
    Closure::<dyn Fn(JsValue) -> Result<JsValue, JsValue>>::new(body).into_js_value()
}

/// What the promise resolves with.
pub async fn resolved(promise: Promise) -> Result<JsValue, JsValue> {
    let _held = Held::new();
    JsFuture::from(promise).await
}

/// What the promise rejects with.
///
/// # Errors
/// When it resolves.
pub async fn rejected(promise: Promise) -> Result<JsValue, JsValue> {
    match resolved(promise).await {
        Err(error) => Ok(error),
        Ok(value) => {
            let value = JSON::stringify(&value)
                .map(String::from)
                .unwrap_or_default();
            Err(JsValue::from_str(&format!(
                "a rejection was wanted; it resolved with {value}"
            )))
        }
    }
}

/// Waits, and lets everything else run.
pub async fn pause(milliseconds: u32) -> Result<(), JsValue> {
    let promise = Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, milliseconds);
    });
    JsFuture::from(promise).await.map(drop)
}

/// A name that no instance has yet: the database of a real host outlives a test.
pub fn fresh_name(of: &str) -> String {
    format!("{of}-{}-{}", js_sys::Date::now(), js_sys::Math::random())
}
