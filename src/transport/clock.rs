//! Time and the one timer, from JavaScript.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &JsValue, milliseconds: f64) -> JsValue;

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
    date_now() as u64
}

/// The session's timer.
pub struct Timer {
    _handler: Closure<dyn Fn(JsValue)>,
    guarded: JsValue,
    armed: Option<JsValue>,
    holds_process: bool,
}

impl Timer {
    /// A timer that calls `handler` when it fires, in the way that `guarded` says.
    #[must_use]
    pub fn new(guarded: impl Fn(&JsValue) -> JsValue, handler: impl Fn() + 'static) -> Self {
        // It takes an argument like the socket's listeners: one kind of closure makes a smaller module than two.
        let handler = Closure::new(move |_: JsValue| handler());
        Self {
            guarded: guarded(handler.as_ref()),
            _handler: handler,
            armed: None,
            holds_process: false,
        }
    }

    /// Arms the timer for this time instead of any earlier one. Where the runtime knows the difference, only a
    /// timer that `holds_process` keeps the program alive.
    pub fn arm(&mut self, at: u64, holds_process: bool) {
        // One more, because `now` is rounded down.
        let delay = at
            .saturating_sub(now())
            .saturating_add(1)
            .min(LONGEST_DELAY);
        self.holds_process = holds_process;
        self.set(delay);
    }

    /// Fires again in another turn.
    pub fn again(&mut self) {
        self.set(0);
    }

    fn set(&mut self, delay: u64) {
        self.disarm();
        let timer = set_timeout(&self.guarded, delay as f64);
        if !self.holds_process {
            // A browser's timer is a number and has no `unref`; some runtimes' timers have none either.
            let _ = timer.unchecked_ref::<NodeTimer>().unref();
        }
        self.armed = Some(timer);
    }

    /// Disarms the timer.
    pub fn disarm(&mut self) {
        if let Some(timer) = self.armed.take() {
            clear_timeout(&timer);
        }
    }
}

impl Drop for Timer {
    /// Its closure is gone: if it fired now, it would throw where nobody catches.
    fn drop(&mut self) {
        self.disarm();
    }
}
