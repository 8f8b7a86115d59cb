//! The options of a host in memory, by the names that `codebolt-host` has for them.

use codebolt_event_log::operations::Bounds;
use js_sys::{Function, Object};
use serde::Deserialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::fault::{shown, wrong_type};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** How a host in memory is; the bounds are those of codebolt-host, and have its defaults. */
export interface MemoryHostOptions {
  /** The time now, in milliseconds since 1970; `Date.now` by default. It is asked once for each request. */
  now?: () => number;
  /** Bytes of one reply; 64 MiB by default. */
  maxReply?: number;
  /** Bytes of one message; 100 MiB by default. */
  maxMessage?: number;
  /** Events of one appendEvents; 10,000 by default. */
  maxBatch?: number;
  /** Groups or collected values of one aggregation; 100,000 by default. */
  maxAggregation?: number;
  /** How deep payload and metadata may be nested; 100 by default, at most 900. */
  maxDepth?: number;
  /** Bytes of a name, id, stream or event type; 512 by default, at most 600. */
  maxName?: number;
}

/** How much a host in memory holds. */
export interface MemoryHostStatistics {
  instances: number;
  events: number;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The options as JavaScript gives them.
    #[wasm_bindgen(typescript_type = "MemoryHostOptions")]
    pub type GivenOptions;
}

const NAMES: [&str; 7] = [
    "now",
    "maxReply",
    "maxMessage",
    "maxBatch",
    "maxAggregation",
    "maxDepth",
    "maxName",
];

/// The options.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    now: JsValue,
    max_reply: Option<f64>,
    max_message: Option<f64>,
    max_batch: Option<f64>,
    max_aggregation: Option<f64>,
    max_depth: Option<f64>,
    max_name: Option<f64>,
}

/// Reads the options: the bounds, and the function that answers the time.
pub fn read(given: Option<GivenOptions>) -> Result<(Bounds, Option<Function>), JsValue> {
    let given: JsValue = given.map_or(JsValue::UNDEFINED, JsValue::from);
    if given.is_undefined() || given.is_null() {
        return Ok((Bounds::default(), None));
    }
    let Some(object) = given.dyn_ref::<Object>() else {
        return Err(wrong_type(&format!(
            "MemoryHost: expected an object as options, got {}",
            shown(&given)
        )));
    };
    for name in Object::keys(object) {
        let name = name.as_string().unwrap_or_default();
        if !NAMES.contains(&name.as_str()) {
            return Err(wrong_type(&format!(
                "MemoryHost has no option {name:?}; it has {}",
                NAMES.join(", ")
            )));
        }
    }
    let options: Options = serde_wasm_bindgen::from_value(given).map_err(|error| {
        wrong_type(&format!(
            "MemoryHost: expected whole numbers for the options that begin with max, got: {error}"
        ))
    })?;
    let now = if options.now.is_undefined() || options.now.is_null() {
        None
    } else {
        let is_wrong = |value: JsValue| {
            let found = shown(&value);
            wrong_type(&format!(
                "MemoryHost: option now: expected a function that returns milliseconds since 1970, got {found}"
            ))
        };
        Some(options.now.dyn_into().map_err(is_wrong)?)
    };
    let defaults = Bounds::default();
    const ANY: usize = u32::MAX as usize;
    Ok((
        Bounds {
            reply_bytes: whole("maxReply", options.max_reply, ANY, defaults.reply_bytes)?,
            message_bytes: whole(
                "maxMessage",
                options.max_message,
                ANY,
                defaults.message_bytes,
            )?,
            batch_events: whole(
                "maxBatch",
                options.max_batch,
                1_000_000,
                defaults.batch_events,
            )?,
            aggregation_values: whole(
                "maxAggregation",
                options.max_aggregation,
                100_000_000,
                defaults.aggregation_values,
            )?,
            depth: whole("maxDepth", options.max_depth, 900, defaults.depth)?,
            name_bytes: whole("maxName", options.max_name, 600, defaults.name_bytes)?,
            ..defaults
        },
        now,
    ))
}

fn whole(name: &str, given: Option<f64>, most: usize, default: usize) -> Result<usize, JsValue> {
    let Some(number) = given else {
        return Ok(default);
    };
    #[expect(clippy::cast_precision_loss, reason = "it is within 32 bits")]
    let is_fit = number.fract() == 0.0 && (1.0..=most as f64).contains(&number);
    if !is_fit {
        return Err(wrong_type(&format!(
            "MemoryHost: option {name}: expected a whole number from 1 to {most}, got {number}"
        )));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole and in range"
    )]
    Ok(number as usize)
}
