//! What the module itself exports, `createInstance`, on a running host: in Node and in a browser.
#![cfg(target_arch = "wasm32")]

mod recording;

use codebolt_wasm::javascript::event_log::create_instance;
use codebolt_wasm::wire::event_log::Instance;
use js_sys::{Array, Function, Object, Proxy, Reflect};
use recording::{fresh_name, host, member, noting, object, only_frame, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// Makes the default client speak to the test's host, through sockets that note their frames: the environment says
/// where, as it does for an agent. Until `restore` the global `WebSocket` is the recording one.
struct Stage {
    frames: Array,
    original: JsValue,
}

impl Stage {
    fn set() -> Result<Self, JsValue> {
        let address = host()?.strip_prefix("ws://").unwrap_or_default();
        let (name, rest) = address.split_once(':').unwrap_or_default();
        let port = rest.split('/').next().unwrap_or_default();
        let environment = object(&[
            ("CODEBOLT_SERVER_URL", name.into()),
            ("SOCKET_PORT", port.into()),
        ])?;
        let global = js_sys::global();
        let process = match Reflect::get(&global, &"process".into())? {
            // A browser has none.
            nothing if nothing.is_undefined() => object(&[("env", Object::new().into())])?.into(),
            process => process,
        };
        Object::assign(
            &Reflect::get(&process, &"env".into())?.unchecked_into(),
            &environment,
        );
        Reflect::set(&global, &"process".into(), &process)?;

        let frames = Array::new();
        let original = Reflect::get(&global, &"WebSocket".into())?;
        let noted = frames.clone();
        let construct = Closure::<dyn Fn(Function, Array) -> Result<JsValue, JsValue>>::new(
            move |class: Function, arguments: Array| {
                noting(&noted, Reflect::construct(&class, &arguments)?)
            },
        );
        let handler = object(&[("construct", construct.into_js_value())])?;
        let recording = Proxy::new(&original, &handler);
        Reflect::set(&global, &"WebSocket".into(), &recording)?;
        Ok(Self { frames, original })
    }

    fn restore(self) -> Result<Array, JsValue> {
        Reflect::set(&js_sys::global(), &"WebSocket".into(), &self.original)?;
        Ok(self.frames)
    }
}

/// One test, since the module has one default client and that one keeps its connection.
#[wasm_bindgen_test]
async fn the_exported_function_creates_an_instance_and_sends_the_frame_of_the_protocol()
-> Result<(), JsValue> {
    let stage = Stage::set()?;

    let refused = JsFuture::from(create_instance(7.into(), JsValue::UNDEFINED)).await;
    let error = refused
        .err()
        .ok_or("a name that is a number was accepted")?;
    let said = text(&error, "message")?;
    assert!(
        said.contains("createInstance") && said.contains("'name'"),
        "{said}"
    );
    assert_eq!(
        stage.frames.length(),
        0,
        "something was sent for a bad argument"
    );

    let name = fresh_name("exported");
    let reply = JsFuture::from(create_instance(
        name.as_str().into(),
        "a \"quoted\" 世界".into(),
    ))
    .await?;
    let (frame, id) = only_frame(&stage.frames)?;
    assert_eq!(
        frame,
        format!(
            r#"{{"type":"eventLog.createInstance","requestId":"<id>","params":{{"name":"{name}","description":"a \"quoted\" 世界"}}}}"#
        )
    );
    assert_eq!(member(&reply, "success")?, JsValue::TRUE);
    assert_eq!(text(&reply, "type")?, "eventLog.createInstance");
    assert_eq!(text(&reply, "requestId")?, id);
    // The host's own type, from the room that it shares with the client.
    let instance: Instance = serde_wasm_bindgen::from_value(member(&reply, "data.instance")?)?;
    assert_eq!(instance.name, name);
    assert_eq!(instance.description.as_deref(), Some("a \"quoted\" 世界"));
    assert!(!instance.id.is_empty());
    assert_eq!(instance.created_at, instance.updated_at);

    stage.frames.set_length(0);
    let again = JsFuture::from(create_instance(name.as_str().into(), JsValue::UNDEFINED)).await?;
    let frames = stage.restore()?;
    let (frame, other_id) = only_frame(&frames)?;
    assert_eq!(
        frame,
        format!(
            r#"{{"type":"eventLog.createInstance","requestId":"<id>","params":{{"name":"{name}"}}}}"#
        )
    );
    assert_ne!(other_id, id);
    assert_eq!(member(&again, "success")?, JsValue::FALSE);
    assert!(text(&again, "error")?.contains("exists"));
    Ok(())
}
