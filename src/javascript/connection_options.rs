//! The options of a client, as JavaScript gives them. The facade has checked names and types.

use super::platform;
use crate::session::{Reconnect, SessionOptions};
use crate::wire::address::Target;
use serde::Deserialize;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;

/// The options that reach the WebAssembly module.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ConnectionOptions {
    url: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    secure: Option<bool>,
    params: BTreeMap<String, String>,
    connect_timeout: Option<f64>,
    request_timeout: Option<f64>,
    reconnect: Option<ReconnectOptions>,
    max_queued: Option<f64>,
    max_in_flight: Option<f64>,
    keep_alive: Option<f64>,
    high_water_mark: Option<f64>,
    max_frame_bytes: Option<f64>,
    pub(super) throw_on_error: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ReconnectOptions {
    initial_delay: Option<f64>,
    max_delay: Option<f64>,
    max_attempts: Option<f64>,
    stable_after: Option<f64>,
}

impl ConnectionOptions {
    pub(super) fn read(options: JsValue) -> Result<Self, JsValue> {
        if options.is_undefined() || options.is_null() {
            return Ok(Self::default());
        }
        serde_wasm_bindgen::from_value(options).map_err(JsValue::from)
    }

    pub(super) fn target(&self) -> Target {
        Target {
            url: self.url.clone(),
            host: self.host.clone(),
            port: self.port,
            secure: self.secure.unwrap_or_else(platform::page_is_secure),
            parameters: self
                .params
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        }
    }

    pub(super) fn session(&self) -> SessionOptions {
        let standard = SessionOptions::default();
        let count = |given: Option<f64>, standard: usize| given.map_or(standard, |number| number as usize);
        SessionOptions {
            connect_timeout: limit(self.connect_timeout, standard.connect_timeout),
            request_timeout: limit(self.request_timeout, standard.request_timeout),
            reconnect: self.reconnect.as_ref().map(ReconnectOptions::reconnect),
            max_queued: count(self.max_queued, standard.max_queued),
            max_in_flight: count(self.max_in_flight, standard.max_in_flight).max(1),
            keep_alive: limit(self.keep_alive, standard.keep_alive),
            high_water_mark: self
                .high_water_mark
                .map_or(standard.high_water_mark, |number| number as u64)
                .max(1),
            max_frame_bytes: self
                .max_frame_bytes
                .map_or(standard.max_frame_bytes, |number| number as u64),
        }
    }
}

impl ReconnectOptions {
    fn reconnect(&self) -> Reconnect {
        let standard = Reconnect::default();
        let time = |given: Option<f64>, standard: u64| given.map_or(standard, |number| number as u64);
        Reconnect {
            initial_delay: time(self.initial_delay, standard.initial_delay),
            max_delay: time(self.max_delay, standard.max_delay),
            max_attempts: self
                .max_attempts
                .map_or(standard.max_attempts, |number| number as u32),
            stable_after: time(self.stable_after, standard.stable_after),
        }
    }
}

/// A time limit in milliseconds; 0 and infinity mean none.
fn limit(given: Option<f64>, standard: Option<u64>) -> Option<u64> {
    match given {
        None => standard,
        Some(number) if number > 0.0 && number.is_finite() => Some((number as u64).max(1)),
        Some(_) => None,
    }
}
