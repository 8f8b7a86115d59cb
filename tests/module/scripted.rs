//! A WebSocket that ends in the test, which plays the host's part: in Rust and js-sys, the same in every runtime.

use super::values::{function, member, object, text};
use js_sys::{Array, Function, JSON, Object, Reflect, Uint8Array};
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

const CONNECTING: u32 = 0;
const OPEN: u32 = 1;
const CLOSING: u32 = 2;
const CLOSED: u32 = 3;

/// A frame that was sent.
pub struct Asked {
    /// The whole frame.
    pub text: String,
    /// Its request id.
    pub id: String,
    /// Its parameters.
    pub params: JsValue,
}

impl Asked {
    fn read(frame: String) -> Result<Self, JsValue> {
        let message = JSON::parse(&frame)?;
        Ok(Self {
            id: text(&message, "requestId")?,
            params: member(&message, "params")?,
            text: frame,
        })
    }

    /// The frame with `<id>` in place of its request id.
    pub fn without_id(&self) -> String {
        self.text.replace(&self.id, "<id>")
    }

    /// The name of the instance that it wants.
    pub fn name(&self) -> String {
        text(&self.params, "name").unwrap_or_default()
    }

    /// The reply of the protocol: created, under the name that was asked for.
    pub fn created(&self) -> String {
        let Self { id, .. } = self;
        let stringify = |value: &JsValue| JSON::stringify(value).map(String::from);
        let name = stringify(&self.name().into()).unwrap_or_default();
        let description = member(&self.params, "description")
            .ok()
            .filter(|description| !description.is_undefined())
            .and_then(|description| stringify(&description).ok())
            .map_or(String::new(), |text| format!(r#""description":{text},"#));
        let time = "2026-01-02T03:04:05.678Z";
        format!(
            r#"{{"type":"eventLog.createInstance","success":true,"data":{{"instance":{{"id":"i-{id}","name":{name},{description}"createdAt":"{time}","updatedAt":"{time}"}}}},"timestamp":"{time}","requestId":"{id}"}}"#
        )
    }

    /// The reply of the protocol: refused.
    pub fn refused(&self, error: &str) -> String {
        let Self { id, .. } = self;
        format!(
            r#"{{"type":"eventLog.createInstance","success":false,"error":"{error}","requestId":"{id}"}}"#
        )
    }
}

/// One scripted WebSocket, as a test sees it.
#[derive(Clone)]
pub struct Socket {
    object: Object,
    sent: Array,
}

impl Socket {
    fn new(url: &str, heard: impl Fn(&Socket, String) + 'static) -> Result<Self, JsValue> {
        let socket = Self {
            object: object(&[
                ("url", url.into()),
                ("readyState", CONNECTING.into()),
                ("bufferedAmount", 0.into()),
            ])?,
            sent: Array::new(),
        };
        let own = socket.clone();
        let send = function(move |frame| {
            if own.state() != OPEN {
                return Err(js_sys::Error::new("the socket is not open").into());
            }
            own.sent.push(&frame);
            heard(&own, frame.as_string().unwrap_or_default());
            Ok(JsValue::UNDEFINED)
        });
        let own = socket.clone();
        let close = function(move |_| {
            if own.state() < CLOSING {
                own.set_state(CLOSING);
                let own = own.clone();
                spawn_local(async move { own.end(1000, "") });
            }
            Ok(JsValue::UNDEFINED)
        });
        Reflect::set(&socket.object, &"send".into(), &send)?;
        Reflect::set(&socket.object, &"close".into(), &close)?;
        Ok(socket)
    }

    fn state(&self) -> u32 {
        member(&self.object, "readyState")
            .ok()
            .and_then(|state| state.as_f64())
            .map_or(CLOSED, |state| state as u32)
    }

    fn set_state(&self, state: u32) {
        let _ = Reflect::set(&self.object, &"readyState".into(), &state.into());
    }

    fn fire(&self, listener: &str, event: &[(&str, JsValue)]) {
        let Ok(event) = object(event) else { return };
        if let Ok(listener) = member(&self.object, listener)
            && let Some(listener) = listener.dyn_ref::<Function>()
            && let Err(error) = listener.call1(&self.object, &event)
        {
            wasm_bindgen::throw_val(error);
        }
    }

    /// The address that was asked for.
    pub fn url(&self) -> String {
        text(&self.object, "url").unwrap_or_default()
    }

    /// It opens.
    pub fn open(&self) {
        self.set_state(OPEN);
        self.fire("onopen", &[]);
    }

    /// The host says a text.
    pub fn say(&self, frame: &str) {
        self.fire("onmessage", &[("data", frame.into())]);
    }

    /// The host says bytes.
    pub fn say_bytes(&self, frame: &[u8]) {
        let bytes = Uint8Array::from(frame).buffer();
        self.fire("onmessage", &[("data", bytes.into())]);
    }

    /// The connection ends.
    pub fn end(&self, code: u16, reason: &str) {
        self.set_state(CLOSED);
        self.fire(
            "onclose",
            &[("code", code.into()), ("reason", reason.into())],
        );
    }

    /// From now on `send` throws.
    pub fn break_send(&self) -> Result<(), JsValue> {
        let broken = function(|_| Err(js_sys::Error::new("the cable is cut").into()));
        Reflect::set(&self.object, &"send".into(), &broken).map(drop)
    }

    /// What was sent through it.
    ///
    /// # Errors
    /// When a frame is not a request.
    pub fn asked(&self) -> Result<Vec<Asked>, JsValue> {
        let frames = self.sent.iter().filter_map(|frame| frame.as_string());
        frames.map(Asked::read).collect()
    }

    /// The same, which are forgotten then.
    pub fn take(&self) -> Result<Vec<Asked>, JsValue> {
        let asked = self.asked();
        self.sent.set_length(0);
        asked
    }

    /// The only frame that was sent through it.
    ///
    /// # Errors
    /// When there is another number of them.
    pub fn only(&self) -> Result<Asked, JsValue> {
        let mut asked = self.asked()?;
        let count = asked.len();
        asked
            .pop()
            .filter(|_| count == 1)
            .ok_or_else(|| JsValue::from_str(&format!("one frame was wanted, sent were {count}")))
    }
}

/// What a host answers to a frame, in order.
type Rule = Rc<dyn Fn(&Asked) -> Vec<String>>;

/// A host: the sockets that were opened to it.
#[derive(Clone)]
pub struct Host {
    sockets: Rc<RefCell<Vec<Socket>>>,
    rule: Option<Rule>,
}

impl Host {
    /// One whose sockets do nothing that the test does not do.
    pub fn manual() -> Self {
        Self {
            sockets: Rc::default(),
            rule: None,
        }
    }

    /// One whose sockets open by themselves, and answer each frame a moment later.
    pub fn answering(rule: impl Fn(&Asked) -> Vec<String> + 'static) -> Self {
        Self {
            sockets: Rc::default(),
            rule: Some(Rc::new(rule)),
        }
    }

    /// One that does what the protocol says: it creates instances, and refuses names that are taken.
    pub fn documented() -> Self {
        let names = RefCell::new(HashSet::new());
        Self::answering(move |asked| {
            let is_new = names.borrow_mut().insert(asked.name());
            vec![if is_new {
                asked.created()
            } else {
                asked.refused("an instance of this name exists")
            }]
        })
    }

    /// Opens a socket to it.
    pub fn connect(&self, url: &str) -> Result<JsValue, JsValue> {
        let rule = self.rule.clone();
        let heard = move |socket: &Socket, frame: String| {
            let Some(rule) = rule.clone() else { return };
            let socket = socket.clone();
            spawn_local(async move {
                match Asked::read(frame) {
                    Ok(asked) => rule(&asked).iter().for_each(|reply| socket.say(reply)),
                    Err(error) => wasm_bindgen::throw_val(error),
                }
            });
        };
        let socket = Socket::new(url, heard)?;
        if self.rule.is_some() {
            let socket = socket.clone();
            spawn_local(async move { socket.open() });
        }
        self.sockets.borrow_mut().push(socket.clone());
        Ok(socket.object.into())
    }

    /// How many sockets were opened to it.
    pub fn count(&self) -> usize {
        self.sockets.borrow().len()
    }

    /// The socket that was opened as the nth, from 0.
    ///
    /// # Errors
    /// When there are fewer.
    pub fn socket(&self, index: usize) -> Result<Socket, JsValue> {
        let socket = self.sockets.borrow().get(index).cloned();
        socket.ok_or_else(|| JsValue::from_str(&format!("no socket {index} was opened")))
    }
}
