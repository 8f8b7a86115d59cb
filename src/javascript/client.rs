//! `Client`: a session for JavaScript.

use super::connection_options;
use super::driver::{Caller, Driver};
use super::incoming::error_text;
use super::platform::{self, Platform};
use super::runtime::OneThread;
use crate::session::{Call, Expectation, Session};
use crate::transport::clock;
use crate::transport::members::{Details, Members};
use crate::wire::RequestId;
use crate::wire::address::Address;
use crate::wire::text::joined;
use alloc::rc::Rc;
use alloc::{string::String, vec::Vec};
use core::cell::RefCell;
use js_sys::{Array, Function, JsString};
use wasm_bindgen::prelude::*;

/// The handle of the request type that [`Client::method_once`] was given last.
const ONCE: u32 = u32::MAX;

/// A session with one host. The package's `Codebolt` wraps it.
///
/// Message texts come ready-made from JavaScript, in two halves between which the request id stands, so that
/// payloads are serialised by the engine itself and never copied into WebAssembly memory.
#[wasm_bindgen]
pub struct Client {
    driver: Rc<Driver>,
    methods: RefCell<Vec<(Rc<str>, Expectation)>>,
    once: RefCell<Option<(Rc<str>, Expectation)>>,
}

#[wasm_bindgen]
extern "C" {
    type Concatenable;

    /// `head.concat(id, tail)`: one crossing for the whole frame.
    #[wasm_bindgen(method)]
    fn concat(this: &Concatenable, id: &JsString, tail: &JsString) -> JsString;

    type TextEncoder;

    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;

    #[wasm_bindgen(method)]
    fn encode(this: &TextEncoder, text: &JsString) -> js_sys::Uint8Array;
}

#[wasm_bindgen]
impl Client {
    /// Makes a client that is not connected yet.
    ///
    /// # Errors
    /// A text, when the options or the environment name no usable address.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &Members, platform: Platform) -> Result<Client, JsValue> {
        let target = connection_options::target(options);
        let address = Address::resolve(&target, platform::environment_variable)
            .map_err(|error| JsValue::from_str(&error.text()))?;
        let session = Session::new(
            connection_options::session(options),
            &address.base,
            clock::epoch(),
        );
        Ok(Client {
            driver: Driver::new(
                session,
                address,
                platform,
                connection_options::throws_on_error(options),
            ),
            methods: RefCell::default(),
            once: RefCell::default(),
        })
    }

    /// Registers a request type for good and gives its handle. `reply_types` matter only to hosts that answer
    /// without ids.
    pub fn method(&self, type_name: &str, reply_types: &Array) -> u32 {
        let expectation = self.driver.session.borrow_mut().expect(&texts(reply_types));
        let mut methods = self.methods.borrow_mut();
        methods.push((Rc::from(type_name), expectation));
        (methods.len() - 1) as u32
    }

    /// The same for the one request that must follow at once.
    #[wasm_bindgen(js_name = methodOnce)]
    pub fn method_once(&self, type_name: &str, reply_types: &Array) -> u32 {
        let expectation = self
            .driver
            .session
            .borrow_mut()
            .expect_once(&texts(reply_types));
        *self.once.borrow_mut() = Some((Rc::from(type_name), expectation));
        ONCE
    }

    /// A fresh request id, for [`Client::request_with_id`].
    ///
    /// # Errors
    /// When the runtime has no secure random source.
    #[wasm_bindgen(js_name = newRequestId)]
    pub fn new_request_id(&self) -> Result<JsString, JsValue> {
        Ok(self.driver.ids.borrow_mut().draw()?.1)
    }

    /// Sends a request whose frame is `head`, a fresh id and `tail`. `units` is the length of head and tail,
    /// `timeout` milliseconds (0 none, NaN the session's). `resolve` gets the reply, or a promise that rejects.
    pub fn request(
        &self,
        method: u32,
        head: JsString,
        tail: JsString,
        units: u32,
        timeout: f64,
        resolve: Function,
    ) {
        let drawn = self.driver.ids.borrow_mut().draw();
        match drawn {
            Ok((id, text)) => {
                let frame = head.unchecked_ref::<Concatenable>().concat(&text, &tail);
                self.call(method, id, frame, units, timeout, resolve);
            }
            Err(error) => self.driver.platform.fail(
                &resolve,
                "NOT_SUPPORTED",
                &joined(&[
                    "this runtime has no secure random source (crypto.getRandomValues): ",
                    &error_text(&error),
                ]),
                &JsValue::UNDEFINED,
            ),
        }
    }

    /// Sends a request whose frame already holds an id that [`Client::new_request_id`] gave.
    #[wasm_bindgen(js_name = requestWithId)]
    pub fn request_with_id(
        &self,
        method: u32,
        id: &str,
        frame: JsString,
        timeout: f64,
        resolve: Function,
    ) {
        let units = frame.length();
        match RequestId::parse(id) {
            Some(id) if !self.driver.session.borrow().knows(id) => {
                self.call(method, id, frame, units, timeout, resolve);
            }
            _ => self.driver.platform.fail(
                &resolve,
                "INVALID_ARGUMENT",
                &joined(&["requestId '", id, "' is not a fresh id of newRequestId()"]),
                &JsValue::UNDEFINED,
            ),
        }
    }

    fn call(
        &self,
        method: u32,
        id: RequestId,
        frame: JsString,
        units: u32,
        timeout: f64,
        resolve: Function,
    ) {
        let known = if method == ONCE {
            self.once.borrow_mut().take()
        } else {
            self.methods.borrow().get(method as usize).cloned()
        };
        let Some((type_name, expectation)) = known else {
            return self.driver.platform.fail(
                &resolve,
                "INVALID_ARGUMENT",
                "no such method handle",
                &JsValue::UNDEFINED,
            );
        };
        let size = self.size(&frame, units);
        let call = Call {
            id,
            expectation,
            frame,
            size,
            timeout: milliseconds(timeout),
            caller: Caller { resolve, type_name },
        };
        let now = self.driver.now();
        self.driver.session.borrow_mut().call(now, call);
        self.driver.run();
    }

    /// Sends a message that gets no reply. `resolve` is called once it is sent or waits to be sent.
    pub fn send(&self, frame: JsString, type_name: &str, resolve: Function) {
        let size = self.size(&frame, frame.length());
        let now = self.driver.now();
        let sent = self.driver.session.borrow_mut().send(now, frame, size);
        self.driver.run();
        match sent {
            Ok(()) => platform::settle(&resolve, &JsValue::UNDEFINED),
            Err(failure) => {
                let caller = Caller {
                    resolve,
                    type_name: Rc::from(type_name),
                };
                self.driver.reject(None, &caller, &failure);
            }
        }
    }

    /// The message's size: a guess from above while it is far from the limit, exact when it is not.
    fn size(&self, frame: &JsString, units: u32) -> u64 {
        let units = u64::from(units);
        let limit = self.driver.session.borrow().options().max_frame_bytes;
        if units.saturating_mul(3) <= limit || units > limit {
            units
        } else {
            u64::from(TextEncoder::new().encode(frame).length())
        }
    }

    /// Gives a waiting request (or wait for readiness) up. `undefined` when it has settled already, else
    /// whether it had been sent; its `resolve` is not called.
    pub fn abort(&self, id: &str) -> Option<bool> {
        let id = RequestId::parse(id)?;
        let now = self.driver.now();
        let given_up = self.driver.session.borrow_mut().abort(now, id);
        self.driver.run();
        given_up.map(|(_, sent)| sent)
    }

    /// Connects if nothing has yet.
    pub fn connect(&self) {
        let now = self.driver.now();
        self.driver.session.borrow_mut().connect(now);
        self.driver.run();
    }

    /// Resolves once the connection is open. `id` as for [`Client::request_with_id`], `timeout` in milliseconds.
    #[wasm_bindgen(js_name = waitForReady)]
    pub fn wait_for_ready(&self, id: &str, timeout: f64, resolve: Function) {
        let Some(id) = RequestId::parse(id) else {
            return;
        };
        let now = self.driver.now();
        self.driver.session.borrow_mut().wait_until_ready(
            now,
            id,
            milliseconds(timeout),
            Caller {
                resolve,
                type_name: Rc::from(""),
            },
        );
        self.driver.run();
    }

    /// Closes the connection; `resolve` is called when it is closed. `drain` is how many milliseconds requests
    /// may still settle, NaN for none.
    pub fn close(&self, drain: f64, resolve: Function) {
        let caller = Caller {
            resolve,
            type_name: Rc::from(""),
        };
        let drain = if drain.is_nan() {
            None
        } else {
            Some(drain as u64)
        };
        let now = self.driver.now();
        self.driver.session.borrow_mut().close(now, drain, caller);
        self.driver.run();
    }

    /// The connection's state: `idle`, `connecting`, `open`, `reconnecting`, `closing` or `closed`.
    #[wasm_bindgen(getter, unchecked_return_type = "string")]
    pub fn state(&self) -> JsValue {
        self.driver.session.borrow().state().name().into()
    }

    /// What the session holds: `{waiting, inFlight, queued, givenUp, waitingForConnection, deadlines, dropped}`.
    pub fn occupancy(&self) -> JsValue {
        let occupancy = self.driver.session.borrow().occupancy();
        Details::new()
            .with("waiting", occupancy.waiting as f64)
            .with("inFlight", occupancy.in_flight as f64)
            .with("queued", occupancy.queued as f64)
            .with("givenUp", occupancy.given_up as f64)
            .with(
                "waitingForConnection",
                occupancy.waiting_for_connection as f64,
            )
            .with("deadlines", occupancy.deadlines as f64)
            .with("dropped", occupancy.dropped as f64)
            .into_value()
    }
}

static DEFAULT: OneThread<RefCell<Option<Rc<Client>>>> = OneThread(RefCell::new(None));

/// The client that the module's own functions use, configured from the environment.
pub(super) fn default_client() -> Result<Rc<Client>, JsValue> {
    if let Some(client) = &*DEFAULT.borrow() {
        return Ok(Rc::clone(client));
    }
    let nothing = Details::new().into_value();
    let client = Rc::new(Client::new(
        nothing.unchecked_ref(),
        nothing.clone().unchecked_into(),
    )?);
    *DEFAULT.borrow_mut() = Some(Rc::clone(&client));
    Ok(client)
}

fn texts(array: &Array) -> Vec<String> {
    array.iter().filter_map(|text| text.as_string()).collect()
}

/// A time limit: NaN says nothing, infinity and 0 mean none.
fn milliseconds(timeout: f64) -> Option<u64> {
    if timeout.is_nan() {
        None
    } else if timeout.is_finite() && timeout > 0.0 {
        Some((timeout as u64).max(1))
    } else {
        Some(0)
    }
}
