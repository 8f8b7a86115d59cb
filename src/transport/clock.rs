//! Time and the one timer, from JavaScript.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &Function, milliseconds: f64) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);

    /// A Node timer; in browsers a timer is a number and has no `unref`.
    type NodeTimer;

    #[wasm_bindgen(method, catch)]
    fn unref(this: &NodeTimer) -> Result<JsValue, JsValue>;
}

/// The longest delay that `setTimeout` keeps (2³¹ − 1 ms); longer ones fire early and are armed again.
const LONGEST_DELAY: u64 = 0x7fff_ffff;

/// Monotonic milliseconds.
#[must_use]
pub fn now() -> u64 {
    performance_now() as u64
}

/// Milliseconds since 1970.
#[must_use]
pub fn epoch() -> u64 {
    js_sys::Date::now() as u64
}

/// The session's timer.
pub struct Timer {
    handler: Closure<dyn Fn()>,
    armed: Option<JsValue>,
}

impl Timer {
    /// A timer that calls `handler` when it fires.
    #[must_use]
    pub fn new(handler: impl Fn() + 'static) -> Self {
        Self {
            handler: Closure::new(handler),
            armed: None,
        }
    }

    /// Fires at this time and not at any time named before. Where the runtime knows the difference, only a
    /// timer that `holds_process` keeps the program alive.
    pub fn arm(&mut self, at: u64, holds_process: bool) {
        self.disarm();
        // One more, for `now` is rounded down.
        let delay = at.saturating_sub(now()).saturating_add(1).min(LONGEST_DELAY);
        let timer = set_timeout(self.handler.as_ref().unchecked_ref(), delay as f64);
        if !holds_process && timer.is_object() {
            // Runtimes whose timers are objects without `unref` keep the process; nothing to do about it.
            let _ = timer.unchecked_ref::<NodeTimer>().unref();
        }
        self.armed = Some(timer);
    }

    /// Fires no more.
    pub fn disarm(&mut self) {
        if let Some(timer) = self.armed.take() {
            clear_timeout(&timer);
        }
    }
}
