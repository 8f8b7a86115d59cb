//! Which reply reaches whom.

use super::Outcome;
use super::agent::Agent;
use super::scripted::Host;
use super::values::{member, resolved, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const SUCCESS_WITHOUT_ID: &str = r#"{"type":"eventLog.createInstance","success":true,"n":"#;

#[wasm_bindgen_test]
async fn replies_in_another_order_reach_their_own_callers() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let calls = ["a", "b", "c"].map(|name| agent.create(name));
    let socket = host.socket(0)?;
    for asked in socket.asked()?.iter().rev() {
        socket.say(&asked.created());
    }
    for (call, name) in calls.into_iter().zip(["a", "b", "c"]) {
        let reply = resolved(call).await?;
        assert_eq!(text(&reply, "data.instance.name")?, name);
    }
    assert!(agent.is_at_rest()?);
    Ok(())
}

#[wasm_bindgen_test]
async fn a_reply_without_an_id_reaches_the_oldest_call_of_its_type() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let (first, second) = (agent.create("first"), agent.create("second"));
    let socket = host.socket(0)?;
    socket.say(&format!("{SUCCESS_WITHOUT_ID}1}}"));
    socket.say(&format!(r#"{SUCCESS_WITHOUT_ID}2,"requestId":null}}"#));
    assert_eq!(member(&resolved(first).await?, "n")?, 1);
    assert_eq!(member(&resolved(second).await?, "n")?, 2);
    assert!(agent.is_at_rest()?);
    Ok(())
}

#[wasm_bindgen_test]
async fn a_reply_with_a_foreign_id_reaches_nobody_and_is_counted() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let answered = agent.create("mine");
    let socket = host.socket(0)?;
    let asked = socket.only()?;
    let foreign = [
        r#""00000000-0000-4000-8000-000000000000""#,
        r#""""#,
        r#""no id at all""#,
        "17",
        "true",
        "[]",
        "{}",
    ];
    for id in foreign {
        socket.say(&format!(r#"{SUCCESS_WITHOUT_ID}0,"requestId":{id}}}"#));
    }
    socket.say(&asked.created().replace(&asked.id, &asked.id.to_uppercase()));
    assert_eq!(agent.holds("waiting")?, 1);
    assert_eq!(agent.holds("dropped")?, 8);
    assert_eq!(agent.events("dropped")?.len(), 8);
    socket.say(&asked.created());
    assert_eq!(text(&resolved(answered).await?, "requestId")?, asked.id);
    Ok(())
}

#[wasm_bindgen_test]
async fn a_reply_that_comes_twice_settles_its_call_once_and_nobody_elses() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let first = agent.create("first");
    let socket = host.socket(0)?;
    let reply = socket.only()?.created();
    socket.say(&reply);
    let second = agent.create("second");
    socket.say(&reply);
    assert_eq!(
        text(&resolved(first).await?, "data.instance.name")?,
        "first"
    );
    assert_eq!(agent.holds("waiting")?, 1);
    assert_eq!(agent.holds("dropped")?, 1);
    let last = socket.asked()?.pop().ok_or("nothing was sent")?;
    socket.say(&last.created());
    let reply = resolved(second).await?;
    assert_eq!(text(&reply, "data.instance.name")?, "second");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_reply_of_another_type_with_the_calls_id_is_its_reply() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let answered = agent.create("orders");
    let socket = host.socket(0)?;
    let id = socket.only()?.id;
    socket.say(&format!(
        r#"{{"requestId":"{id}","type":"error","success":false}}"#
    ));
    assert_eq!(text(&resolved(answered).await?, "type")?, "error");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_reply_that_comes_as_bytes_is_read() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let answered = agent.create("世界");
    let socket = host.socket(0)?;
    socket.say_bytes(socket.only()?.created().as_bytes());
    let reply = resolved(answered).await?;
    assert_eq!(text(&reply, "data.instance.name")?, "世界");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_message_that_is_no_reply_is_handed_on() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let _waits = agent.create("orders");
    host.socket(0)?
        .say(r#"{"type":"messageResponse","message":"hello"}"#);
    let delivered = agent.delivered();
    assert_eq!(delivered.len(), 1);
    let message = delivered.first().ok_or(JsValue::UNDEFINED)?;
    assert_eq!(text(message, "message")?, "hello");
    assert_eq!(agent.holds("waiting")?, 1);
    Ok(())
}
