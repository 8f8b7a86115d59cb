//! The fast path: a request that can go at once, and a reply whose id says whose it is. Both sides of the bridge exchange numbers
//! alone; the frame, the parsed reply and the promise stay in JavaScript.
//!
//! [`Driver::begin_request`] puts the request in flight, JavaScript hands its frame to the socket, and then
//! [`Driver::commit`] or [`Driver::send_failed`] follows. In between no action is carried out.

use super::driver::Driver;
use crate::session::{Call, Slot};
use crate::transport::random_ids::Reserved;
use crate::transport::socket;
use crate::wire::RequestId;
use crate::wire::request_id::TEXT_LENGTH;
use alloc::rc::Rc;
use js_sys::JsString;
use wasm_bindgen::prelude::*;

impl Driver {
    /// Reserves a slot under a fresh id, of a request or of a message that no reply answers.
    pub(super) fn reserve(&self, is_message: bool) -> Result<Reserved, JsValue> {
        let ids = if is_message {
            &self.message_ids
        } else {
            &self.ids
        };
        ids.borrow_mut().next(
            &|random| self.session.borrow_mut().reserve(random, is_message),
            &|texts| {
                self.bridge.set_ids(&texts, is_message);
                if !is_message {
                    *self.id_texts.borrow_mut() = texts;
                }
            },
        )
    }

    /// The id of a request that was just reserved, as JavaScript has it.
    pub(super) fn id_text(&self, reserved: Reserved) -> JsString {
        let start = reserved.index * TEXT_LENGTH as u32;
        let texts = self.id_texts.borrow();
        texts.substring(start, start + TEXT_LENGTH as u32)
    }

    /// Reserves a slot and puts its request in flight, if its frame can go at once.
    pub(super) fn begin_request(&self, call: Call) -> Option<Reserved> {
        // A UTF-16 unit takes at most three bytes in UTF-8.
        let limit = self.session.borrow().options().max_frame_bytes;
        if self.running.get() || call.size.saturating_mul(3) > limit {
            return None;
        }
        let reserved = self.reserve(false).ok()?;
        let now = self.now();
        // The number that is returned to JavaScript has a sign.
        let begins = reserved.slot.number() < Slot::PACKABLE / 2
            && self
                .session
                .borrow_mut()
                .begin_request(now, reserved.slot, call);
        if !begins {
            self.ids.borrow_mut().keep_last();
            return None;
        }
        self.running.set(true);
        self.frame_generation.set(self.generation.get());
        Some(reserved)
    }

    /// Hands the frame of the request from `begin_request` to the socket, where JavaScript does not.
    pub(super) fn send_frame(&self, frame: &JsString) -> Result<(), JsValue> {
        let socket = self.socket().ok_or(JsValue::UNDEFINED)?;
        socket::send(&socket, frame)
    }

    /// The socket has the frame of the request from `begin_request`.
    pub(super) fn commit(self: &Rc<Self>) {
        self.running.set(false);
        self.run();
    }

    /// The socket threw instead of taking the frame.
    pub(super) fn send_failed(self: &Rc<Self>, error: &JsValue) {
        self.socket_broken(self.frame_generation.get(), error);
        self.commit();
    }

    /// The waiter whose reply has come, and whether there is nothing else to do.
    pub(super) fn reply_to(&self, id: RequestId) -> Option<(Slot, bool)> {
        let now = self.arrival();
        self.arrived();
        let mut session = self.session.borrow_mut();
        let slot = session.reply(now, id)?;
        Some((slot, session.is_done()))
    }
}
