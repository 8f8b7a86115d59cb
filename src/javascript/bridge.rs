//! What the client needs from its surroundings, and what it uses where the facade says nothing.

use crate::transport::HAS_FACADE;
use crate::transport::members::{Details, Members, member};
use alloc::string::String;
use js_sys::{Array, Error, Function, JsString, Promise};
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

#[wasm_bindgen(typescript_custom_section)]
const PLATFORM: &str = "
/** What the facade provides. */
export interface Platform {
    reject(resolve: Function, code: string, message: string, details: unknown): void;
    notify(name: string, details: unknown): void;
    deliver(message: unknown): void;
    connect?: (url: string) => object;
    /** Hears the socket's `message` events instead of the module. */
    receive?: (event: { data: unknown }) => void;
    /** A function that calls this one of the module, and keeps to itself what it throws. */
    guard?: (handler: (event?: any) => void) => (event?: any) => void;
    /** The `resolve` of everybody who waits, by place. Made here where it is missing. */
    callers?: Array<((value?: any) => void) | undefined>;
    /** The texts of 128 request ids behind one another. Set here. */
    ids?: string;
    /** The same for messages that no reply answers. */
    messageIds?: string;
}
";

#[wasm_bindgen]
extern "C" {
    /// What the facade provides.
    #[wasm_bindgen(typescript_type = "Platform")]
    pub type Platform;

    /// Settles the promise behind `resolve` with an error made by the facade. Throws where there is no facade.
    #[wasm_bindgen(method, catch)]
    fn reject(
        this: &Platform,
        resolve: &Function,
        code: &str,
        message: &str,
        details: &JsValue,
    ) -> Result<(), JsValue>;

    /// Tells listeners of an event.
    #[wasm_bindgen(method, catch, js_name = notify)]
    fn try_notify(this: &Platform, name: &str, details: &JsValue) -> Result<(), JsValue>;

    /// Hands a message to listeners.
    #[wasm_bindgen(method, catch, js_name = deliver)]
    fn try_deliver(this: &Platform, message: &JsValue) -> Result<(), JsValue>;

    /// Opens a socket.
    #[wasm_bindgen(method, catch)]
    fn connect(this: &Platform, url: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = guard)]
    fn try_guard(this: &Platform, handler: &JsValue) -> Result<JsValue, JsValue>;

    /// The global object, by its own `valueOf`: a function, as a static takes more code.
    #[wasm_bindgen(js_namespace = globalThis, js_name = valueOf)]
    fn global() -> Members;
}

impl Platform {
    /// Rejects the promise behind `resolve`.
    pub(super) fn fail(&self, resolve: &Function, code: &str, message: &str, details: &JsValue) {
        let refused = self.reject(resolve, code, message, details).is_err();
        if refused && !HAS_FACADE {
            let error = Error::new(message);
            error.unchecked_ref::<Members>().set("code", &code.into());
            settle(resolve, &Promise::reject(&error));
        }
    }

    /// Tells listeners of an event.
    pub(super) fn notify(&self, name: &str, details: Details) {
        self.notify_of(name, &details.into_value());
    }

    pub(super) fn notify_of(&self, name: &str, details: &JsValue) {
        // Only a client without the facade has no listeners, and then there is nobody to tell.
        let _ = self.try_notify(name, details);
    }

    /// Hands a message to listeners.
    pub(super) fn deliver(&self, message: &JsValue) {
        let _ = self.try_deliver(message);
    }

    /// The list of callers, which both sides use.
    pub(super) fn callers(&self) -> Array {
        let there = member(self, "callers");
        if HAS_FACADE || there.is_object() {
            return there.unchecked_into();
        }
        let callers = Array::new();
        self.unchecked_ref::<Members>().set("callers", &callers);
        callers
    }

    /// Hands over the texts of the next ids.
    pub(super) fn renew_ids(&self, texts: &JsString, are_messages: bool) {
        let name = if are_messages { "messageIds" } else { "ids" };
        self.unchecked_ref::<Members>().set(name, texts);
    }

    /// Who hears a socket's messages; `undefined` where the module does.
    pub fn receive(&self) -> JsValue {
        member(self, "receive")
    }

    /// What sockets and timers call instead of a function of the module.
    #[must_use]
    pub fn guarded(&self, handler: &JsValue) -> JsValue {
        self.try_guard(handler).unwrap_or_else(|_| handler.clone())
    }

    /// Opens a socket: the facade's or the caller's, else the runtime's own.
    ///
    /// # Errors
    /// What the runtime or the caller's own factory throws.
    pub(super) fn open(&self, url: &str) -> Result<WebSocket, JsValue> {
        if !HAS_FACADE && member(self, "connect").is_undefined() {
            return WebSocket::new(url);
        }
        let socket = self.connect(url)?;
        if HAS_FACADE || socket.is_object() {
            Ok(socket.unchecked_into())
        } else {
            Err(Error::new("option 'webSocket' gave no socket").into())
        }
    }
}

#[wasm_bindgen]
extern "C" {
    type Resolve;

    #[wasm_bindgen(method)]
    fn call(this: &Resolve, nobody: &JsValue, value: &JsValue);
}

/// Calls a promise's `resolve`, which does not throw; catching what it might costs time.
pub(super) fn settle(resolve: &Function, value: &JsValue) {
    resolve
        .unchecked_ref::<Resolve>()
        .call(&JsValue::UNDEFINED, value);
}

/// The process's environment variable, where there is a process.
#[must_use]
pub fn environment_variable(name: &str) -> Option<String> {
    global().object("process")?.object("env")?.text(name)
}

/// Whether the page came by `https`, so that only a secure WebSocket may be opened.
#[must_use]
pub fn page_is_secure() -> bool {
    global()
        .object("location")
        .and_then(|location| location.text("protocol"))
        .is_some_and(|protocol| protocol == "https:")
}
