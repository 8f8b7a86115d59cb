//! The short way of a request that nothing stands in the way of; see [`Client`](super::client::Client).

use super::driver::Driver;
use crate::session::{Call, Place};
use crate::transport::random_ids::Drawn;
use crate::transport::socket;
use crate::wire::RequestId;
use alloc::rc::Rc;
use js_sys::JsString;
use wasm_bindgen::prelude::*;

impl Driver {
    /// The next fresh id, of a request or of a message that no reply answers.
    pub(super) fn next_id(&self, is_message: bool) -> Result<Drawn, JsValue> {
        let ids = if is_message {
            &self.message_ids
        } else {
            &self.ids
        };
        ids.borrow_mut().next(
            &|random| self.session.borrow_mut().draw(random, is_message),
            &|texts| {
                self.platform.renew_ids(&texts, is_message);
                if !is_message {
                    *self.id_texts.borrow_mut() = texts;
                }
            },
        )
    }

    /// Whether a message may be of this size whatever it is made of, and nothing else is being carried out.
    pub(super) fn may_begin(&self, size: u64) -> bool {
        let limit = self.session.borrow().options().max_frame_bytes;
        !self.running.get() && size.saturating_mul(3) <= limit
    }

    /// Begins a request if its frame can go at once. Until [`begun`](Self::begun), nothing else is carried out.
    pub(super) fn begin(&self, place: Place, call: Call) -> bool {
        let now = self.now();
        let begins = self.session.borrow_mut().begin(now, place, call);
        if begins {
            self.running.set(true);
            self.begun_on.set(self.generation.get());
        }
        begins
    }

    /// Hands the frame of the request that was begun to the socket, where JavaScript does not.
    pub(super) fn send_begun(&self, frame: &JsString) -> Result<(), JsValue> {
        let socket = self.socket().ok_or(JsValue::UNDEFINED)?;
        socket::send(&socket, frame)
    }

    pub(super) fn begun(self: &Rc<Self>) {
        self.running.set(false);
        self.run();
    }

    /// The socket threw instead of taking the frame.
    pub(super) fn begun_in_vain(self: &Rc<Self>, error: &JsValue) {
        self.send_failed(self.begun_on.get(), error);
        self.begun();
    }

    /// The caller whose reply has come, and whether that was all.
    pub(super) fn reply_to(&self, id: RequestId) -> Option<(Place, bool)> {
        let now = self.arrival();
        self.arrived();
        let mut session = self.session.borrow_mut();
        let place = session.reply(now, id)?;
        Some((place, session.is_done()))
    }
}
