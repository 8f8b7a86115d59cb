//! What the module exports for those who use it without the package: `createInstance` and `close`, on the runtime's own
//! `WebSocket`.

use super::Outcome;
use super::agent::{has_web_socket, real_host};
use super::scripted::Host;
use super::values::{fresh_name, member, object, rejected, resolved, text};
use codebolt_wasm::javascript::standalone::{close, create_instance};
use js_sys::{Array, Function, Object, Proxy, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// A member of something global, replaced until this is dropped.
struct Replaced {
    object: JsValue,
    name: &'static str,
    original: JsValue,
}

impl Replaced {
    fn new(object: JsValue, name: &'static str, value: &JsValue) -> Result<Self, JsValue> {
        let original = Reflect::get(&object, &name.into())?;
        Reflect::set(&object, &name.into(), value)?;
        Ok(Self {
            object,
            name,
            original,
        })
    }

    /// The runtime's `WebSocket`, by a scripted host's.
    fn web_socket(host: &Host) -> Result<Self, JsValue> {
        let host = host.clone();
        let construct = Closure::<dyn Fn(JsValue, Array) -> Result<JsValue, JsValue>>::new(
            move |_class: JsValue, arguments: Array| {
                host.connect(&arguments.get(0).as_string().unwrap_or_default())
            },
        );
        let handler = object(&[("construct", construct.into_js_value())])?;
        let class = Proxy::new(&Function::new_no_args(""), &handler);
        Self::new(js_sys::global().into(), "WebSocket", &class)
    }

    /// The environment, by one that names a host. A browser has none, and is given one.
    fn environment(variables: &[(&str, JsValue)]) -> Result<Self, JsValue> {
        let env = Object::assign(&Object::new(), &object(variables)?);
        let process = Reflect::get(&js_sys::global(), &"process".into())?;
        if process.is_undefined() {
            let process = object(&[("env", env.into())])?;
            Self::new(js_sys::global().into(), "process", &process)
        } else {
            Self::new(process, "env", &env)
        }
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        let _ = Reflect::set(&self.object, &self.name.into(), &self.original);
    }
}

fn create(name: &str) -> js_sys::Promise {
    create_instance(&name.into(), &JsValue::UNDEFINED)
}

#[wasm_bindgen_test]
async fn a_name_that_is_no_string_rejects_and_connects_to_nothing() -> Outcome {
    let host = Host::manual();
    let _socket = Replaced::web_socket(&host)?;
    let wrong: [(JsValue, &str); 8] = [
        (JsValue::UNDEFINED, "undefined"),
        (JsValue::NULL, "object"),
        (7.into(), "number"),
        (true.into(), "boolean"),
        (Object::new().into(), "object"),
        (Array::new().into(), "object"),
        (js_sys::BigInt::from(7).into(), "bigint"),
        (js_sys::Symbol::iterator().into(), "symbol"),
    ];
    for (name, kind) in wrong {
        let error = rejected(create_instance(&name, &JsValue::UNDEFINED)).await?;
        assert!(error.is_instance_of::<js_sys::Error>());
        assert_eq!(text(&error, "code")?, "INVALID_ARGUMENT");
        assert_eq!(
            text(&error, "message")?,
            format!("eventLog.createInstance: argument 'name': expected a string, got {kind}")
        );
    }
    assert_eq!(host.count(), 0);
    Ok(())
}

#[wasm_bindgen_test]
async fn create_instance_connects_to_the_host_of_the_environment_and_gives_the_reply() -> Outcome {
    let host = Host::documented();
    let _socket = Replaced::web_socket(&host)?;
    let _environment = Replaced::environment(&[
        ("CODEBOLT_SERVER_URL", "agents.test".into()),
        ("SOCKET_PORT", "4711".into()),
    ])?;
    let reply = resolved(create_instance(&"orders".into(), &"all of them".into())).await?;
    assert_eq!(text(&reply, "data.instance.name")?, "orders");
    let again = resolved(create("orders")).await?;
    assert!(text(&again, "error")?.contains("exists"));
    assert_eq!(host.count(), 1, "both went over one connection");
    let socket = host.socket(0)?;
    let url = socket.url();
    assert!(url.starts_with("ws://agents.test:4711/codebolt?"), "{url}");
    let frames: Vec<String> = socket
        .asked()?
        .iter()
        .map(|asked| asked.without_id())
        .collect();
    assert_eq!(
        frames,
        [
            r#"{"type":"eventLog.createInstance","requestId":"<id>","params":{"name":"orders","description":"all of them"}}"#,
            r#"{"type":"eventLog.createInstance","requestId":"<id>","params":{"name":"orders"}}"#,
        ]
    );
    resolved(close()).await?;
    resolved(close()).await?;
    Ok(())
}

#[wasm_bindgen_test]
async fn after_the_connection_is_lost_the_next_call_makes_a_new_one() -> Outcome {
    let _environment = Replaced::environment(&[])?;
    let host = Host::answering(|asked| vec![asked.created()]);
    let _socket = Replaced::web_socket(&host)?;
    resolved(create("before")).await?;
    let socket = host.socket(0)?;
    assert!(socket.url().starts_with("ws://localhost:12345/codebolt?"));
    socket.end(1012, "restarting");
    resolved(create("after")).await?;
    assert_eq!(host.count(), 2);
    assert_eq!(host.socket(1)?.only()?.name(), "after");
    resolved(close()).await?;
    Ok(())
}

#[wasm_bindgen_test]
async fn without_a_host_it_rejects_and_names_the_address() -> Outcome {
    let _environment = Replaced::environment(&[])?;
    let host = Host::manual();
    let _socket = Replaced::web_socket(&host)?;
    let call = create("nowhere");
    host.socket(0)?.end(1006, "");
    let error = rejected(call).await?;
    assert_eq!(text(&error, "code")?, "CONNECT_FAILED");
    let said = text(&error, "message")?;
    assert!(said.contains("ws://localhost:12345/codebolt"), "{said}");
    resolved(close()).await?;
    Ok(())
}

#[wasm_bindgen_test]
async fn a_runtime_without_a_web_socket_is_named_in_the_error() -> Outcome {
    let _environment = Replaced::environment(&[])?;
    let _socket = Replaced::new(js_sys::global().into(), "WebSocket", &JsValue::UNDEFINED)?;
    let error = rejected(create("nowhere")).await?;
    let said = text(&error, "message")?;
    assert!(said.contains("WebSocket"), "{said}");
    resolved(close()).await?;
    Ok(())
}

#[wasm_bindgen_test]
async fn an_address_that_cannot_be_used_rejects_and_says_why() -> Outcome {
    let _environment = Replaced::environment(&[("SOCKET_PORT", "eleven".into())])?;
    let error = rejected(create("nowhere")).await?;
    assert_eq!(text(&error, "code")?, "INVALID_ARGUMENT");
    let said = text(&error, "message")?;
    assert!(
        said.contains("SOCKET_PORT") && said.contains("eleven"),
        "{said}"
    );
    Ok(())
}

#[wasm_bindgen_test]
async fn on_the_runtimes_own_socket_a_host_is_spoken_to() -> Outcome {
    let (host, _socket, address) = match real_host() {
        Some(url) => {
            has_web_socket()?;
            (None, None, url)
        }
        None => {
            let host = Host::documented();
            let socket = Replaced::web_socket(&host)?;
            (Some(host), Some(socket), "ws://127.0.0.1:4711/codebolt")
        }
    };
    let address = address.strip_prefix("ws://").unwrap_or_default();
    let (name, rest) = address.split_once(':').unwrap_or_default();
    let port = rest.split('/').next().unwrap_or_default();
    let _environment = Replaced::environment(&[
        ("CODEBOLT_SERVER_URL", name.into()),
        ("SOCKET_PORT", port.into()),
    ])?;
    let name = fresh_name("exported");
    let reply = resolved(create(&name)).await?;
    assert_eq!(text(&reply, "data.instance.name")?, name);
    let again = resolved(create(&name)).await?;
    assert_eq!(member(&again, "success")?, JsValue::FALSE);
    assert_eq!(host.map_or(1, |host| host.count()), 1);
    resolved(close()).await?;
    Ok(())
}
