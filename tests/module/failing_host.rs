//! A host that closes, never answers, or talks rubbish.

use super::Outcome;
use super::agent::{Agent, URL};
use super::scripted::Host;
use super::values::{member, number, pause, rejected, resolved, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_host_that_closes_rejects_what_it_owes_and_what_comes_later() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let owed = [agent.create("a"), agent.create("b")];
    host.socket(0)?.end(1011, "out of memory");
    for call in owed {
        let error = rejected(call).await?;
        assert_eq!(text(&error, "code")?, "CONNECTION_CLOSED");
        assert_eq!(text(&error, "message")?, "WebSocket connection closed");
        assert_eq!(member(&error, "sent")?, JsValue::TRUE);
        assert_eq!(number(&error, "closeCode")?, 1011.0);
        assert_eq!(text(&error, "closeReason")?, "out of memory");
        assert_eq!(text(&error, "address")?, URL);
        assert_eq!(text(&error, "type")?, "eventLog.createInstance");
        assert_eq!(text(&error, "requestId")?.len(), 36);
    }
    assert_eq!(agent.state(), "closed");
    let error = rejected(agent.create("late")).await?;
    assert_eq!(text(&error, "code")?, "CONNECTION_CLOSED");
    assert_eq!(member(&error, "sent")?, JsValue::FALSE);
    assert_eq!(host.socket(0)?.asked()?.len(), 2);
    assert_eq!(host.count(), 1);
    assert!(agent.is_at_rest()?);
    Ok(())
}

#[wasm_bindgen_test]
async fn a_host_that_refuses_the_connection_rejects_what_waits_for_it_and_may_be_asked_again()
-> Outcome {
    let host = Host::manual();
    let agent = Agent::of(&host, &[])?;
    let call = agent.create("orders");
    host.socket(0)?.end(1006, "");
    let error = rejected(call).await?;
    assert_eq!(text(&error, "code")?, "CONNECT_FAILED");
    assert!(text(&error, "message")?.contains(URL));
    assert_eq!(member(&error, "sent")?, JsValue::FALSE);
    assert_eq!(agent.state(), "idle");

    let again = agent.create("orders");
    let socket = host.socket(1)?;
    socket.open();
    socket.say(&socket.only()?.created());
    resolved(again).await?;
    assert!(host.socket(0)?.asked()?.is_empty());
    Ok(())
}

#[wasm_bindgen_test]
async fn a_host_that_never_opens_rejects_within_the_time_limit() -> Outcome {
    let host = Host::manual();
    let agent = Agent::of(&host, &[("connectTimeout", 20.into())])?;
    let error = rejected(agent.create("orders")).await?;
    assert_eq!(text(&error, "code")?, "CONNECT_TIMEOUT");
    assert!(text(&error, "message")?.contains(URL));
    assert_eq!(member(&error, "sent")?, JsValue::FALSE);
    assert!(agent.is_at_rest()?);
    Ok(())
}

#[wasm_bindgen_test]
async fn a_host_that_talks_rubbish_is_reported_and_its_reply_is_still_heard() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let answered = agent.create("orders");
    let socket = host.socket(0)?;
    for rubbish in ["", "no JSON", "{", "17", "null", "\"text\"", "[1]", "{}}"] {
        socket.say(rubbish);
    }
    socket.say_bytes(&[0xff, 0xfe, 0x00]);
    let events = agent.events("protocolError")?;
    assert_eq!(events.len(), 9);
    for details in &events {
        assert!(!text(details, "reason")?.is_empty());
    }
    assert_eq!(agent.state(), "open");
    assert_eq!(agent.holds("waiting")?, 1);
    socket.say(&socket.only()?.created());
    resolved(answered).await?;
    Ok(())
}

#[wasm_bindgen_test]
async fn messages_of_odd_shapes_settle_nothing_and_break_nothing() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let answered = agent.create("orders");
    let socket = host.socket(0)?;
    for odd in [
        "{}",
        r#"{"type":null}"#,
        r#"{"type":7,"requestId":{}}"#,
        r#"{"type":"","success":"yes"}"#,
        r#"{"__proto__":{"requestId":1}}"#,
    ] {
        socket.say(odd);
    }
    assert_eq!(agent.holds("waiting")?, 1);
    socket.say(&socket.only()?.created());
    resolved(answered).await?;
    Ok(())
}

#[wasm_bindgen_test]
async fn a_socket_that_cannot_send_rejects_the_call_and_closes() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    host.socket(0)?.break_send()?;
    let error = rejected(agent.create("orders")).await?;
    assert_eq!(text(&error, "code")?, "CONNECTION_CLOSED");
    assert_eq!(text(&error, "closeReason")?, "the cable is cut");
    assert!(agent.is_at_rest()?);
    assert_eq!(agent.state(), "closed");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_host_that_answers_within_send_and_again_later_is_heard_once() -> Outcome {
    let host = Host::answering(|asked| vec![asked.created(), asked.created()]);
    let agent = Agent::of(&host, &[])?;
    resolved(agent.create("orders")).await?;
    pause(0).await?;
    assert_eq!(agent.holds("dropped")?, 1);
    assert!(agent.is_at_rest()?);
    Ok(())
}
