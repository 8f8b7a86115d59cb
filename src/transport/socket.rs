//! One WebSocket, whoever made it: the browser's, the runtime's, `ws` in Node, or the caller's own.

use super::HAS_BRIDGE;
use super::members::{member, text, try_set};
use crate::wire::close_code;
use alloc::rc::Rc;
use alloc::{string::String, vec::Vec};
use js_sys::JsString;
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

/// An event of a socket.
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
    /// A socket of any kind: `ws` has members that a standard one lacks, and any may throw.
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
    /// Listens to a socket that is opening; `guarded` makes the listeners. `receive` gets its messages, unless it is
    /// `undefined`. `on_event` must not drop the socket while it runs.
    pub fn listen(
        socket: WebSocket,
        receive: &JsValue,
        guarded: impl Fn(&JsValue) -> JsValue,
        on_event: Rc<dyn Fn(SocketEvent)>,
    ) -> Self {
        set(&socket, "binaryType", &"arraybuffer".into());
        let listeners = LISTENERS.map(|(name, kind)| {
            let on_event = Rc::clone(&on_event);
            let failing = socket.clone();
            let listener = Closure::<dyn Fn(JsValue)>::new(move |event| {
                if let Some(event) = read(kind, &event, &failing) {
                    on_event(event);
                }
            });
            let hears = match kind {
                Kind::Message if HAS_BRIDGE || !receive.is_undefined() => receive.clone(),
                _ => guarded(listener.as_ref()),
            };
            set(&socket, name, &hears);
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
        for (name, kind) in LISTENERS {
            // `ws` throws an error that nobody listens to, so there must be a listener for a late one:
            // `toString` does no harm.
            let nobody = match kind {
                Kind::Error => member(&self.socket, "toString"),
                _ => JsValue::NULL,
            };
            set(&self.socket, name, &nobody);
        }
    }
}

/// A caller's own socket may refuse listeners. The package's JavaScript has tried that before, so an error here is ignored.
fn set(socket: &WebSocket, name: &str, value: &JsValue) {
    let _ = try_set(socket, name, value);
}

fn read(kind: Kind, event: &JsValue, socket: &WebSocket) -> Option<SocketEvent> {
    Some(match kind {
        Kind::Message if HAS_BRIDGE => return None,
        Kind::Message => SocketEvent::Message(member(event, "data")),
        Kind::Open => SocketEvent::Opened,
        Kind::Ping => SocketEvent::Ping,
        Kind::Close => SocketEvent::Closed {
            code: member(event, "code")
                .as_f64()
                .filter(|code| (0.0..=65_535.0).contains(code))
                .map_or(close_code::ABNORMAL, |code| code as u16),
            reason: text(event, "reason").unwrap_or_default(),
        },
        // When no connection is made, some runtimes fire `error` and never `close`. On an open socket `close`
        // always follows.
        Kind::Error if ready_state(socket) == WebSocket::OPEN => return None,
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

/// Drops the connection without a closing handshake if the runtime can. Otherwise starts one that nobody waits for.
pub fn abandon(socket: &WebSocket) {
    if socket.unchecked_ref::<AnySocket>().terminate().is_err() {
        close(socket, close_code::NORMAL);
    }
}

/// The socket's state. A socket without a state, or one that throws, counts as connecting.
#[must_use]
pub fn ready_state(socket: &WebSocket) -> u16 {
    member(socket, "readyState")
        .as_f64()
        .map_or(WebSocket::CONNECTING, |state| state as u16)
}

/// Whether the socket takes no frames any more: it is closing, although `close` has not come yet. The one for Node knows earlier.
#[must_use]
pub fn is_ending(socket: &WebSocket) -> bool {
    member(socket, "isEnding")
        .as_bool()
        .unwrap_or_else(|| ready_state(socket) > WebSocket::OPEN)
}

/// How many bytes are in the socket's buffer; 0 if it does not say.
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
