//! The options of a client, as JavaScript hands them over. `pkg-template/session/options.js` has checked names and types.

use super::bridge;
use crate::session::{Reconnect, SessionOptions};
use crate::transport::members::{Members, member};
use crate::wire::address::Target;
use alloc::vec::Vec;
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

/// Where to connect.
pub(super) fn target(options: &Members) -> Target {
    let mut parameters = Vec::new();
    if let Some(params) = options.object("params") {
        let entries = Object::entries(params.unchecked_ref());
        for index in 0..entries.length() {
            let entry = entries.get(index).unchecked_into::<Array>();
            if let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string())
            {
                parameters.push((name, value));
            }
        }
    }
    let port = options.number("port");
    Target {
        url: options.text("url"),
        host: options.text("host"),
        port: (!port.is_nan()).then_some(port as u16),
        secure: member(options, "secure")
            .as_bool()
            .unwrap_or_else(bridge::page_is_secure),
        parameters,
    }
}

/// How many times the high-water mark of the socket's buffer may wait in all, in the buffer and in the queue.
const MARKS_WAITING: u64 = 4;

/// The session's options.
pub(super) fn session(options: &Members) -> SessionOptions {
    let standard = SessionOptions::default();
    let count = |name, standard| number(options, name, standard);
    let size = |name, standard: usize| number(options, name, standard as u64) as usize;
    let limit = |name, standard| limit(options, name, standard);
    let is_set = |name| is_set(options, name);
    let high_water_mark = count("highWaterMark", standard.high_water_mark).max(1);
    SessionOptions {
        connect_timeout: limit("connectTimeout", standard.connect_timeout),
        request_timeout: limit("requestTimeout", standard.request_timeout),
        reconnect: options
            .object("reconnect")
            .map(|options| reconnect(&options)),
        max_queued: size("maxQueued", standard.max_queued),
        max_in_flight: size("maxInFlight", standard.max_in_flight).max(1),
        keep_alive: limit("keepAlive", standard.keep_alive),
        // Users set a small mark for a slow host. It does not mean that the program sends little.
        max_queued_bytes: (high_water_mark.min(u64::MAX / MARKS_WAITING) * MARKS_WAITING)
            .max(standard.max_queued_bytes),
        high_water_mark,
        max_frame_bytes: count("maxFrameBytes", standard.max_frame_bytes),
        socket_holds_process: !is_set("ownSocket") && !is_set("unref"),
        pause_holds_process: !is_set("unref"),
    }
}

fn reconnect(options: &Members) -> Reconnect {
    let standard = Reconnect::default();
    let number = |name, standard| number(options, name, standard);
    Reconnect {
        initial_delay: number("initialDelay", standard.initial_delay),
        max_delay: number("maxDelay", standard.max_delay),
        max_attempts: number("maxAttempts", u64::from(standard.max_attempts))
            .min(u64::from(u32::MAX)) as u32,
        stable_after: number("stableAfter", standard.stable_after),
    }
}

/// Whether `success: false` rejects.
pub(super) fn throws_on_error(options: &Members) -> bool {
    is_set(options, "throwOnError")
}

fn is_set(options: &Members, name: &str) -> bool {
    member(options, name).as_bool() == Some(true)
}

/// A number that was given, or the default. Infinity becomes the largest there is.
fn number(options: &Members, name: &str, standard: u64) -> u64 {
    let given = options.number(name);
    if given.is_nan() {
        standard
    } else {
        given as u64
    }
}

/// A time limit in milliseconds; 0 and infinity mean none.
fn limit(options: &Members, name: &str, standard: Option<u64>) -> Option<u64> {
    match options.number(name) {
        given if given.is_nan() => standard,
        given if given > 0.0 && given.is_finite() => Some((given as u64).max(1)),
        _ => None,
    }
}
