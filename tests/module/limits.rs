//! Time limits, giving up, and bounds.

use super::Outcome;
use super::agent::Agent;
use super::scripted::Host;
use super::values::{member, number, pause, rejected, resolved, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_host_that_never_answers_rejects_the_call_at_its_time_limit() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let (id, call) = agent.create_within("orders", JsValue::UNDEFINED, 20.0);
    let error = rejected(call).await?;
    assert_eq!(text(&error, "code")?, "REQUEST_TIMEOUT");
    assert!(text(&error, "message")?.contains("20 ms"));
    assert_eq!(member(&error, "sent")?, JsValue::TRUE);
    assert_eq!(member(&error, "requestId")?, id);
    assert_eq!(agent.state(), "open");
    assert_eq!(agent.waiters(), 0);
    Ok(())
}

#[wasm_bindgen_test]
async fn the_sessions_time_limit_holds_unless_the_call_has_its_own() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[("requestTimeout", 20.into())])?;
    let (_, patient) = agent.create_within("patient", JsValue::UNDEFINED, 0.0);
    let error = rejected(agent.create("hasty")).await?;
    assert_eq!(text(&error, "code")?, "REQUEST_TIMEOUT");
    assert_eq!(agent.holds("waiting")?, 1);
    let socket = host.socket(0)?;
    let asked = socket.asked()?;
    socket.say(&asked.first().ok_or("nothing was sent")?.created());
    let reply = resolved(patient).await?;
    assert_eq!(text(&reply, "data.instance.name")?, "patient");
    Ok(())
}

#[wasm_bindgen_test]
async fn a_reply_after_the_time_limit_is_dropped_and_counted() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let (_, call) = agent.create_within("late", JsValue::UNDEFINED, 10.0);
    rejected(call).await?;
    let next = agent.create("next");
    let socket = host.socket(0)?;
    for asked in socket.asked()? {
        socket.say(&asked.created());
    }
    let reply = resolved(next).await?;
    assert_eq!(text(&reply, "data.instance.name")?, "next");
    assert_eq!(agent.holds("dropped")?, 1);
    assert!(agent.is_at_rest()?);
    Ok(())
}

#[wasm_bindgen_test]
async fn a_call_that_is_cancelled_frees_its_caller_and_its_reply_is_dropped() -> Outcome {
    let host = Host::manual();
    let agent = Agent::of(&host, &[])?;
    let (unsent, _) = agent.create_within("unsent", JsValue::UNDEFINED, f64::NAN);
    let unsent = unsent.as_string().unwrap_or_default();
    assert_eq!(agent.client.abort(&unsent), Some(false));
    let socket = host.socket(0)?;
    socket.open();
    assert!(socket.asked()?.is_empty(), "what was cancelled is not sent");

    let (sent, _) = agent.create_within("sent", JsValue::UNDEFINED, f64::NAN);
    let sent = sent.as_string().unwrap_or_default();
    assert_eq!(agent.client.abort(&sent), Some(true));
    assert_eq!(agent.client.abort(&sent), None, "it is cancelled already");
    assert_eq!(agent.client.abort("no id"), None);
    assert!(agent.is_at_rest()?);
    socket.say(&socket.only()?.created());
    assert_eq!(agent.holds("dropped")?, 1);
    Ok(())
}

#[wasm_bindgen_test]
async fn more_than_may_wait_for_the_connection_is_refused() -> Outcome {
    let host = Host::manual();
    let agent = Agent::of(&host, &[("maxQueued", 2.into())])?;
    let waiting = [agent.create("a"), agent.create("b")];
    let error = rejected(agent.create("c")).await?;
    assert_eq!(text(&error, "code")?, "QUEUE_FULL");
    assert_eq!(member(&error, "sent")?, JsValue::FALSE);
    let socket = host.socket(0)?;
    socket.open();
    assert_eq!(socket.asked()?.len(), 2);
    for asked in socket.asked()? {
        socket.say(&asked.created());
    }
    for call in waiting {
        resolved(call).await?;
    }
    Ok(())
}

#[wasm_bindgen_test]
async fn a_frame_that_is_too_large_is_not_sent() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[("maxFrameBytes", 400.into())])?;
    // 200 characters of three bytes each: the bytes are what counts.
    let error = rejected(agent.create(&"世".repeat(200))).await?;
    assert_eq!(text(&error, "code")?, "FRAME_TOO_LARGE");
    assert!(host.socket(0)?.asked()?.is_empty());
    let _fits = agent.create(&"x".repeat(200));
    host.socket(0)?.only()?;
    Ok(())
}

#[wasm_bindgen_test]
async fn a_call_after_close_rejects_at_once_and_closing_waits_for_the_handshake() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let owed = agent.create("owed");
    agent.close().await?;
    let error = rejected(owed).await?;
    assert_eq!(text(&error, "code")?, "CONNECTION_CLOSED");
    assert_eq!(number(&error, "closeCode")?, 1000.0);
    let error = rejected(agent.create("late")).await?;
    assert_eq!(member(&error, "sent")?, JsValue::FALSE);
    pause(0).await?;
    assert_eq!(host.count(), 1);
    assert_eq!(agent.state(), "closed");
    assert!(agent.is_at_rest()?);
    Ok(())
}

#[wasm_bindgen_test]
async fn a_client_that_is_let_go_of_takes_its_timer_with_it() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let (_, _never) = agent.create_within("orders", JsValue::UNDEFINED, 10.0);
    drop(agent);
    // A timer that fired would end the program: it would call what is gone.
    pause(30).await
}
