//! `Client`, the session for JavaScript, on a running host: in Node and in a browser.
#![cfg(target_arch = "wasm32")]

mod recording;

use codebolt_wasm::javascript::client::Client;
use codebolt_wasm::javascript::platform::Platform;
use codebolt_wasm::transport::members::Members;
use js_sys::{Array, Promise};
use recording::{fresh_name, host, member, noting, object, only_frame, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

const CREATE: &str = "eventLog.createInstance";

/// A function `(url) => WebSocket` that opens the runtime's own sockets, and pushes every frame into `frames`.
fn connect(frames: &Array) -> JsValue {
    let frames = frames.clone();
    Closure::<dyn Fn(String) -> Result<JsValue, JsValue>>::new(move |url: String| {
        noting(&frames, web_sys::WebSocket::new(&url)?.into())
    })
    .into_js_value()
}

/// A client, and who waits for what it does.
struct Opened {
    client: Client,
    callers: Array,
}

fn opened(url: &str, frames: &Array) -> Result<Opened, JsValue> {
    let options = object(&[("url", url.into())])?;
    let callers = Array::new();
    let platform = object(&[
        ("connect", connect(frames)),
        ("callers", callers.clone().into()),
    ])?;
    let client = Client::new(
        options.unchecked_ref::<Members>(),
        platform.unchecked_into::<Platform>(),
    )?;
    Ok(Opened { client, callers })
}

impl Opened {
    fn create(&self, name: &str) -> Promise {
        let method = self.client.method(CREATE, &Array::of1(&CREATE.into()));
        Promise::new(&mut |resolve, reject| {
            let frame = |id: &str| {
                format!(r#"{{"type":"{CREATE}","requestId":"{id}","params":{{"name":"{name}"}}}}"#)
                    .into()
            };
            if let Err(error) = self.client.request(method, frame, f64::NAN, &resolve) {
                let _ = reject.call1(&JsValue::UNDEFINED, &error);
            }
        })
    }

    async fn close(&self) -> Result<(), JsValue> {
        let place = self.client.draw(false)? >> 7;
        let closed = Promise::new(&mut |resolve, _| {
            self.callers.set(place, resolve.into());
            self.client.close(place, f64::NAN);
        });
        JsFuture::from(closed).await.map(drop)
    }

    fn state(&self) -> JsValue {
        self.client.state()
    }

    /// How many callers the array still holds.
    fn waiting(&self) -> usize {
        self.callers
            .iter()
            .filter(|caller| !caller.is_undefined())
            .count()
    }
}

#[wasm_bindgen_test]
async fn a_call_made_before_the_connection_is_open_waits_for_it_and_is_answered()
-> Result<(), JsValue> {
    let frames = Array::new();
    let client = opened(host()?, &frames)?;
    assert_eq!(client.state(), "idle");
    let name = fresh_name("client");
    let answered = client.create(&name);
    assert_eq!(client.state(), "connecting");
    assert_eq!(
        frames.length(),
        0,
        "a frame went out before the connection was open"
    );

    let reply = JsFuture::from(answered).await?;
    assert_eq!(client.state(), "open");
    let (frame, id) = only_frame(&frames)?;
    assert_eq!(
        frame,
        format!(r#"{{"type":"{CREATE}","requestId":"<id>","params":{{"name":"{name}"}}}}"#)
    );
    assert_eq!(text(&reply, "requestId")?, id);
    assert_eq!(text(&reply, "data.instance.name")?, name);
    client.close().await?;
    assert_eq!(client.state(), "closed");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_duplicate_name_resolves_with_a_refusal_and_nothing_stays_pending() -> Result<(), JsValue>
{
    let frames = Array::new();
    let client = opened(host()?, &frames)?;
    let name = fresh_name("twice");
    let both = Array::of2(&client.create(&name), &client.create(&name));
    let replies = JsFuture::from(Promise::all(&both)).await?;
    assert_eq!(member(&replies, "0.success")?, JsValue::TRUE);
    assert_eq!(member(&replies, "1.success")?, JsValue::FALSE);
    assert!(text(&replies, "1.error")?.contains("exists"));
    assert_eq!(frames.length(), 2);
    assert_eq!(
        member(&client.client.occupancy(), "waiting")?,
        JsValue::from(0)
    );
    assert_eq!(client.waiting(), 0);
    client.close().await
}

#[wasm_bindgen_test]
async fn without_a_host_a_call_rejects_and_names_the_address() -> Result<(), JsValue> {
    let frames = Array::new();
    // Nothing listens on the discard port, and browsers refuse to ask.
    let client = opened("ws://127.0.0.1:9/codebolt", &frames)?;
    let error = JsFuture::from(client.create("nowhere"))
        .await
        .err()
        .ok_or("a call without a host was answered")?;
    assert_eq!(text(&error, "code")?, "CONNECT_FAILED");
    let said = text(&error, "message")?;
    assert!(said.contains("ws://127.0.0.1:9/codebolt"), "{said}");
    assert_eq!(frames.length(), 0);
    Ok(())
}

#[wasm_bindgen_test]
async fn a_call_after_close_rejects_at_once() -> Result<(), JsValue> {
    let frames = Array::new();
    let client = opened(host()?, &frames)?;
    client.close().await?;
    let error = JsFuture::from(client.create("late"))
        .await
        .err()
        .ok_or("a call after close was answered")?;
    assert_eq!(text(&error, "code")?, "CONNECTION_CLOSED");
    assert_eq!(text(&error, "message")?, "WebSocket connection closed");
    assert_eq!(frames.length(), 0);
    Ok(())
}
