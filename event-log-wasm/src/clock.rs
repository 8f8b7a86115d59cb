//! The time of a host in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use js_sys::{Date, Function};
use wasm_bindgen::JsValue;

use super::fault::{shown, wrong_type};

/// The latest time that JavaScript has, in milliseconds since 1970.
const LATEST: f64 = 8.64e15;

/// Reads the time when a request begins. Until the next one the store sees that time: it runs no JavaScript itself.
pub struct HostClock {
    now: Option<Function>,
    read: Arc<AtomicI64>,
}

impl HostClock {
    /// Of a function that answers milliseconds since 1970, or else of `Date.now`.
    pub fn new(now: Option<Function>) -> Self {
        Self {
            now,
            read: Arc::default(),
        }
    }

    /// The time that was read last, for the store.
    pub fn last_read(&self) -> impl Fn() -> i64 + Send + Sync + use<> {
        let read = Arc::clone(&self.read);
        move || read.load(Ordering::Relaxed)
    }

    /// Reads the time.
    pub fn read(&self) -> Result<i64, JsValue> {
        let answer = match &self.now {
            None => JsValue::from_f64(Date::now()),
            Some(now) => now.call0(&JsValue::UNDEFINED)?,
        };
        match answer.as_f64() {
            Some(milliseconds) if milliseconds.abs() <= LATEST => {
                #[expect(clippy::cast_possible_truncation, reason = "it is within 53 bits")]
                let now = milliseconds.floor() as i64;
                self.read.store(now, Ordering::Relaxed);
                Ok(now)
            }
            _ => Err(wrong_type(&format!(
                "the option now must answer milliseconds since 1970, as Date.now() does, and answered {}",
                shown(&answer)
            ))),
        }
    }
}
