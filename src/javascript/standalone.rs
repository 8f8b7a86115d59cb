//! The functions of the module by itself, as `wasm-pack build` makes it, for users without the package. The package has its own
//! session instead, and is built without these.

use super::client::Client;
use super::event_log::CREATE_INSTANCE;
use super::runtime::OneThread;
use crate::transport::members::{Details, Members};
use crate::wire::text::joined;
use alloc::rc::Rc;
use core::cell::RefCell;
use js_sys::{Error, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** An event log instance, as the host describes it. */
export interface EventLogInstance {
    id: string;
    name: string;
    description?: string | null;
    /** ISO 8601, UTC. */
    createdAt: string;
    /** ISO 8601, UTC. */
    updatedAt: string;
}

/** The host's reply to `createInstance`. */
export interface CreateInstanceReply {
    type: string;
    requestId: string;
    /** Whether the instance was created. */
    success: boolean;
    /** There where `success` is true. */
    data?: { instance: EventLogInstance };
    /** Why not; it contains `exists` where the name is taken. */
    error?: string;
}
";

static DEFAULT: OneThread<RefCell<Option<Rc<Client>>>> = OneThread(RefCell::new(None));

/// Creates an event log instance on the host that the environment names (`CODEBOLT_SERVER_URL`, `SOCKET_PORT`;
/// `localhost:12345` by default), connecting on first use.
///
/// `name` is the instance's unique name, `description` an optional text. The promise resolves with the host's
/// whole reply, `success: false` included. It rejects with an `Error` that has a `code` when there is no reply within a minute,
/// the connection is lost (the next call makes a new one) or `name` is not a string.
#[wasm_bindgen(js_name = createInstance, unchecked_return_type = "Promise<CreateInstanceReply>")]
pub fn create_instance(
    #[wasm_bindgen(unchecked_param_type = "string")] name: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string")] description: &JsValue,
) -> Promise {
    request(name, description).unwrap_or_else(|error| Promise::reject(&error))
}

/// Closes the connection that `createInstance` made, if it did; resolves when it is closed. An open one keeps a program in Node
/// from ending.
#[wasm_bindgen(unchecked_return_type = "Promise<void>")]
pub fn close() -> Promise {
    // The client stays until it is closed. After that, the next call makes a new one.
    let client = DEFAULT.borrow().clone();
    Promise::new(&mut |resolve, reject| {
        let Some(client) = &client else {
            let _ = resolve.call0(&JsValue::UNDEFINED);
            return;
        };
        match client.driver.reserve(false) {
            Ok(reserved) => {
                let slot = reserved.slot.number();
                client.driver.waiters.set(slot, resolve.into());
                client.close(slot, f64::NAN);
            }
            Err(error) => {
                let _ = reject.call1(&JsValue::UNDEFINED, &error);
            }
        }
    })
}

fn request(name: &JsValue, description: &JsValue) -> Result<Promise, JsValue> {
    if !name.is_string() {
        let kind = name.js_typeof().as_string().unwrap_or_default();
        return Err(invalid(&joined(&[
            CREATE_INSTANCE,
            ": argument 'name': expected a string, got ",
            &kind,
        ])));
    }
    let client = open()?;
    let mut refused = None;
    let promise = Promise::new(&mut |resolve, _| {
        refused = client
            .request_instance(name, description, f64::NAN, &resolve)
            .err();
    });
    refused.map_or(Ok(promise), Err)
}

/// The client of these functions, configured from the environment: a new one when the last has lost its connection.
fn open() -> Result<Rc<Client>, JsValue> {
    let mut default = DEFAULT.borrow_mut();
    if let Some(client) = default.as_ref().filter(|client| !client.is_closed()) {
        return Ok(Rc::clone(client));
    }
    let nothing = Details::new().into_value();
    let bridge = nothing.clone().unchecked_into();
    let client = Client::new(nothing.unchecked_ref::<Members>(), bridge)
        .map_err(|error| invalid(&error.as_string().unwrap_or_default()))?;
    let client = Rc::new(client);
    *default = Some(Rc::clone(&client));
    Ok(client)
}

fn invalid(text: &str) -> JsValue {
    let error = Error::new(text);
    let members = error.unchecked_ref::<Members>();
    members.set("code", &"INVALID_ARGUMENT".into());
    error.into()
}
