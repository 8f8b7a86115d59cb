//! `Client`: Rust's half of the bridge, what JavaScript calls.

use super::bridge::{self, Bridge};
use super::connection_options;
use super::driver::Driver;
#[cfg(not(feature = "published"))]
use crate::session::State;
use crate::session::{Call, ExpectedReply, SessionCore, Slot};
use crate::transport::clock;
use crate::transport::members::{Details, Members};
use crate::transport::random_ids::Reserved;
use crate::wire::RequestId;
use crate::wire::address::Address;
use crate::wire::request_id::TEXT_LENGTH;
use alloc::rc::Rc;
use alloc::{string::String, vec::Vec};
use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;

/// One client's session. In the package `pkg-template/session/bridge.js` calls it.
///
/// Frames come ready-made from JavaScript, so that the engine itself serialises payloads and they are never copied into
/// WebAssembly memory. Every waiter has a slot, a small number, reserved under a request id. The `resolve` of its promise stands
/// at this number in the array `waiters` of the bridge; this side takes it out to settle it.
///
/// A request that can go at once takes the fast path: [`Client::begin_request`], [`Client::commit`] and [`Client::reply`] do all
/// that there is to do, in numbers and a reply's id. Everything else takes [`Client::call`] and [`Client::receive`].
#[wasm_bindgen]
pub struct Client {
    pub(super) driver: Rc<Driver>,
}

/// Returned when there is no slot.
const NO_SLOT: i32 = -1;

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
    pub fn new(options: &Members, bridge: Bridge) -> Result<Client, JsValue> {
        let target = connection_options::target(options);
        let address = Address::resolve(&target, bridge::environment_variable)
            .map_err(|error| JsValue::from_str(&error.text()))?;
        let session = SessionCore::new(
            connection_options::session(options),
            &address.base,
            clock::epoch(),
        );
        Ok(Client {
            driver: Driver::new(
                session,
                address,
                bridge,
                connection_options::throws_on_error(options),
            ),
        })
    }

    /// Registers a request type for good and gives its handle. `reply_types` matter only to hosts that answer
    /// without ids. `once`: for the one request that must follow at once.
    pub fn method(&self, type_name: &str, reply_types: &Array, once: bool) -> u32 {
        let mut session = self.driver.session.borrow_mut();
        let types = texts(reply_types);
        if once {
            session.expect_reply_once(type_name, &types)
        } else {
            session.expect_reply(type_name, &types)
        }
        .number()
    }

    /// Reserves a slot for a waiter under a fresh id: gives the slot times 128, and the id's index in the bridge's `ids`, where
    /// the texts of 128 ids stand behind one another. In `messageIds` for a message that no reply answers.
    ///
    /// # Errors
    /// When the runtime has no secure random source; a text, when more wait than there are numbers for.
    pub fn reserve(&self, is_message: bool) -> Result<u32, JsValue> {
        let reserved = self.driver.reserve(is_message)?;
        if let Some(packed) = reserved.slot.pack(reserved.index) {
            return Ok(packed);
        }
        // Free again at once: the ids of many are made together, and the next ones may be for lower slots.
        self.driver.session.borrow_mut().release(reserved.slot);
        self.driver.run();
        Err(JsValue::from_str(
            "33 million calls wait already. Await replies before making more",
        ))
    }

    /// The fast path: reserves a slot and puts its request in flight. Gives what [`Client::reserve`] gives, or -1 where the request
    /// cannot go at once and [`Client::call`] has to take it. JavaScript puts the waiter's `resolve` at the slot, hands the frame to
    /// the socket and then calls [`Client::commit`], or [`Client::send_failed`].
    /// `units` is the length of the frame without the id, `timeout` milliseconds (0 none, NaN the session's).
    #[wasm_bindgen(js_name = beginRequest)]
    pub fn begin_request(&self, method: u32, units: u32, timeout: f64) -> i32 {
        let size = u64::from(units) + TEXT_LENGTH as u64;
        self.driver
            .begin_request(request_of(method, size, timeout))
            .and_then(|Reserved { slot, index }| slot.pack(index))
            .map_or(NO_SLOT, |packed| packed as i32)
    }

    /// The socket has the frame of the request from `begin_request`.
    pub fn commit(&self) {
        self.driver.commit();
    }

    /// The socket threw instead of taking it.
    #[wasm_bindgen(js_name = sendFailed)]
    pub fn send_failed(&self, error: &JsValue) {
        self.driver.send_failed(error);
    }

    /// A frame came with the id of a request that waits: gives twice its slot, and one more if [`Client::run`] has to be called
    /// once the waiter has its reply. -1 for any other frame: [`Client::receive`].
    pub fn reply(&self, id: &str) -> i32 {
        RequestId::parse(id)
            .and_then(|id| self.driver.reply_to(id))
            .map_or(NO_SLOT, |(slot, is_done)| {
                (slot.number() << 1 | u32::from(!is_done)) as i32
            })
    }

    /// Carries out all actions of the core.
    pub fn run(&self) {
        self.driver.run();
    }

    /// A frame came. `message` is the frame after `JSON.parse`, or `undefined` if it could not be parsed.
    pub fn receive(&self, data: JsValue, message: JsValue) {
        self.driver.arrived();
        self.driver.message(data, message);
        self.driver.run();
    }

    /// Sends a request that may have to wait. `timeout` in milliseconds (0 none, NaN the session's).
    pub fn call(&self, slot: u32, method: u32, frame: JsString, timeout: f64) {
        let call = request_of(method, self.size(&frame), timeout);
        let now = self.driver.now();
        self.driver
            .session
            .borrow_mut()
            .call(now, Slot::of(slot), call, frame);
        self.driver.run();
    }

    /// Sends a message that gets no reply. The waiter at the slot is settled once it is sent.
    pub fn send(&self, slot: u32, frame: JsString) {
        let size = self.size(&frame);
        let now = self.driver.now();
        self.driver
            .session
            .borrow_mut()
            .send(now, Slot::of(slot), frame, size);
        self.driver.run();
    }

    /// The message's size: exact near the limit, otherwise its length in UTF-16 units.
    fn size(&self, frame: &JsString) -> u64 {
        let units = u64::from(frame.length());
        let limit = self.driver.session.borrow().options().max_frame_bytes;
        if units <= limit / 3 || units > limit {
            units
        } else {
            u64::from(TextEncoder::new().encode(frame).length())
        }
    }

    /// Cancels a waiting request, or a wait for readiness. `undefined` when it has settled already, else whether it had been sent;
    /// its waiter is not settled.
    pub fn abort(&self, id: &str) -> Option<bool> {
        let id = RequestId::parse(id)?;
        let now = self.driver.now();
        let cancelled = self.driver.session.borrow_mut().abort(now, id);
        let cancelled = cancelled.map(|(slot, sent)| {
            self.driver.take_waiter(slot);
            sent
        });
        self.driver.run();
        cancelled
    }

    /// Connects if nothing has yet.
    pub fn connect(&self) {
        let now = self.driver.now();
        self.driver.session.borrow_mut().connect(now);
        self.driver.run();
    }

    /// Settles the waiter at the slot once the connection is open. `timeout` in milliseconds.
    #[wasm_bindgen(js_name = waitForReady)]
    pub fn wait_for_ready(&self, slot: u32, timeout: f64) {
        let now = self.driver.now();
        self.driver.session.borrow_mut().wait_until_ready(
            now,
            Slot::of(slot),
            milliseconds(timeout),
        );
        self.driver.run();
    }

    /// Closes the connection; the waiter at the slot is settled when it is closed. `drain` is how many milliseconds requests
    /// may still settle, NaN for none.
    pub fn close(&self, slot: u32, drain: f64) {
        let drain = if drain.is_nan() {
            None
        } else {
            Some(drain as u64)
        };
        let now = self.driver.now();
        self.driver
            .session
            .borrow_mut()
            .close(now, drain, Slot::of(slot));
        self.driver.run();
    }

    /// The connection's state: `idle`, `connecting`, `open`, `reconnecting`, `closing` or `closed`.
    #[wasm_bindgen(getter, unchecked_return_type = "string")]
    pub fn state(&self) -> JsValue {
        self.driver.session.borrow().state().name().into()
    }

    /// The requests that wait, oldest first: of each `{type, requestId, age, sent}`.
    pub fn pending(&self) -> Array {
        let now = self.driver.now();
        let all = Array::new();
        let session = self.driver.session.borrow();
        for slot in session.slots() {
            let Some(pending) = session.pending(now, slot) else {
                continue;
            };
            let details = Details::new()
                .with("type", &*pending.request.type_name)
                .with("requestId", pending.request.id.text())
                .with("age", pending.age)
                .with("sent", pending.sent);
            all.push(&details.into_value());
        }
        all
    }

    /// What the session holds: `{waiting, inFlight, queued, cancelled, waitingForConnection, dropped}`, and what it has sent:
    /// `{sent, sentBytes}`.
    pub fn occupancy(&self) -> JsValue {
        let occupancy = self.driver.session.borrow().occupancy();
        Details::new()
            .with("waiting", occupancy.waiting as f64)
            .with("inFlight", occupancy.in_flight as f64)
            .with("queued", occupancy.queued as f64)
            .with("cancelled", occupancy.cancelled as f64)
            .with(
                "waitingForConnection",
                occupancy.waiting_for_connection as f64,
            )
            .with("dropped", occupancy.dropped as f64)
            .with("sent", occupancy.sent as f64)
            .with("sentBytes", occupancy.sent_bytes as f64)
            .into_value()
    }
}

impl Client {
    /// Whether the connection is closed for good.
    #[cfg(not(feature = "published"))]
    pub(super) fn is_closed(&self) -> bool {
        self.driver.session.borrow().state() == State::Closed
    }
}

/// A request as JavaScript describes it.
pub(super) fn request_of(method: u32, size: u64, timeout: f64) -> Call {
    Call {
        expected_reply: ExpectedReply::of(method),
        size,
        timeout: milliseconds(timeout),
    }
}

fn texts(array: &Array) -> Vec<String> {
    let mut texts = Vec::new();
    for index in 0..array.length() {
        if let Some(text) = array.get(index).as_string() {
            texts.push(text);
        }
    }
    texts
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
