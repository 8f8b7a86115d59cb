//! Many calls, and what is left of them.

use super::Outcome;
use super::agent::{Agent, on_a_host};
use super::scripted::Host;
use super::values::{fresh_name, member, resolved, text};
use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const CALLS: usize = 10_000;

#[wasm_bindgen_test]
async fn ten_thousand_calls_at_once_each_get_their_own_reply() -> Outcome {
    let agent = Agent::of(
        &Host::answering(|asked| vec![asked.created()]),
        &[("maxQueued", (CALLS as u32).into())],
    )?;
    let calls = Array::new();
    for index in 0..CALLS {
        calls.push(&agent.create(&index.to_string()).into());
    }
    assert_eq!(agent.waiters(), CALLS);
    let replies: Array = resolved(Promise::all(&calls)).await?.unchecked_into();
    for (index, reply) in replies.iter().enumerate() {
        assert_eq!(text(&reply, "data.instance.name")?, index.to_string());
    }
    assert_eq!(replies.length() as usize, CALLS);
    assert!(agent.is_at_rest()?);
    Ok(())
}

#[wasm_bindgen_test]
async fn a_hundred_calls_at_once_on_a_host_are_all_answered() -> Outcome {
    let agent = on_a_host()?;
    let prefix = fresh_name("load");
    let calls = Array::new();
    for index in 0..100 {
        calls.push(&agent.create(&format!("{prefix}-{index}")).into());
    }
    let replies: Array = resolved(Promise::all(&calls)).await?.unchecked_into();
    for (index, reply) in replies.iter().enumerate() {
        assert_eq!(member(&reply, "success")?, JsValue::TRUE);
        let name = text(&reply, "data.instance.name")?;
        assert_eq!(name, format!("{prefix}-{index}"));
    }
    assert!(agent.is_at_rest()?);
    agent.close().await
}

/// The module's memory in pages of 64 KiB; it never shrinks.
fn pages() -> usize {
    core::arch::wasm32::memory_size::<0>()
}

#[wasm_bindgen_test]
async fn calls_that_have_settled_leave_nothing_in_memory() -> Outcome {
    let host = Host::manual();
    let agent = Agent::open(&host, &[])?;
    let socket = host.socket(0)?;
    let mut after_first = 0;
    for round in 0..8 {
        let calls: Vec<_> = (0..1000)
            .map(|index| agent.create(&index.to_string()))
            .collect();
        for asked in socket.take()? {
            socket.say(&asked.created());
        }
        for call in calls {
            resolved(call).await?;
        }
        assert!(agent.is_at_rest()?);
        if round == 1 {
            after_first = pages();
        }
    }
    assert_eq!(
        pages(),
        after_first,
        "pages of memory after six more rounds"
    );
    Ok(())
}
