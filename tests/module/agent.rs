//! An agent: a `Client`, and all that it tells.

use super::scripted::Host;
use super::values::{member, number, object};
use codebolt_wasm::javascript::bridge::Bridge;
use codebolt_wasm::javascript::client::Client;
use codebolt_wasm::transport::members::Members;
use js_sys::{Array, Error, Function, Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Where scripted hosts are said to be.
pub const URL: &str = "ws://host.test:4711/codebolt";

/// A client, who waits for what it does, and the events that it had.
pub struct Agent {
    pub client: Client,
    bridge: Object,
    waiters: Array,
    events: Array,
    delivered: Array,
}

/// An agent of the real host, where there is one, else of a scripted one that does what the protocol says.
pub fn on_a_host() -> Result<Agent, JsValue> {
    match real_host() {
        Some(url) => {
            has_web_socket()?;
            Agent::new(url, None, &[])
        }
        None => Agent::new(URL, Some(&Host::documented()), &[]),
    }
}

/// The host that the suites of `cargo xtask test` start, as it was when this was compiled: a browser has no environment.
pub fn real_host() -> Option<&'static str> {
    option_env!("CODEBOLT_TEST_URL")
}

/// Fails where the runtime has no `WebSocket`, which a real host is spoken to with.
pub fn has_web_socket() -> Result<(), JsValue> {
    if member(&js_sys::global(), "WebSocket")?.is_function() {
        return Ok(());
    }
    Err(JsValue::from_str(
        "this Node has no WebSocket for the host in CODEBOLT_TEST_URL: set NODE_ARGS=--experimental-websocket, use Node 22, or unset CODEBOLT_TEST_URL",
    ))
}

impl Agent {
    /// One that speaks to a scripted host, with options as the package has them.
    pub fn of(host: &Host, options: &[(&str, JsValue)]) -> Result<Self, JsValue> {
        Self::new(URL, Some(host), options)
    }

    /// The same, over a connection that is open.
    pub fn open(host: &Host, options: &[(&str, JsValue)]) -> Result<Self, JsValue> {
        let agent = Self::of(host, options)?;
        agent.client.connect();
        host.socket(0)?.open();
        Ok(agent)
    }

    fn new(url: &str, host: Option<&Host>, options: &[(&str, JsValue)]) -> Result<Self, JsValue> {
        let all = object(&[("url", url.into())])?;
        Object::assign(&all, &object(options)?);
        let (waiters, events, delivered) = (Array::new(), Array::new(), Array::new());
        let bridge = object(&[
            ("waiters", waiters.clone().into()),
            ("reject", reject()),
            ("emit", emit(&events)),
            ("deliver", push(&delivered)),
        ])?;
        if let Some(host) = host.cloned() {
            let connect =
                Closure::<dyn Fn(String) -> Result<JsValue, JsValue>>::new(move |url: String| {
                    host.connect(&url)
                });
            js_sys::Reflect::set(&bridge, &"connect".into(), &connect.into_js_value())?;
        }
        let client = Client::new(
            all.unchecked_ref::<Members>(),
            bridge.clone().unchecked_into::<Bridge>(),
        )?;
        Ok(Self {
            client,
            bridge,
            waiters,
            events,
            delivered,
        })
    }

    /// Calls `createInstance`.
    pub fn create(&self, name: &str) -> Promise {
        self.create_within(name, JsValue::UNDEFINED, f64::NAN).1
    }

    /// Calls it with a description and a time limit; gives the request's id too.
    pub fn create_within(
        &self,
        name: impl Into<JsValue>,
        description: impl Into<JsValue>,
        timeout: f64,
    ) -> (JsValue, Promise) {
        let (name, description) = (name.into(), description.into());
        let mut id = JsValue::UNDEFINED;
        let promise = Promise::new(&mut |resolve, reject| {
            let asked = self
                .client
                .request_instance(&name, &description, timeout, &resolve);
            match asked {
                Ok(reserved) => id = reserved.into(),
                Err(error) => {
                    let _ = reject.call1(&JsValue::UNDEFINED, &error);
                }
            }
        });
        (id, promise)
    }

    /// Makes any other request.
    pub fn ask(&self, type_name: &str, params: &str) -> Result<Promise, JsValue> {
        let method = self
            .client
            .method(type_name, &Array::of1(&type_name.into()), false);
        let reserved = self.client.reserve(false)?;
        let slot = reserved >> 7;
        let ids = member(&self.bridge, "ids")?.as_string().unwrap_or_default();
        let start = (reserved as usize & 127) * 36;
        let id = ids.get(start..start + 36).unwrap_or_default();
        let frame = format!(r#"{{"type":"{type_name}","requestId":"{id}","params":{params}}}"#);
        Ok(Promise::new(&mut |resolve, _| {
            self.waiters.set(slot, resolve.into());
            let frame = frame.as_str().into();
            self.client.call(slot, method, frame, f64::NAN);
        }))
    }

    /// Closes the connection.
    pub async fn close(&self) -> Result<(), JsValue> {
        let slot = self.client.reserve(false)? >> 7;
        let closed = Promise::new(&mut |resolve, _| {
            self.waiters.set(slot, resolve.into());
            self.client.close(slot, f64::NAN);
        });
        JsFuture::from(closed).await.map(drop)
    }

    /// The connection's state.
    pub fn state(&self) -> String {
        self.client.state().as_string().unwrap_or_default()
    }

    /// How many callers are held.
    pub fn waiters(&self) -> usize {
        let waits = |caller: &JsValue| !caller.is_undefined();
        self.waiters.iter().filter(waits).count()
    }

    /// How much there is of something that the session holds.
    pub fn holds(&self, what: &str) -> Result<u32, JsValue> {
        number(&self.client.occupancy(), what).map(|count| count as u32)
    }

    /// Nobody waits, and nothing is held for anybody.
    pub fn is_at_rest(&self) -> Result<bool, JsValue> {
        for what in ["waiting", "inFlight", "queued", "waitingForConnection"] {
            if self.holds(what)? > 0 {
                return Ok(false);
            }
        }
        Ok(self.waiters() == 0)
    }

    /// The details of the events of this name.
    pub fn events(&self, name: &str) -> Result<Vec<JsValue>, JsValue> {
        let mut details = Vec::new();
        for event in self.events.iter() {
            if member(&event, "name")? == name {
                details.push(member(&event, "details")?);
            }
        }
        Ok(details)
    }

    /// The messages that are not replies.
    pub fn delivered(&self) -> Vec<JsValue> {
        self.delivered.iter().collect()
    }
}

/// Rejects as the package does: with an error that has what is known about it.
fn reject() -> JsValue {
    Closure::<dyn Fn(Function, String, String, JsValue) -> Result<(), JsValue>>::new(
        |resolve: Function, code: String, message: String, details: JsValue| {
            let error = Error::new(&message);
            Object::assign(&error, details.unchecked_ref());
            Object::assign(&error, &object(&[("code", code.into())])?);
            resolve
                .call1(&JsValue::UNDEFINED, &Promise::reject(&error))
                .map(drop)
        },
    )
    .into_js_value()
}

fn emit(events: &Array) -> JsValue {
    let events = events.clone();
    Closure::<dyn Fn(JsValue, JsValue) -> Result<(), JsValue>>::new(
        move |name: JsValue, details: JsValue| {
            events.push(&object(&[("name", name), ("details", details)])?.into());
            Ok(())
        },
    )
    .into_js_value()
}

fn push(messages: &Array) -> JsValue {
    let messages = messages.clone();
    Closure::<dyn Fn(JsValue)>::new(move |message: JsValue| {
        messages.push(&message);
    })
    .into_js_value()
}
