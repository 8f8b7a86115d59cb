//! The module's own `createInstance`, for those who use it without the package's facade.

use super::client::default_client;
use super::json;
use crate::transport::members::Details;
use crate::wire::envelope;
use crate::wire::text::joined;
use js_sys::{Array, JsString, Promise};
use wasm_bindgen::prelude::*;

// The package has this file beside the module.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "import type { EventLogInstanceResponse } from './modules/event-log.js';";

/// The message type, as `codebolt.eventLog.createInstance` sends it.
const CREATE_INSTANCE: &str = "eventLog.createInstance";

/// Creates an event log instance on the host that the environment names (`CODEBOLT_SERVER_URL`, `SOCKET_PORT`;
/// `localhost:12345` by default), connecting on first use.
///
/// `name` is the instance's unique name, `description` an optional text. The promise resolves with the host's
/// whole reply, `success: false` included, and rejects when there is no reply or the arguments cannot be sent.
#[wasm_bindgen(js_name = createInstance, unchecked_return_type = "Promise<EventLogInstanceResponse>")]
pub fn create_instance(
    #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string")] description: JsValue,
) -> Promise {
    match request(&name, &description) {
        Ok(promise) => promise,
        Err(error) => Promise::reject(&error),
    }
}

fn request(name: &JsValue, description: &JsValue) -> Result<Promise, JsValue> {
    if !name.is_string() {
        let kind = name.js_typeof().as_string().unwrap_or_default();
        return Err(js_sys::TypeError::new(&joined(&[
            CREATE_INSTANCE,
            ": argument 'name' is of type ",
            &kind,
            "; a string is wanted",
        ]))
        .into());
    }
    let params = Details::new()
        .with("name", name)
        .with("description", description);
    let params: JsString = json::stringify(&params.into_value())?.unchecked_into();
    let client = default_client()?;
    let method = client.method_once(CREATE_INSTANCE, &Array::of1(&CREATE_INSTANCE.into()));
    let mut refused = None;
    let promise = Promise::new(&mut |resolve, _| {
        let frame = |id: &str| {
            JsString::from(joined(&[
                "{\"",
                envelope::TYPE,
                "\":\"",
                CREATE_INSTANCE,
                "\",\"",
                envelope::REQUEST_ID,
                "\":\"",
                id,
                "\",\"params\":",
            ]))
            .concat(&params)
            .concat(&"}".into())
        };
        refused = client.request(method, frame, f64::NAN, &resolve).err();
    });
    refused.map_or(Ok(promise), Err)
}
