//! The options of a client, as the facade hands them over: names and types have been checked there.

use super::platform;
use crate::session::{Reconnect, SessionOptions};
use crate::wire::address::Target;
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The connection's part of the options. A deserialiser would do as well and costs 20 KB of download.
    pub type ConnectionOptions;

    #[wasm_bindgen(method, getter)]
    fn url(this: &ConnectionOptions) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn host(this: &ConnectionOptions) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn port(this: &ConnectionOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn secure(this: &ConnectionOptions) -> Option<bool>;
    #[wasm_bindgen(method, getter)]
    fn params(this: &ConnectionOptions) -> Option<Object>;
    #[wasm_bindgen(method, getter, js_name = connectTimeout)]
    fn connect_timeout(this: &ConnectionOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = requestTimeout)]
    fn request_timeout(this: &ConnectionOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn reconnect(this: &ConnectionOptions) -> Option<ReconnectOptions>;
    #[wasm_bindgen(method, getter, js_name = maxQueued)]
    fn max_queued(this: &ConnectionOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxInFlight)]
    fn max_in_flight(this: &ConnectionOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = keepAlive)]
    fn keep_alive(this: &ConnectionOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = highWaterMark)]
    fn high_water_mark(this: &ConnectionOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxFrameBytes)]
    fn max_frame_bytes(this: &ConnectionOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = throwOnError)]
    fn throw_on_error(this: &ConnectionOptions) -> Option<bool>;

    type ReconnectOptions;

    #[wasm_bindgen(method, getter, js_name = initialDelay)]
    fn initial_delay(this: &ReconnectOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxDelay)]
    fn max_delay(this: &ReconnectOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxAttempts)]
    fn max_attempts(this: &ReconnectOptions) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = stableAfter)]
    fn stable_after(this: &ReconnectOptions) -> Option<f64>;
}

impl ConnectionOptions {
    /// Where to connect.
    pub(super) fn target(&self) -> Target {
        let mut parameters = Vec::new();
        if let Some(params) = self.params() {
            for entry in Object::entries(&params).iter() {
                let entry = Array::from(&entry);
                if let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string()) {
                    parameters.push((name, value));
                }
            }
        }
        Target {
            url: self.url(),
            host: self.host(),
            port: self.port().map(|port| port as u16),
            secure: self.secure().unwrap_or_else(platform::page_is_secure),
            parameters,
        }
    }

    /// How the session behaves.
    pub(super) fn session(&self) -> SessionOptions {
        let standard = SessionOptions::default();
        SessionOptions {
            connect_timeout: limit(self.connect_timeout(), standard.connect_timeout),
            request_timeout: limit(self.request_timeout(), standard.request_timeout),
            reconnect: self.reconnect().map(|reconnect| reconnect.read()),
            max_queued: number(self.max_queued(), standard.max_queued as u64) as usize,
            max_in_flight: (number(self.max_in_flight(), standard.max_in_flight as u64) as usize).max(1),
            keep_alive: limit(self.keep_alive(), standard.keep_alive),
            high_water_mark: number(self.high_water_mark(), standard.high_water_mark).max(1),
            max_frame_bytes: number(self.max_frame_bytes(), standard.max_frame_bytes),
        }
    }

    /// Whether `success: false` rejects.
    pub(super) fn throws_on_error(&self) -> bool {
        self.throw_on_error() == Some(true)
    }
}

impl ReconnectOptions {
    fn read(&self) -> Reconnect {
        let standard = Reconnect::default();
        Reconnect {
            initial_delay: number(self.initial_delay(), standard.initial_delay),
            max_delay: number(self.max_delay(), standard.max_delay),
            max_attempts: number(self.max_attempts(), u64::from(standard.max_attempts))
                .min(u64::from(u32::MAX)) as u32,
            stable_after: number(self.stable_after(), standard.stable_after),
        }
    }
}

/// A number that was given, or the default. Infinity becomes the largest there is.
fn number(given: Option<f64>, standard: u64) -> u64 {
    given.map_or(standard, |number| number as u64)
}

/// A time limit in milliseconds; 0 and infinity mean none.
fn limit(given: Option<f64>, standard: Option<u64>) -> Option<u64> {
    match given {
        None => standard,
        Some(number) if number > 0.0 && number.is_finite() => Some((number as u64).max(1)),
        Some(_) => None,
    }
}
