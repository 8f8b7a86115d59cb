//! A connection that is lost.

use super::Outcome;
use super::agent::Agent;
use super::scripted::Host;
use super::values::{member, object, pause, rejected, resolved, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

fn reconnecting(attempts: u32) -> Result<[(&'static str, JsValue); 1], JsValue> {
    let options = object(&[
        ("initialDelay", 1.into()),
        ("maxDelay", 1.into()),
        ("maxAttempts", attempts.into()),
    ])?;
    Ok([("reconnect", options.into())])
}

/// Waits until the nth socket has been asked for.
async fn opened(host: &Host, count: usize) -> Outcome {
    while host.count() < count {
        pause(1).await?;
    }
    Ok(())
}

#[wasm_bindgen_test]
async fn what_was_sent_is_never_sent_again_and_what_waits_goes_over_the_new_connection() -> Outcome
{
    let host = Host::manual();
    let agent = Agent::open(&host, &reconnecting(5)?)?;
    let owed = agent.create("owed");
    host.socket(0)?.end(1006, "");
    let error = rejected(owed).await?;
    assert_eq!(text(&error, "code")?, "CONNECTION_CLOSED");
    assert_eq!(member(&error, "sent")?, JsValue::TRUE);
    assert_eq!(agent.state(), "reconnecting");
    assert_eq!(agent.events("reconnecting")?.len(), 1);

    let waits = agent.create("waits");
    opened(&host, 2).await?;
    let socket = host.socket(1)?;
    socket.open();
    let asked = socket.only()?;
    assert_eq!(asked.name(), "waits");
    assert_eq!(host.socket(0)?.only()?.name(), "owed");
    // The reply to the first comes over the second connection: it belongs to nobody any more.
    socket.say(&host.socket(0)?.only()?.created());
    socket.say(&asked.created());
    let reply = resolved(waits).await?;
    assert_eq!(text(&reply, "data.instance.name")?, "waits");
    assert_eq!(agent.holds("dropped")?, 1);
    let opened = agent.events("open")?;
    assert_eq!(opened.len(), 2);
    assert!(agent.is_at_rest()?);
    Ok(())
}

#[wasm_bindgen_test]
async fn after_its_last_attempt_it_gives_up_and_says_so() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &reconnecting(2)?)?;
    host.socket(0)?.end(1006, "");
    let waits = agent.create("waits");
    for attempt in 1..=2 {
        opened(&host, attempt + 1).await?;
        host.socket(attempt)?.end(1006, "");
    }
    let error = rejected(waits).await?;
    assert_eq!(member(&error, "sent")?, JsValue::FALSE);
    pause(5).await?;
    assert_eq!(host.count(), 3);
    assert!(agent.is_at_rest()?);
    Ok(())
}
