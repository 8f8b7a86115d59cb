//! One WebSocket, whoever made it: the browser's, the runtime's, `ws` in Node, or the caller's own.

use super::members::{Members, member, text};
use crate::wire::close_code;
use alloc::rc::Rc;
use alloc::{string::String, vec::Vec};
use js_sys::JsString;
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

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

#[wasm_bindgen]
extern "C" {
    /// An event of a message.
    type MessageEvent;

    #[wasm_bindgen(method, getter)]
    fn data(this: &MessageEvent) -> JsValue;

    /// A socket as it really is: `ws` has members that a standard one lacks, and any may throw.
    type AnySocket;

    #[wasm_bindgen(method, catch)]
    fn terminate(this: &AnySocket) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn send(this: &AnySocket, frame: &JsString) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn close(this: &AnySocket, code: u16) -> Result<(), JsValue>;
}

/// Which listener was called. Our Node socket calls `onping`; on others it is an unused property.
#[derive(Clone, Copy)]
enum Kind {
    Open,
    Message,
    Error,
    Close,
    Ping,
}

const LISTENERS: [(&str, Kind); 5] = [
    ("onopen", Kind::Open),
    ("onmessage", Kind::Message),
    ("onerror", Kind::Error),
    ("onclose", Kind::Close),
    ("onping", Kind::Ping),
];

/// A socket with its listeners. Dropping it takes the listeners off.
pub struct Socket {
    socket: WebSocket,
    _listeners: Vec<Closure<dyn Fn(JsValue)>>,
}

impl Socket {
    /// Listens to a socket that is opening. `receive` hears its messages, unless it is `undefined`. `tell` must not drop the
    /// socket while it runs.
    pub fn listen(socket: WebSocket, receive: &JsValue, tell: Rc<dyn Fn(SocketEvent)>) -> Self {
        let members = socket.unchecked_ref::<Members>();
        members.set("binaryType", &"arraybuffer".into());
        let listeners = LISTENERS.map(|(name, kind)| {
            let tell = Rc::clone(&tell);
            let failing = socket.clone();
            let listener = Closure::<dyn Fn(JsValue)>::new(move |event| {
                if let Some(event) = read(kind, &event, &failing) {
                    tell(event);
                }
            });
            let hears = match kind {
                Kind::Message if !receive.is_undefined() => receive,
                _ => listener.as_ref(),
            };
            members.set(name, hears);
            listener
        });
        Self {
            socket,
            _listeners: listeners.into(),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let members = self.socket.unchecked_ref::<Members>();
        for (name, kind) in LISTENERS {
            // `ws` throws an error that nobody listens to, so one that comes late must still meet a listener:
            // `toString` does no harm.
            let nobody = match kind {
                Kind::Error => member(members, "toString"),
                _ => JsValue::NULL,
            };
            members.set(name, &nobody);
        }
    }
}

fn read(kind: Kind, event: &JsValue, socket: &WebSocket) -> Option<SocketEvent> {
    Some(match kind {
        Kind::Message => SocketEvent::Message(event.unchecked_ref::<MessageEvent>().data()),
        Kind::Open => SocketEvent::Opened,
        Kind::Ping => SocketEvent::Ping,
        Kind::Close => SocketEvent::Closed {
            code: member(event, "code")
                .as_f64()
                .filter(|code| (0.0..=65_535.0).contains(code))
                .map_or(close_code::ABNORMAL, |code| code as u16),
            reason: text(event, "reason").unwrap_or_default(),
        },
        // Where no connection comes about, some runtimes fire `error` and never `close`. On an open socket `close`
        // always follows.
        Kind::Error if socket.ready_state() == WebSocket::OPEN => return None,
        Kind::Error => SocketEvent::Closed {
            code: close_code::ABNORMAL,
            reason: error_reason(event),
        },
    })
}

/// Hands a frame to the socket.
///
/// # Errors
/// The runtime's own error, for example when the socket is closing.
pub fn send(socket: &WebSocket, frame: &JsString) -> Result<(), JsValue> {
    socket.unchecked_ref::<AnySocket>().send(frame)
}

/// Starts the closing handshake.
pub fn close(socket: &WebSocket, code: u16) {
    // A socket that cannot be closed any more is closed already.
    let _ = socket.unchecked_ref::<AnySocket>().close(code);
}

/// Drops the connection without a handshake, where the runtime can; else starts one that nobody waits for.
pub fn abandon(socket: &WebSocket) {
    if socket.unchecked_ref::<AnySocket>().terminate().is_err() {
        close(socket, close_code::NORMAL);
    }
}

/// How many bytes the socket holds back; 0 where it does not tell.
#[must_use]
pub fn buffered(socket: &WebSocket) -> u64 {
    member(socket, "bufferedAmount")
        .as_f64()
        .map_or(0, |amount| amount as u64)
}

fn error_reason(event: &JsValue) -> String {
    text(event, "message")
        .filter(|message| !message.is_empty())
        .or_else(|| {
            let error = member(event, "error");
            text(&error, "code").or_else(|| text(&error, "message"))
        })
        .unwrap_or_default()
}
