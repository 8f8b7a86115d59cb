//! Writes that are sent at the same time, and what a restart finds of them.

use serde_json::json;

use crate::stores::{Opened, for_each_store};

for_each_store!(
    many_appends_at_once_lose_nothing,
    writes_of_one_caller_keep_their_order,
    writes_by_id_and_by_name_keep_their_order,
    writes_that_rename_and_delete_keep_their_order,
    everything_is_there_after_a_restart,
);

async fn many_appends_at_once_lose_nothing(host: Opened) {
    let calls = (0..500).map(|n| {
        let stream = format!("s{}", n % 7);
        host.call("appendEvent", json!({ "instanceId": "log", "autoCreateInstance": true, "streamId": stream, "payload": { "n": n } }))
    });
    for reply in futures_util::future::join_all(calls).await {
        assert_eq!(reply["success"], true, "{reply}");
    }
    let found = host
        .query(json!({ "from": { "instance": "log" }, "limit": 1000 }))
        .await;
    let mut seen: Vec<i64> = found["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["payload"]["n"].as_i64().unwrap())
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..500).collect::<Vec<_>>());
    for stream in 0..7 {
        let from = json!({ "instance": "log", "stream": format!("s{stream}") });
        let found = host.query(json!({ "from": from, "limit": 1000 })).await;
        for (index, event) in found["events"].as_array().unwrap().iter().enumerate() {
            assert_eq!(event["sequence_number"], index + 1);
        }
    }
}

async fn writes_of_one_caller_keep_their_order(host: Opened) {
    host.done("createInstance", json!({ "name": "log" })).await;
    // All are submitted before the first is waited for.
    let answers: Vec<_> = (0..200)
        .map(|n| {
            let frame = json!({ "type": "eventLog.appendEvent", "requestId": "r", "params": { "instanceId": "log", "payload": n } });
            host.operations.answer(&frame.to_string())
        })
        .collect();
    for answer in answers {
        answer.outcome.await.unwrap();
    }
    let found = host
        .query(json!({ "from": { "instance": "log" }, "limit": 1000 }))
        .await;
    for (index, event) in found["events"].as_array().unwrap().iter().enumerate() {
        assert_eq!(event["payload"], index);
    }
}

async fn writes_by_id_and_by_name_keep_their_order(host: Opened) {
    let made = host.done("createInstance", json!({ "name": "log" })).await;
    let id = made["instance"]["id"].clone();
    // A store that has just been opened knows no name.
    let host = host.restarted().await;
    let append = |n: i64| {
        let reference = if n % 2 == 0 { json!("log") } else { id.clone() };
        let params = json!({ "instanceId": reference, "streamId": "s", "payload": n });
        ("appendEvent", params)
    };
    for reply in host.sent_at_once((0..400).map(append).collect()).await {
        assert_eq!(reply["success"], true, "{reply}");
    }
    let found = host
        .query(json!({ "from": { "instance": "log" }, "limit": 1000 }))
        .await;
    for (index, event) in found["events"].as_array().unwrap().iter().enumerate() {
        assert_eq!(event["payload"], index);
    }
}

async fn writes_that_rename_and_delete_keep_their_order(host: Opened) {
    for round in 0..20 {
        let [a, b] = ["a", "b"].map(|name| format!("{name}{round}"));
        let requests = vec![
            ("createInstance", json!({ "name": a })),
            ("updateInstance", json!({ "instanceId": a, "name": b })),
            ("appendEvent", json!({ "instanceId": b, "payload": 1 })),
            ("deleteInstance", json!({ "instanceId": b })),
            ("createInstance", json!({ "name": b })),
            ("appendEvent", json!({ "instanceId": b, "payload": 2 })),
            ("createInstance", json!({ "name": a })),
            ("deleteInstance", json!({ "instanceId": b })),
            ("updateInstance", json!({ "instanceId": a, "name": b })),
            ("appendEvent", json!({ "instanceId": b, "payload": 3 })),
        ];
        for reply in host.sent_at_once(requests).await {
            assert_eq!(reply["success"], true, "round {round}: {reply}");
        }
        let found = host.query(json!({ "from": { "instance": b } })).await;
        assert_eq!(found["total"], 1);
        assert_eq!(found["events"][0]["payload"], 3);
    }
}

async fn everything_is_there_after_a_restart(host: Opened) {
    host.done(
        "createInstance",
        json!({ "name": "log", "description": "d" }),
    )
    .await;
    let event = host
        .done(
            "appendEvent",
            json!({ "instanceId": "log", "eventId": "e", "payload": { "a": [1] } }),
        )
        .await;
    let instances = host.done("listInstances", json!({})).await;
    let host = host.restarted().await;
    assert_eq!(host.done("listInstances", json!({})).await, instances);
    let found = host.query(json!({ "from": { "instance": "log" } })).await;
    assert_eq!(found["events"], json!([event["event"]]));
    let next = host
        .done("appendEvent", json!({ "instanceId": "log" }))
        .await;
    assert_eq!(next["event"]["sequence_number"], 2);
}
