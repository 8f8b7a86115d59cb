//! `Client`: a session for JavaScript.

use super::connection_options;
use super::driver::Driver;
use super::platform::{self, Platform};
#[cfg(not(feature = "published"))]
use crate::session::State;
use crate::session::{Call, Expectation, Place, Session};
use crate::transport::clock;
use crate::transport::members::{Details, Members};
use crate::transport::random_ids::{BATCH, Drawn};
use crate::wire::RequestId;
use crate::wire::address::Address;
use crate::wire::request_id::TEXT_LENGTH;
use alloc::rc::Rc;
use alloc::{string::String, vec::Vec};
use core::cell::OnceCell;
use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;

/// A session with one host. The package's `Codebolt` wraps it.
///
/// Message texts come ready-made from JavaScript, so that payloads are serialised by the engine itself and never copied into
/// WebAssembly memory. Whoever waits has a place: a small number, drawn together with a request id. Their promises' `resolve`
/// stand under these numbers in the array `callers` of the platform; this side takes them out when it settles them.
///
/// For a request that nothing stands in the way of, [`Client::begin`] and [`Client::reply`] do all there is to do, in numbers
/// alone; the frame, the parsed reply and the promise stay in JavaScript. Everything else goes the whole way: [`Client::call`],
/// [`Client::receive`].
#[wasm_bindgen]
pub struct Client {
    pub(super) driver: Rc<Driver>,
    pub(super) create_instance: OnceCell<Expectation>,
}

/// By how many bits a place stands above the index of its id in the batch.
const INDEX_BITS: u32 = BATCH.ilog2();

/// How many places there are numbers for beside the index.
const MOST_PLACES: u32 = 1 << (u32::BITS - INDEX_BITS);

/// What is returned instead of a place where there is none.
pub(super) const NOWHERE: i32 = -1;

#[wasm_bindgen]
extern "C" {
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
            create_instance: OnceCell::new(),
        })
    }

    /// Registers a request type for good and gives its handle. `reply_types` matter only to hosts that answer
    /// without ids. `once`: for the one request that must follow at once.
    pub fn method(&self, type_name: &str, reply_types: &Array, once: bool) -> u32 {
        let mut session = self.driver.session.borrow_mut();
        let types = texts(reply_types);
        if once {
            session.expect_once(type_name, &types)
        } else {
            session.expect(type_name, &types)
        }
        .number()
    }

    /// A place for somebody who will wait, and a fresh id: the place times 128, and the id's index in the platform's `ids`,
    /// where the texts of 128 ids stand behind one another. In `messageIds` for somebody who sends a message that no reply answers.
    ///
    /// # Errors
    /// When the runtime has no secure random source; a text, when more callers wait than there are numbers for.
    pub fn draw(&self, is_message: bool) -> Result<u32, JsValue> {
        let drawn = self.driver.next_id(is_message)?;
        if drawn.place.number() < MOST_PLACES {
            return Ok(packed(drawn));
        }
        // Free again at once, for the ids of many are drawn together, and the next ones may be for lower places.
        self.driver.session.borrow_mut().leave(drawn.place);
        self.driver.run();
        Err(JsValue::from_str("33 million callers wait already"))
    }

    /// Begins a request that can go at once: gives what [`Client::draw`] gives, or -1 where it has to go the whole way
    /// ([`Client::call`]). The caller puts its `resolve` under the place, sends the frame and then calls [`Client::sent`].
    /// `units` is the length of the frame without the id, `timeout` milliseconds (0 none, NaN the session's).
    pub fn begin(&self, method: u32, units: u32, timeout: f64) -> i32 {
        let size = u64::from(units) + TEXT_LENGTH as u64;
        if !self.driver.may_begin(size) {
            return NOWHERE;
        }
        let Ok(drawn) = self.driver.next_id(false) else {
            return NOWHERE;
        };
        let call = Call {
            expectation: Expectation::of(method),
            size,
            timeout: milliseconds(timeout),
        };
        // What is returned has a sign.
        if drawn.place.number() >= MOST_PLACES / 2 || !self.driver.begin(drawn.place, call) {
            self.driver.ids.borrow_mut().keep_last();
            return NOWHERE;
        }
        packed(drawn) as i32
    }

    /// The frame of the request that was begun is with the socket.
    pub fn sent(&self) {
        self.driver.begun();
    }

    /// The socket threw instead.
    #[wasm_bindgen(js_name = sendFailed)]
    pub fn send_failed(&self, error: &JsValue) {
        self.driver.begun_in_vain(error);
    }

    /// A frame came with the id of a request that waits: gives twice its place, and one more if [`Client::run`] has to be called
    /// once the caller has its reply. -1 for any other frame: [`Client::receive`].
    pub fn reply(&self, id: &str) -> i32 {
        RequestId::parse(id)
            .and_then(|id| self.driver.reply_to(id))
            .map_or(NOWHERE, |(place, is_done)| {
                (place.number() << 1 | u32::from(!is_done)) as i32
            })
    }

    /// Does what is to be done.
    pub fn run(&self) {
        self.driver.run();
    }

    /// A frame came. `message` is what `JSON.parse` made of it, `undefined` where it made nothing.
    pub fn receive(&self, data: JsValue, message: JsValue) {
        self.driver.arrived();
        self.driver.message(data, message);
        self.driver.run();
    }

    /// Sends a request that may have to wait. `timeout` in milliseconds (0 none, NaN the session's).
    pub fn call(&self, place: u32, method: u32, frame: JsString, timeout: f64) {
        let call = Call {
            expectation: Expectation::of(method),
            size: self.size(&frame),
            timeout: milliseconds(timeout),
        };
        let now = self.driver.now();
        self.driver
            .session
            .borrow_mut()
            .call(now, Place::of(place), call, frame);
        self.driver.run();
    }

    /// Sends a message that gets no reply. The caller at the place is settled once it is sent.
    pub fn send(&self, place: u32, frame: JsString) {
        let size = self.size(&frame);
        let now = self.driver.now();
        self.driver
            .session
            .borrow_mut()
            .send(now, Place::of(place), frame, size);
        self.driver.run();
    }

    /// The message's size: a guess from above while it is far from the limit, exact when it is not.
    fn size(&self, frame: &JsString) -> u64 {
        let units = u64::from(frame.length());
        let limit = self.driver.session.borrow().options().max_frame_bytes;
        if units.saturating_mul(3) <= limit || units > limit {
            units
        } else {
            u64::from(TextEncoder::new().encode(frame).length())
        }
    }

    /// Gives a waiting request (or wait for readiness) up. `undefined` when it has settled already, else
    /// whether it had been sent; its caller is not settled.
    pub fn abort(&self, id: &str) -> Option<bool> {
        let id = RequestId::parse(id)?;
        let now = self.driver.now();
        let given_up = self.driver.session.borrow_mut().abort(now, id);
        let given_up = given_up.map(|(place, sent)| {
            self.driver.caller(place);
            sent
        });
        self.driver.run();
        given_up
    }

    /// Connects if nothing has yet.
    pub fn connect(&self) {
        let now = self.driver.now();
        self.driver.session.borrow_mut().connect(now);
        self.driver.run();
    }

    /// Settles the caller at the place once the connection is open. `timeout` in milliseconds.
    #[wasm_bindgen(js_name = waitForReady)]
    pub fn wait_for_ready(&self, place: u32, timeout: f64) {
        let now = self.driver.now();
        self.driver.session.borrow_mut().wait_until_ready(
            now,
            Place::of(place),
            milliseconds(timeout),
        );
        self.driver.run();
    }

    /// Closes the connection; the caller at the place is settled when it is closed. `drain` is how many milliseconds requests
    /// may still settle, NaN for none.
    pub fn close(&self, place: u32, drain: f64) {
        let drain = if drain.is_nan() {
            None
        } else {
            Some(drain as u64)
        };
        let now = self.driver.now();
        self.driver
            .session
            .borrow_mut()
            .close(now, drain, Place::of(place));
        self.driver.run();
    }

    /// The connection's state: `idle`, `connecting`, `open`, `reconnecting`, `closing` or `closed`.
    #[wasm_bindgen(getter, unchecked_return_type = "string")]
    pub fn state(&self) -> JsValue {
        self.driver.session.borrow().state().name().into()
    }

    /// What the session holds: `{waiting, inFlight, queued, givenUp, waitingForConnection, dropped}`.
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
            .with("dropped", occupancy.dropped as f64)
            .into_value()
    }
}

impl Client {
    /// Whether the connection is closed for good.
    #[cfg(not(feature = "published"))]
    pub(super) fn is_closed(&self) -> bool {
        self.driver.session.borrow().state() == State::Closed
    }

    /// The id of what was just drawn, as JavaScript has it.
    pub(super) fn id_text(&self, drawn: u32) -> JsString {
        let start = (drawn & (BATCH as u32 - 1)) * TEXT_LENGTH as u32;
        let texts = self.driver.id_texts.borrow();
        texts.substring(start, start + TEXT_LENGTH as u32)
    }

    /// The place of what was drawn.
    pub(super) fn place(drawn: u32) -> u32 {
        drawn >> INDEX_BITS
    }
}

fn packed(drawn: Drawn) -> u32 {
    drawn.place.number() << INDEX_BITS | drawn.index as u32
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
