//! What the client needs from its surroundings, and what it uses where the facade says nothing.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

#[wasm_bindgen]
extern "C" {
    /// What the facade provides; every member is optional.
    #[wasm_bindgen(typescript_type = "Platform")]
    pub type Platform;

    /// `(resolve, code, message, details) => void`: settles a promise with an error made by the facade.
    #[wasm_bindgen(method, getter)]
    fn reject(this: &Platform) -> Option<Function>;

    /// `(name, details) => void`: tells listeners.
    #[wasm_bindgen(method, getter)]
    fn notify(this: &Platform) -> Option<Function>;

    /// `(message) => void`: a message for listeners.
    #[wasm_bindgen(method, getter)]
    fn deliver(this: &Platform) -> Option<Function>;

    /// `(url) => WebSocket`: opens a socket.
    #[wasm_bindgen(method, getter)]
    fn connect(this: &Platform) -> Option<Function>;
}

/// The surroundings of one client.
pub struct Surroundings {
    reject: Option<Function>,
    notify: Option<Function>,
    deliver: Option<Function>,
    connect: Option<Function>,
}

impl Surroundings {
    /// Reads what the facade provides.
    #[must_use]
    pub fn new(platform: &Platform) -> Self {
        Self {
            reject: platform.reject(),
            notify: platform.notify(),
            deliver: platform.deliver(),
            connect: platform.connect(),
        }
    }

    /// Rejects the promise behind `resolve`.
    pub fn reject(&self, resolve: &Function, code: &str, message: &str, details: &JsValue) {
        let undefined = JsValue::UNDEFINED;
        match &self.reject {
            Some(reject) => {
                let _ = reject.call4(&undefined, resolve, &code.into(), &message.into(), details);
            }
            None => {
                let error = js_sys::Error::new(message);
                let _ = Reflect::set(&error, &"code".into(), &code.into());
                let _ = resolve.call1(&undefined, &Promise::reject(&error));
            }
        }
    }

    /// Tells listeners of an event.
    pub fn notify(&self, name: &str, details: &JsValue) {
        if let Some(notify) = &self.notify {
            let _ = notify.call2(&JsValue::UNDEFINED, &name.into(), details);
        }
    }

    /// Hands a message to listeners.
    pub fn deliver(&self, message: &JsValue) {
        if let Some(deliver) = &self.deliver {
            let _ = deliver.call1(&JsValue::UNDEFINED, message);
        }
    }

    /// Opens a socket.
    ///
    /// # Errors
    /// What the runtime or the caller's own factory throws.
    pub fn connect(&self, url: &str) -> Result<WebSocket, JsValue> {
        match &self.connect {
            Some(connect) => {
                let socket = connect.call1(&JsValue::UNDEFINED, &url.into())?;
                if socket.is_object() {
                    Ok(socket.unchecked_into())
                } else {
                    Err(js_sys::Error::new("option 'webSocket' gave no socket").into())
                }
            }
            None => WebSocket::new(url),
        }
    }
}

/// The process's environment variable, where there is a process.
#[must_use]
pub fn environment_variable(name: &str) -> Option<String> {
    let get = |object: &JsValue, key: &str| Reflect::get(object, &key.into()).ok();
    let process = get(&js_sys::global(), "process").filter(JsValue::is_object)?;
    let environment = get(&process, "env").filter(JsValue::is_object)?;
    get(&environment, name)?.as_string()
}

/// Whether the page came by `https`, so that only a secure WebSocket may be opened.
#[must_use]
pub fn page_is_secure() -> bool {
    Reflect::get(&js_sys::global(), &"location".into())
        .ok()
        .filter(JsValue::is_object)
        .and_then(|location| Reflect::get(&location, &"protocol".into()).ok())
        .and_then(|protocol| protocol.as_string())
        .is_some_and(|protocol| protocol == "https:")
}
