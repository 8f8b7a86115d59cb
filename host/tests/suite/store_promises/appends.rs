//! What an append stores, and when it is refused.

use serde_json::{Value, json};

use crate::stores::{Opened, for_each_store, now_in_milliseconds};

for_each_store!(
    payloads_come_back_exactly_as_they_were_written,
    both_spellings_and_the_defaults_are_stored_alike,
    sequence_numbers_count_each_stream_from_one_without_gaps,
    a_batch_is_appended_wholly_or_not_at_all,
    an_append_creates_the_instance_only_when_told_to,
    the_same_event_id_is_appended_once,
    a_stream_that_has_moved_on_refuses_an_expected_version,
);

async fn payloads_come_back_exactly_as_they_were_written(host: Opened) {
    let payloads = [
        r#"{"z":1,"a":2,"10":3,"2":4}"#,
        r#"{"big":12345678901234567890123,"exact":9007199254740993,"float":1.50,"small":1e-7,"zero":-0.0}"#,
        r#"{"text":"\u0000 \ud800 \u2028 é 🎉 \\ \" \/","ключ":"значение"}"#,
        r#"[1,[2,[3,{"deep":[null,true,false,""]}]]]"#,
        r#""a text""#,
        "null",
        "{ \"spaces\" :  [ 1 , 2 ] }",
        "1e308",
    ];
    host.done("createInstance", json!({ "name": "log" })).await;
    for (index, payload) in payloads.iter().enumerate() {
        let frame = format!(
            r#"{{"type":"eventLog.appendEvent","requestId":"r","params":{{"instanceId":"log","payload":{payload},"metadata":{payload},"eventType":"t{index}"}}}}"#
        );
        let answering = host.operations.answer(&frame);
        let reply = answering
            .address
            .frame(&answering.outcome.await, now_in_milliseconds());
        let wanted = format!(r#""payload":{payload},"metadata":{payload},"#);
        assert!(reply.contains(&wanted), "{reply}");
        let query = format!(
            r#"{{"type":"eventLog.queryEvents","requestId":"r","params":{{"query":{{"from":{{"instance":"log"}},"where":[{{"field":"event_type","operator":"eq","value":"t{index}"}}]}}}}}}"#
        );
        let answering = host.operations.answer(&query);
        let reply = answering
            .address
            .frame(&answering.outcome.await, now_in_milliseconds());
        assert!(reply.contains(&wanted), "{reply}");
    }
}

async fn both_spellings_and_the_defaults_are_stored_alike(host: Opened) {
    host.done("createInstance", json!({ "name": "log" })).await;
    let stored = |event: &Value| {
        ["stream_id", "event_type", "payload", "metadata"].map(|key| event[key].clone())
    };
    let snake =
        json!({ "instanceId": "log", "stream_id": "s", "event_type": "t", "payload": { "a": 1 } });
    let camel =
        json!({ "instanceId": "log", "streamId": "s", "eventType": "t", "payload": { "a": 1 } });
    let both = json!({ "instanceId": "log", "streamId": "s", "stream_id": "s", "eventType": "t", "payload": { "a": 1 } });
    for params in [snake, camel, both] {
        let event = host.done("appendEvent", params).await["event"].clone();
        assert_eq!(
            stored(&event),
            [json!("s"), json!("t"), json!({ "a": 1 }), json!({})]
        );
    }
    let bare = host
        .done(
            "appendEvent",
            json!({ "instanceId": "log", "streamId": null }),
        )
        .await;
    assert_eq!(
        stored(&bare["event"]),
        [json!("default"), json!("event"), json!({}), json!({})]
    );
    let differ = json!({ "instanceId": "log", "streamId": "a", "stream_id": "b" });
    assert!(
        host.refused("appendEvent", differ)
            .await
            .contains("expected the value of streamId, got another")
    );
}

async fn sequence_numbers_count_each_stream_from_one_without_gaps(host: Opened) {
    host.done("createInstance", json!({ "name": "log" })).await;
    for round in 0..3 {
        for stream in ["a", "b"] {
            let event = host
                .done(
                    "appendEvent",
                    json!({ "instanceId": "log", "streamId": stream }),
                )
                .await;
            assert_eq!(event["event"]["sequence_number"], round * 2 + 1);
        }
        let refused = json!({ "instanceId": "log", "events": [{ "streamId": "a" }, { "streamId": "b", "expectedVersion": 99 }] });
        host.refused("appendEvents", refused).await;
        let events = json!([{ "streamId": "b" }, { "streamId": "a" }]);
        let batch = host
            .done(
                "appendEvents",
                json!({ "instanceId": "log", "events": events }),
            )
            .await;
        assert_eq!(batch["count"], 2);
        assert_eq!(batch["events"][0]["sequence_number"], round * 2 + 2);
        assert_eq!(batch["events"][1]["stream_id"], "a");
    }
    let positions = host
        .query(json!({ "from": { "instance": "log" }, "select": ["log_position"] }))
        .await["events"]
        .clone();
    let wanted: Vec<Value> = (1..=12)
        .map(|position| json!({ "log_position": position }))
        .collect();
    assert_eq!(positions, json!(wanted));
}

async fn a_batch_is_appended_wholly_or_not_at_all(host: Opened) {
    host.done("createInstance", json!({ "name": "log" })).await;
    let stale = json!([{ "payload": 1 }, { "payload": 2, "expectedVersion": 5 }]);
    host.refused(
        "appendEvents",
        json!({ "instanceId": "log", "events": stale }),
    )
    .await;
    let wrong = json!([{ "payload": 1 }, { "eventType": 7 }]);
    let error = host
        .refused(
            "appendEvents",
            json!({ "instanceId": "log", "events": wrong }),
        )
        .await;
    assert!(error.contains("events[1].eventType"), "{error}");
    assert_eq!(
        host.query(json!({ "from": { "instance": "log" } })).await["total"],
        0
    );
    let none = host
        .done("appendEvents", json!({ "instanceId": "log", "events": [] }))
        .await;
    assert_eq!(none, json!({ "events": [], "count": 0 }));
    // A batch that fails leaves no instance behind either.
    let events = json!([{ "expectedVersion": 1 }]);
    let params = json!({ "instanceId": "new", "autoCreateInstance": true, "events": events });
    host.refused("appendEvents", params).await;
    let many: Vec<Value> = (0..1000)
        .map(|n| json!({ "payload": { "n": n } }))
        .collect();
    let batch = host
        .done(
            "appendEvents",
            json!({ "instanceId": "log", "events": many }),
        )
        .await;
    assert_eq!(batch["count"], 1000);
    for (index, event) in batch["events"].as_array().unwrap().iter().enumerate() {
        assert_eq!(event["payload"]["n"], index);
        assert_eq!(event["sequence_number"], index + 1);
    }
}

async fn an_append_creates_the_instance_only_when_told_to(host: Opened) {
    let error = host
        .refused("appendEvent", json!({ "instanceId": "new" }))
        .await;
    assert!(error.contains("autoCreateInstance"), "{error}");
    host.refused(
        "appendEvent",
        json!({ "instanceId": "new", "autoCreateInstance": false }),
    )
    .await;
    let event = host
        .done(
            "appendEvent",
            json!({ "instanceId": "new", "autoCreateInstance": true }),
        )
        .await;
    let again = host
        .done(
            "appendEvent",
            json!({ "instanceId": "new", "autoCreateInstance": true }),
        )
        .await;
    assert_eq!(event["event"]["instanceId"], again["event"]["instanceId"]);
    let all = host.done("listInstances", json!({})).await;
    assert_eq!(all["instances"].as_array().unwrap().len(), 1);
    assert_eq!(all["instances"][0]["name"], "new");
}

async fn the_same_event_id_is_appended_once(host: Opened) {
    host.done("createInstance", json!({ "name": "log" })).await;
    let params =
        json!({ "instanceId": "log", "eventId": "order-1", "payload": 1, "expectedVersion": 0 });
    let first = host.done("appendEvent", params.clone()).await;
    assert_eq!(first["event"]["id"], "order-1");
    assert!(first.get("duplicate").is_none());
    let second = host.done("appendEvent", params.clone()).await;
    assert_eq!(second["duplicate"], true);
    assert_eq!(second["event"], first["event"]);
    let batch = json!([{ "eventId": "order-2" }, { "eventId": "order-1", "payload": 9 }, { "eventId": "order-2" }]);
    let batch = host
        .done(
            "appendEvents",
            json!({ "instanceId": "log", "events": batch }),
        )
        .await;
    assert_eq!(
        (&batch["count"], &batch["duplicates"], &batch["duplicate"]),
        (&json!(3), &json!(2), &json!(false))
    );
    assert_eq!(batch["events"][1], first["event"]);
    assert_eq!(batch["events"][2], batch["events"][0]);
    assert_eq!(
        host.query(json!({ "from": { "instance": "log" } })).await["total"],
        2
    );
    // In another instance the id is free.
    let other = json!({ "instanceId": "other", "eventId": "order-1", "autoCreateInstance": true });
    assert!(
        host.done("appendEvent", other)
            .await
            .get("duplicate")
            .is_none()
    );
    for instance in ["log", "other"] {
        let condition = json!({ "field": "id", "operator": "eq", "value": "order-1" });
        let query = json!({ "from": { "instance": instance }, "where": [condition] });
        assert_eq!(host.query(query).await["total"], 1, "each has its own");
    }
    // Many at once: one is the first.
    let calls = (0..20).map(|_| {
        host.call(
            "appendEvent",
            json!({ "instanceId": "log", "eventId": "race" }),
        )
    });
    let replies = futures_util::future::join_all(calls).await;
    let fresh = replies
        .iter()
        .filter(|reply| reply["data"].get("duplicate").is_none());
    assert_eq!(fresh.count(), 1);
}

async fn a_stream_that_has_moved_on_refuses_an_expected_version(host: Opened) {
    host.done("createInstance", json!({ "name": "log" })).await;
    let append =
        |version: i64| json!({ "instanceId": "log", "streamId": "s", "expectedVersion": version });
    host.done("appendEvent", append(0)).await;
    let error = host.refused("appendEvent", append(0)).await;
    assert!(
        error.contains("expectedVersion") && error.contains("version is 1"),
        "{error}"
    );
    host.done("appendEvent", append(1)).await;
    let batch = json!({ "instanceId": "log", "expectedVersion": 2, "events": [{ "streamId": "s" }, { "streamId": "s" }] });
    host.done("appendEvents", batch.clone()).await;
    assert!(
        host.refused("appendEvents", batch)
            .await
            .contains("version is 4")
    );
    // It holds for the first event that is new: one was stored before, and then another's came.
    let first =
        json!({ "instanceId": "log", "streamId": "t", "eventId": "e1", "expectedVersion": 0 });
    host.done("appendEvent", first).await;
    let other = json!({ "instanceId": "log", "streamId": "t" });
    host.done("appendEvent", other).await;
    let batch = |version: i64, ids: &[&str]| {
        let events: Vec<_> = ids
            .iter()
            .map(|id| json!({ "streamId": "t", "eventId": id }))
            .collect();
        json!({ "instanceId": "log", "expectedVersion": version, "events": events })
    };
    let error = host.refused("appendEvents", batch(0, &["e1", "e2"])).await;
    assert!(
        error.contains("is 0, but before this event its version is 2"),
        "{error}"
    );
    host.done("appendEvents", batch(2, &["e1", "e2", "e2", "e3"]))
        .await;
    let again = host
        .done("appendEvents", batch(2, &["e1", "e2", "e2", "e3"]))
        .await;
    assert_eq!(again["duplicates"], 4);
    let two_streams = json!({ "instanceId": "log", "expectedVersion": 0, "events": [{ "streamId": "x" }, { "streamId": "y" }] });
    assert!(
        host.refused("appendEvents", two_streams)
            .await
            .contains("one stream")
    );
    // Of many that expect the same version, one gets through.
    let calls = (0..20).map(|_| host.call("appendEvent", append(4)));
    let replies = futures_util::future::join_all(calls).await;
    assert_eq!(
        replies
            .iter()
            .filter(|reply| reply["success"] == true)
            .count(),
        1
    );
}
