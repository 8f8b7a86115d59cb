//! A WebSocket that notes what is sent through it, and reading what came of it.

use js_sys::{Array, Function, JSON, Object, Reflect};
use wasm_bindgen::prelude::*;

/// The host that `cargo xtask test` started, as it was when this was compiled.
///
/// # Errors
/// When there was none.
pub fn host() -> Result<&'static str, JsValue> {
    option_env!("CODEBOLT_TEST_URL").ok_or_else(|| {
        JsValue::from_str("CODEBOLT_TEST_URL was not set; run this with `cargo xtask test`")
    })
}

/// The socket, which from now on pushes what it sends into `frames`.
pub fn noting(frames: &Array, socket: JsValue) -> Result<JsValue, JsValue> {
    let (frames, own) = (frames.clone(), socket.clone());
    let send: Function = Reflect::get(&socket, &"send".into())?.dyn_into()?;
    let noted =
        Closure::<dyn Fn(JsValue) -> Result<JsValue, JsValue>>::new(move |data: JsValue| {
            frames.push(&data);
            send.call1(&own, &data)
        });
    Reflect::set(&socket, &"send".into(), &noted.into_js_value())?;
    Ok(socket)
}

/// The only frame that was sent, with its request id apart.
///
/// # Errors
/// When there is another number of frames, or the frame has no id.
pub fn only_frame(frames: &Array) -> Result<(String, String), JsValue> {
    let sent: Vec<String> = frames
        .iter()
        .filter_map(|frame| frame.as_string())
        .collect();
    let [frame] = sent.as_slice() else {
        return Err(JsValue::from_str(&format!(
            "one frame was wanted, sent were {sent:?}"
        )));
    };
    let id = text(&JSON::parse(frame)?, "requestId")?;
    Ok((frame.replace(&id, "<id>"), id))
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

/// A name that no instance has yet: the database outlives a test.
pub fn fresh_name(of: &str) -> String {
    format!("{of}-{}-{}", js_sys::Date::now(), js_sys::Math::random())
}
