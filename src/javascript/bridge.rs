//! JavaScript's half of the bridge, as Rust calls it, and what the module does without it.

use crate::transport::HAS_BRIDGE;
use crate::transport::members::{Details, Members, member};
use alloc::string::String;
use js_sys::{Array, Error, Function, JsString, Promise};
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

#[wasm_bindgen(typescript_custom_section)]
const BRIDGE: &str = "
/** JavaScript's half of the bridge. */
export interface Bridge {
    reject(resolve: Function, code: string, message: string, details: unknown): void;
    emit(name: string, details: unknown): void;
    deliver(message: unknown): void;
    connect?: (url: string) => object;
    /** Hears the socket's `message` events instead of the module. */
    receive?: (event: { data: unknown }) => void;
    /** A function that calls this one of the module, and keeps to itself what it throws. */
    guard?: (handler: (event?: any) => void) => (event?: any) => void;
    /** The `resolve` of every waiter, by slot. Made here where it is missing. */
    waiters?: Array<((value?: any) => void) | undefined>;
    /** The texts of 128 request ids behind one another. Set here. */
    ids?: string;
    /** The same for messages that no reply answers. */
    messageIds?: string;
}
";

#[wasm_bindgen]
extern "C" {
    /// JavaScript's half of the bridge.
    #[wasm_bindgen(typescript_type = "Bridge")]
    pub type Bridge;

    /// Rejects the promise behind `resolve` with an error of the package's class. Throws where JavaScript's half is missing.
    #[wasm_bindgen(method, catch)]
    fn reject(
        this: &Bridge,
        resolve: &Function,
        code: &str,
        message: &str,
        details: &JsValue,
    ) -> Result<(), JsValue>;

    /// Hands an event to its listeners.
    #[wasm_bindgen(method, catch, js_name = emit)]
    fn try_emit(this: &Bridge, name: &str, details: &JsValue) -> Result<(), JsValue>;

    /// Hands a message to listeners.
    #[wasm_bindgen(method, catch, js_name = deliver)]
    fn try_deliver(this: &Bridge, message: &JsValue) -> Result<(), JsValue>;

    /// Opens a socket.
    #[wasm_bindgen(method, catch)]
    fn connect(this: &Bridge, url: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = guard)]
    fn try_guard(this: &Bridge, handler: &JsValue) -> Result<JsValue, JsValue>;

    /// The global object, by its own `valueOf`: a function, as a static takes more code.
    #[wasm_bindgen(js_namespace = globalThis, js_name = valueOf)]
    fn global() -> Members;
}

impl Bridge {
    /// Rejects the promise behind `resolve`.
    pub(super) fn reject_with(
        &self,
        resolve: &Function,
        code: &str,
        message: &str,
        details: &JsValue,
    ) {
        let refused = self.reject(resolve, code, message, details).is_err();
        if refused && !HAS_BRIDGE {
            let error = Error::new(message);
            error.unchecked_ref::<Members>().set("code", &code.into());
            self::resolve(resolve, &Promise::reject(&error));
        }
    }

    /// Hands an event to its listeners.
    pub(super) fn emit(&self, name: &str, details: Details) {
        self.emit_value(name, &details.into_value());
    }

    pub(super) fn emit_value(&self, name: &str, details: &JsValue) {
        // Only a client without JavaScript's half has no listeners.
        let _ = self.try_emit(name, details);
    }

    /// Hands a message to listeners.
    pub(super) fn deliver(&self, message: &JsValue) {
        let _ = self.try_deliver(message);
    }

    /// The `resolve` of every waiter, by slot. Both sides use it.
    pub(super) fn waiters(&self) -> Array {
        let there = member(self, "waiters");
        if HAS_BRIDGE || there.is_object() {
            return there.unchecked_into();
        }
        let waiters = Array::new();
        self.unchecked_ref::<Members>().set("waiters", &waiters);
        waiters
    }

    /// Sets the texts of the next ids.
    pub(super) fn set_ids(&self, texts: &JsString, are_messages: bool) {
        let name = if are_messages { "messageIds" } else { "ids" };
        self.unchecked_ref::<Members>().set(name, texts);
    }

    /// The function that gets a socket's messages; `undefined` where the module itself does.
    pub fn receive(&self) -> JsValue {
        member(self, "receive")
    }

    /// The function that sockets and timers call instead of one of the module's.
    #[must_use]
    pub fn guarded(&self, handler: &JsValue) -> JsValue {
        self.try_guard(handler).unwrap_or_else(|_| handler.clone())
    }

    /// Opens a socket: by JavaScript's half, or else the runtime's own `WebSocket`.
    ///
    /// # Errors
    /// What the runtime or the caller's own factory throws.
    pub(super) fn open(&self, url: &str) -> Result<WebSocket, JsValue> {
        if !HAS_BRIDGE && member(self, "connect").is_undefined() {
            return WebSocket::new(url);
        }
        let socket = self.connect(url)?;
        if HAS_BRIDGE || socket.is_object() {
            Ok(socket.unchecked_into())
        } else {
            Err(Error::new("option 'webSocket': expected a WebSocket").into())
        }
    }
}

#[wasm_bindgen]
extern "C" {
    type Resolve;

    #[wasm_bindgen(method)]
    fn call(this: &Resolve, nobody: &JsValue, value: &JsValue);
}

/// Calls a promise's `resolve`. It does not throw, so nothing is caught, which would cost time.
pub(super) fn resolve(resolve: &Function, value: &JsValue) {
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
