//! The frame that goes out and the reply that comes back.

use super::Outcome;
use super::agent::{Agent, URL, on_a_host, real_host};
use super::scripted::Host;
use super::values::{fresh_name, function, member, object, rejected, resolved, text};
use codebolt_wasm::wire::event_log::Instance;
use js_sys::{Array, BigInt, JsString, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const FRAME: &str = r#"{"type":"eventLog.createInstance","requestId":"<id>","params":"#;

#[wasm_bindgen_test]
async fn the_frame_is_that_of_the_protocol_to_the_last_byte() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let socket = host.socket(0)?;
    let says_itself = object(&[("toJSON", function(Ok))])?;
    let cases: [(JsValue, JsValue, &str); 9] = [
        ("orders".into(), JsValue::UNDEFINED, r#"{"name":"orders"}"#),
        ("".into(), "".into(), r#"{"name":"","description":""}"#),
        (
            "a \"b\" \\ \n 世界 🦀".into(),
            "\u{2028}\u{7}".into(),
            "{\"name\":\"a \\\"b\\\" \\\\ \\n 世界 🦀\",\"description\":\"\u{2028}\\u0007\"}",
        ),
        (
            JsString::from_char_code1(0xd800).into(),
            JsValue::NULL,
            r#"{"name":"\ud800","description":null}"#,
        ),
        ("n".into(), 7.into(), r#"{"name":"n","description":7}"#),
        (
            "n".into(),
            f64::NAN.into(),
            r#"{"name":"n","description":null}"#,
        ),
        ("n".into(), function(Ok), r#"{"name":"n"}"#),
        (
            "n".into(),
            says_itself.into(),
            r#"{"name":"n","description":"description"}"#,
        ),
        (
            "n".into(),
            Array::of2(&JsValue::UNDEFINED, &1.into()).into(),
            r#"{"name":"n","description":[null,1]}"#,
        ),
    ];
    for (index, (name, description, params)) in cases.into_iter().enumerate() {
        let (id, _waits) = agent.create_within(name, description, f64::NAN);
        let asked = socket.asked()?;
        assert_eq!(asked.len(), index + 1, "it is sent within the call");
        let last = asked.last().ok_or("nothing was sent")?;
        assert_eq!(last.without_id(), format!("{FRAME}{params}}}"));
        assert_eq!(id, last.id.as_str());
        assert_eq!(last.id.len(), 36);
    }
    let mut ids: Vec<String> = socket.asked()?.into_iter().map(|asked| asked.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 9, "each request has an id of its own");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_call_before_the_connection_is_open_waits_for_it_and_goes_out_once() -> Outcome {
    let host = Host::manual();
    let agent = Agent::of(&host, &[])?;
    assert_eq!(agent.state(), "idle");
    let answered = agent.create("early");
    assert_eq!(agent.state(), "connecting");
    let socket = host.socket(0)?;
    assert!(socket.url().starts_with(URL), "{}", socket.url());
    assert!(socket.asked()?.is_empty());
    socket.open();
    assert_eq!(agent.state(), "open");
    let asked = socket.only()?;
    assert_eq!(
        asked.without_id(),
        format!("{FRAME}{{\"name\":\"early\"}}}}")
    );
    socket.say(&asked.created());
    let reply = resolved(answered).await?;
    assert_eq!(text(&reply, "data.instance.name")?, "early");
    assert_eq!(host.count(), 1);
    assert!(agent.is_at_rest()?);
    Ok(())
}

#[wasm_bindgen_test]
async fn the_reply_is_the_hosts_whole_reply_as_documented() -> Outcome {
    let agent = on_a_host()?;
    let name = fresh_name("documented");
    let description = "a \"quoted\" 世界";
    let (_, answered) = agent.create_within(name.as_str(), description, f64::NAN);
    let reply = resolved(answered).await?;
    assert_eq!(member(&reply, "success")?, JsValue::TRUE);
    assert_eq!(text(&reply, "type")?, "eventLog.createInstance");
    assert_eq!(text(&reply, "requestId")?.len(), 36);
    assert!(!Reflect::has(&reply, &"error".into())?);
    // The host's own type, from the room that it shares with the client.
    let instance: Instance = serde_wasm_bindgen::from_value(member(&reply, "data.instance")?)?;
    assert_eq!(instance.name, name);
    assert_eq!(instance.description.as_deref(), Some(description));
    assert!(!instance.id.is_empty());
    assert_eq!(instance.created_at, instance.updated_at);
    assert!(agent.is_at_rest()?);
    if real_host().is_some() {
        let params = format!(r#"{{"instanceId":"{}"}}"#, instance.id);
        let found = resolved(agent.ask("eventLog.getInstance", &params)?).await?;
        assert_eq!(text(&found, "data.instance.name")?, name);
    }
    agent.close().await?;
    assert_eq!(agent.state(), "closed");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_name_that_is_taken_resolves_with_a_refusal() -> Outcome {
    let agent = on_a_host()?;
    let name = fresh_name("taken");
    let first = resolved(agent.create(&name)).await?;
    assert_eq!(member(&first, "success")?, JsValue::TRUE);
    let again = resolved(agent.create(&name)).await?;
    assert_eq!(member(&again, "success")?, JsValue::FALSE);
    assert!(text(&again, "error")?.contains("exists"));
    assert_ne!(text(&again, "requestId")?, text(&first, "requestId")?);
    assert!(agent.is_at_rest()?);
    agent.close().await
}

#[wasm_bindgen_test]
async fn of_two_that_create_a_name_at_once_one_succeeds() -> Outcome {
    let agent = on_a_host()?;
    let name = fresh_name("twice");
    let both = Array::of2(&agent.create(&name), &agent.create(&name));
    let replies = resolved(Promise::all(&both)).await?;
    assert_eq!(member(&replies, "0.success")?, JsValue::TRUE);
    assert_eq!(member(&replies, "1.success")?, JsValue::FALSE);
    agent.close().await
}

#[wasm_bindgen_test]
async fn a_refusal_rejects_where_that_was_asked_for() -> Outcome {
    let host = Host::answering(|asked| vec![asked.refused("no room")]);
    let agent = Agent::of(&host, &[("throwOnError", true.into())])?;
    let error = rejected(agent.create("orders")).await?;
    assert_eq!(text(&error, "code")?, "HOST_ERROR");
    assert_eq!(text(&error, "message")?, "eventLog.createInstance: no room");
    assert_eq!(member(&error, "reply.success")?, JsValue::FALSE);
    assert!(agent.is_at_rest()?);
    Ok(())
}

#[wasm_bindgen_test]
async fn what_json_cannot_say_rejects_with_the_engines_error_and_sends_nothing() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let circle = object(&[])?;
    Reflect::set(&circle, &"self".into(), &circle)?;
    let throws = object(&[(
        "toJSON",
        function(|_| Err(js_sys::RangeError::new("mine").into())),
    )])?;
    for (description, name) in [
        (circle.into(), "TypeError"),
        (BigInt::from(1).into(), "TypeError"),
        (throws.into(), "RangeError"),
    ] {
        let (id, answered) = agent.create_within("n", JsValue::clone(&description), f64::NAN);
        assert!(id.is_undefined());
        assert_eq!(text(&rejected(answered).await?, "name")?, name);
    }
    assert!(host.socket(0)?.asked()?.is_empty());
    assert!(agent.is_at_rest()?);
    Ok(())
}
