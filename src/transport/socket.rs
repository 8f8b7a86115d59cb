//! One WebSocket, whoever made it: the browser's, the runtime's, `ws` in Node, or the caller's own.

use js_sys::{JsString, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// What a socket tells.
#[derive(Debug)]
pub enum SocketEvent {
    /// It is open.
    Opened,
    /// A message came: a text, or bytes.
    Message(JsValue),
    /// A WebSocket ping came (only where the runtime shows it).
    Ping,
    /// It has closed, or could not be opened.
    Closed {
        /// The close code; 1006 when no close frame came.
        code: u16,
        /// The host's reason, or what the runtime said.
        reason: String,
    },
}

/// The part of `ws` that a standard WebSocket does not have.
#[wasm_bindgen]
extern "C" {
    type ExtendedSocket;

    #[wasm_bindgen(method, catch)]
    fn terminate(this: &ExtendedSocket) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = send)]
    fn send_value(this: &ExtendedSocket, frame: &JsString) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = close)]
    fn close_with(this: &ExtendedSocket, code: u16) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, catch, js_name = bufferedAmount)]
    fn buffered_amount(this: &ExtendedSocket) -> Result<JsValue, JsValue>;
}

/// A socket with its listeners. Dropping it takes the listeners off.
pub struct Socket {
    socket: WebSocket,
    _listeners: Listeners,
}

struct Listeners {
    _opened: Closure<dyn Fn()>,
    _message: Closure<dyn Fn(MessageEvent)>,
    _error: Closure<dyn Fn(JsValue)>,
    _closed: Closure<dyn Fn(CloseEvent)>,
    _ping: Closure<dyn Fn()>,
}

impl Socket {
    /// Listens to a socket that is opening. `tell` must not drop the socket while it runs.
    pub fn listen(socket: WebSocket, tell: impl Fn(SocketEvent) + Clone + 'static) -> Self {
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on = tell.clone();
        let opened = Closure::new(move || on(SocketEvent::Opened));
        let on = tell.clone();
        let message =
            Closure::new(move |event: MessageEvent| on(SocketEvent::Message(event.data())));
        let on = tell.clone();
        let ping = Closure::new(move || on(SocketEvent::Ping));
        let on = tell.clone();
        let failing = socket.clone();
        let error = Closure::new(move |event: JsValue| {
            // Where no connection comes about, some runtimes fire `error` and never `close`. On an open
            // socket `close` always follows.
            if failing.ready_state() != WebSocket::OPEN {
                on(SocketEvent::Closed {
                    code: crate::wire::close_code::ABNORMAL,
                    reason: error_text(&event),
                });
            }
        });
        let closed = Closure::new(move |event: CloseEvent| {
            tell(SocketEvent::Closed {
                code: number(&event, "code").unwrap_or(crate::wire::close_code::ABNORMAL),
                reason: text(&event, "reason").unwrap_or_default(),
            });
        });
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onerror(Some(error.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        // Our Node socket calls it; on others it is an unused property.
        let _ = Reflect::set(&socket, &"onping".into(), ping.as_ref());
        Self {
            socket,
            _listeners: Listeners {
                _opened: opened,
                _message: message,
                _error: error,
                _closed: closed,
                _ping: ping,
            },
        }
    }

    /// The underlying JavaScript object.
    #[must_use]
    pub fn object(&self) -> &WebSocket {
        &self.socket
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // `ws` throws an error that nobody listens to, so one that comes late must still meet a listener.
        let ignore = js_sys::Function::new_no_args("");
        self.socket.set_onerror(Some(&ignore));
        let _ = Reflect::delete_property(&self.socket, &"onping".into());
    }
}

/// Hands a frame to the socket.
///
/// # Errors
/// The runtime's own error, for example when the socket is closing.
pub fn send(socket: &WebSocket, frame: &JsString) -> Result<(), JsValue> {
    socket
        .unchecked_ref::<ExtendedSocket>()
        .send_value(frame)
        .map(drop)
}

/// Starts the closing handshake.
pub fn close(socket: &WebSocket, code: u16) {
    // A socket that cannot be closed any more is closed already.
    let _ = socket.unchecked_ref::<ExtendedSocket>().close_with(code);
}

/// Drops the connection without a handshake, where the runtime can; else starts one that nobody waits for.
pub fn abandon(socket: &WebSocket) {
    let socket = socket.unchecked_ref::<ExtendedSocket>();
    if socket.terminate().is_err() {
        let _ = socket.close_with(crate::wire::close_code::NORMAL);
    }
}

/// How many bytes the socket holds back; 0 where it does not tell.
#[must_use]
pub fn buffered(socket: &WebSocket) -> u64 {
    socket
        .unchecked_ref::<ExtendedSocket>()
        .buffered_amount()
        .ok()
        .and_then(|amount| amount.as_f64())
        .map_or(0, |amount| amount as u64)
}

fn error_text(event: &JsValue) -> String {
    text(event, "message")
        .filter(|message| !message.is_empty())
        .or_else(|| {
            let error = Reflect::get(event, &"error".into()).ok()?;
            text(&error, "code").or_else(|| text(&error, "message"))
        })
        .unwrap_or_default()
}

fn text(object: &JsValue, key: &str) -> Option<String> {
    Reflect::get(object, &key.into()).ok()?.as_string()
}

fn number(object: &JsValue, key: &str) -> Option<u16> {
    let number = Reflect::get(object, &key.into()).ok()?.as_f64()?;
    (0.0..=65_535.0).contains(&number).then_some(number as u16)
}
