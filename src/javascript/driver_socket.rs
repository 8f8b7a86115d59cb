//! The driver's socket: how it is opened and dropped, and what its events mean to the core.

use super::driver::Driver;
use super::inbound_frame::error_text;
use crate::transport::clock;
use crate::transport::socket::{self, Socket, SocketEvent};
use crate::wire::close_code;
use crate::wire::connection_identifier::connection_identifier;
use alloc::borrow::ToOwned as _;
use alloc::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

impl Driver {
    pub(super) fn socket(&self) -> Option<WebSocket> {
        self.socket.borrow().clone()
    }

    /// A socket that cannot send is broken; its requests must not wait for replies.
    pub(super) fn socket_broken(&self, generation: u32, error: &JsValue) {
        if self.generation.get() != generation {
            return;
        }
        self.drop_socket();
        let text = error_text(error);
        let now = self.now();
        self.session
            .borrow_mut()
            .closed(now, close_code::ABNORMAL, &text);
    }

    pub(super) fn open_socket(self: &Rc<Self>) {
        self.drop_socket();
        let generation = self.generation.get();
        let random = (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64;
        let url = self
            .address
            .url(&connection_identifier(clock::epoch(), random));
        match self.bridge.open(&url) {
            Ok(socket) => {
                let weak: Weak<Self> = Rc::downgrade(self);
                let on_event = move |event| {
                    if let Some(driver) = weak.upgrade()
                        && driver.generation.get() == generation
                    {
                        driver.socket_event(event);
                    }
                };
                let guarded = |handler: &JsValue| self.bridge.guarded(handler);
                let receive = self.bridge.receive();
                let listening =
                    Socket::listen(socket.clone(), &receive, guarded, Rc::new(on_event));
                *self.listening.borrow_mut() = Some(listening);
                let state = socket::ready_state(&socket);
                *self.socket.borrow_mut() = Some(socket);
                match state {
                    WebSocket::OPEN => self.socket_event(SocketEvent::Opened),
                    // No more events come from it.
                    WebSocket::CLOSED => self.socket_event(SocketEvent::Closed {
                        code: close_code::ABNORMAL,
                        reason: "the socket was closed from the start".to_owned(),
                    }),
                    _ => {}
                }
            }
            Err(error) => {
                let text = error_text(&error);
                let now = self.now();
                self.session
                    .borrow_mut()
                    .closed(now, close_code::ABNORMAL, &text);
            }
        }
    }

    /// Closes the current socket, and ignores its later events.
    pub(super) fn drop_socket(&self) {
        self.generation.set(self.generation.get().wrapping_add(1));
        let socket = self.socket.borrow_mut().take();
        let listening = self.listening.borrow_mut().take();
        drop(listening);
        if let Some(socket) = socket {
            socket::abandon(&socket);
        }
    }

    fn socket_event(self: &Rc<Self>, event: SocketEvent) {
        self.arrived();
        match event {
            SocketEvent::Message(data) => self.message(data, JsValue::UNDEFINED),
            SocketEvent::Opened => {
                let now = self.now();
                self.session.borrow_mut().opened(now);
            }
            SocketEvent::Ping => {
                let now = self.now();
                self.session.borrow_mut().arrived(now);
            }
            SocketEvent::Closed { code, reason } => {
                self.drop_socket();
                let now = self.now();
                self.session.borrow_mut().closed(now, code, &reason);
            }
        }
        self.run();
    }
}
