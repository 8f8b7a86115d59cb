//! What the host itself asks of a store: events for an export, whether writes work, and to end.

use futures_util::FutureExt;
use serde_json::json;

use crate::stores::{Opened, for_each_store};

for_each_store!(
    events_are_read_on_from_any_position_as_many_as_are_asked_for,
    a_store_that_was_closed_refuses_what_comes_and_says_why,
);

async fn events_are_read_on_from_any_position_as_many_as_are_asked_for(host: Opened) {
    let events: Vec<_> = ["a", "b", "a", "a", "b"]
        .iter()
        .enumerate()
        .map(|(n, stream)| json!({ "streamId": stream, "payload": n }))
        .collect();
    let params = json!({ "instanceId": "log", "autoCreateInstance": true, "events": events });
    let stored = host.done("appendEvents", params).await["events"].clone();
    let id = stored[0]["instanceId"].as_str().unwrap();
    for position in 0..=6_usize {
        for count in 1..=6_usize {
            let rows = host
                .store
                .events_after(id, position as i64, count as u32)
                .await
                .unwrap();
            let wanted = (0..5).skip(position).take(count);
            let found = rows.iter().map(|row| {
                assert_eq!(row.payload.as_ref(), (row.position - 1).to_string());
                row.position as usize - 1
            });
            assert!(found.eq(wanted), "{count} after {position}: {rows:?}");
        }
    }
    let rows = host.store.events_after(id, 0, 5).await.unwrap();
    for (row, event) in rows.iter().zip(stored.as_array().unwrap()) {
        assert_eq!(event["id"], row.id);
        assert_eq!(event["stream_id"], row.stream_id.as_ref());
        assert_eq!(event["sequence_number"], row.sequence_number);
    }
}

async fn a_store_that_was_closed_refuses_what_comes_and_says_why(host: Opened) {
    host.done("createInstance", json!({ "name": "log" })).await;
    host.store.check().await.unwrap();
    assert_eq!(host.store.failed().now_or_never(), None);
    host.store.close().await;
    for (operation, params) in [
        ("createInstance", json!({ "name": "other" })),
        ("appendEvent", json!({ "instanceId": "log" })),
        ("getInstance", json!({ "instanceId": "log" })),
        ("listInstances", json!({})),
        (
            "queryEvents",
            json!({ "query": { "from": { "instance": "log" } } }),
        ),
    ] {
        let reply = host.call(operation, params).await;
        assert_eq!(reply["code"], "SHUTTING_DOWN", "{operation}: {reply}");
    }
    host.store.check().await.unwrap_err();
}
