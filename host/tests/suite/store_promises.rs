//! What every store promises.

use serde_json::{Value, json};

use crate::asking::call;
use crate::stores::{Opened, for_each_store, now_in_milliseconds};

for_each_store!(
    an_instance_is_created_found_changed_and_deleted_with_its_events,
    a_name_that_is_taken_is_refused_with_the_word_exists,
    an_instance_goes_by_its_id_and_by_its_name,
    a_name_that_is_another_instances_id_is_refused,
    names_of_imports_under_way_are_the_hosts_own,
    payloads_come_back_exactly_as_they_were_written,
    both_spellings_and_the_defaults_are_stored_alike,
    sequence_numbers_count_each_stream_from_one_without_gaps,
    a_batch_is_appended_wholly_or_not_at_all,
    an_append_creates_the_instance_only_when_told_to,
    the_same_event_id_is_appended_once,
    a_stream_that_has_moved_on_refuses_an_expected_version,
    many_appends_at_once_lose_nothing,
    writes_of_one_caller_keep_their_order,
    writes_by_id_and_by_name_keep_their_order,
    writes_that_rename_and_delete_keep_their_order,
    everything_is_there_after_a_restart,
    faulty_requests_say_what_is_wrong,
    hostile_texts_are_stored_as_texts,
);

async fn an_instance_is_created_found_changed_and_deleted_with_its_events(host: Opened) {
    let made = host
        .done(
            "createInstance",
            json!({ "name": "log", "description": "first" }),
        )
        .await["instance"]
        .clone();
    assert_eq!(made["description"], "first");
    assert_eq!(made["createdAt"], made["updatedAt"]);
    assert_eq!(
        made["createdAt"].as_str().unwrap().len(),
        "2023-11-14T22:13:20.120Z".len()
    );
    let id = made["id"].clone();
    let found = host.done("getInstance", json!({ "instanceId": id })).await;
    assert_eq!(found["instance"], made);
    host.done("appendEvent", json!({ "instanceId": id })).await;
    let stats = host
        .done("getInstanceStats", json!({ "instanceId": id }))
        .await;
    let keys: Vec<&String> = stats.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 5);
    assert_eq!(stats["eventCount"], 1);
    assert_eq!(stats["instanceId"], id);
    let changed = host
        .done(
            "updateInstance",
            json!({ "instanceId": id, "name": "renamed" }),
        )
        .await["instance"]
        .clone();
    assert_eq!(
        (&changed["name"], &changed["description"]),
        (&json!("renamed"), &json!("first"))
    );
    let cleared = host
        .done(
            "updateInstance",
            json!({ "instanceId": id, "description": null }),
        )
        .await["instance"]
        .clone();
    assert!(cleared.get("description").is_none());
    host.done("createInstance", json!({ "name": "other" }))
        .await;
    host.done("appendEvent", json!({ "instanceId": "other" }))
        .await;
    let deleted = host
        .done("deleteInstance", json!({ "instanceId": id }))
        .await;
    assert_eq!(deleted["instance"], cleared);
    host.refused("getInstance", json!({ "instanceId": id }))
        .await;
    host.refused(
        "queryEvents",
        json!({ "query": { "from": { "instance": id } } }),
    )
    .await;
    let others = host.done("listInstances", json!({})).await["instances"].clone();
    assert_eq!(others.as_array().unwrap().len(), 1);
    // A new instance of the old name begins empty.
    host.done(
        "appendEvent",
        json!({ "instanceId": "renamed", "autoCreateInstance": true }),
    )
    .await;
    let again = host
        .query(json!({ "from": { "instance": "renamed" } }))
        .await;
    assert_eq!(
        (&again["total"], &again["events"][0]["sequence_number"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        host.query(json!({ "from": { "instance": "other" } })).await["total"],
        1
    );
}

async fn a_name_that_is_taken_is_refused_with_the_word_exists(host: Opened) {
    host.done("createInstance", json!({ "name": "a" })).await;
    host.done("createInstance", json!({ "name": "b" })).await;
    assert!(
        host.refused("createInstance", json!({ "name": "a" }))
            .await
            .contains("exists")
    );
    let update = json!({ "instanceId": "b", "name": "a" });
    assert!(
        host.refused("updateInstance", update)
            .await
            .contains("exists")
    );
    // Its own name is no other's.
    host.done("updateInstance", json!({ "instanceId": "b", "name": "b" }))
        .await;
    host.done("createInstance", json!({ "name": "A" })).await;
}

async fn an_instance_goes_by_its_id_and_by_its_name(host: Opened) {
    let id = host
        .done("createInstance", json!({ "name": "by-name" }))
        .await["instance"]["id"]
        .clone();
    for reference in [id.clone(), json!("by-name")] {
        let params = json!({ "instanceId": reference });
        assert_eq!(host.done("getInstance", params).await["instance"]["id"], id);
        let appended = host
            .done("appendEvent", json!({ "instanceId": reference }))
            .await;
        assert_eq!(appended["event"]["instanceId"], id);
        let found = host
            .query(json!({ "from": { "instance": reference } }))
            .await;
        assert_eq!(found["events"][0]["instanceId"], id);
    }
    let found = host.call("getInstance", json!({ "instanceId": id })).await;
    assert_eq!(found["message"], "the instance was found by its id");
}

async fn a_name_that_is_another_instances_id_is_refused(host: Opened) {
    let made = host.done("createInstance", json!({ "name": "one" })).await;
    let id = made["instance"]["id"].clone();
    host.done("createInstance", json!({ "name": "two" })).await;
    let error = host.refused("createInstance", json!({ "name": id })).await;
    assert!(error.contains("is the id of an instance"), "{error}");
    let rename = json!({ "instanceId": "two", "name": id });
    let error = host.refused("updateInstance", rename).await;
    assert!(error.contains("is the id of an instance"), "{error}");
    // Its own id is no other's, and stands for it either way.
    host.done("updateInstance", json!({ "instanceId": "one", "name": id }))
        .await;
    host.done("deleteInstance", json!({ "instanceId": id }))
        .await;
    let left = host.done("listInstances", json!({})).await["instances"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(left[0]["name"], "two");
}

/// As could be made before names were held against ids.
async fn names_of_imports_under_way_are_the_hosts_own(host: Opened) {
    let name = json!("importing-0192a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
    host.done("createInstance", json!({ "name": "log" })).await;
    for (operation, params) in [
        ("createInstance", json!({ "name": name })),
        (
            "updateInstance",
            json!({ "instanceId": "log", "name": name }),
        ),
        (
            "appendEvent",
            json!({ "instanceId": name, "autoCreateInstance": true }),
        ),
    ] {
        let error = host.refused(operation, params).await;
        assert!(error.contains("import that is under way"), "{error}");
    }
    host.done("createInstance", json!({ "name": "importing-orders" }))
        .await;
}

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
    assert!(host.refused("appendEvent", differ).await.contains("differ"));
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

/// Sends all at once, as frames of one connection; answers the replies in that order.
async fn sent_at_once(host: &Opened, requests: Vec<(&str, Value)>) -> Vec<Value> {
    let answering: Vec<_> = requests
        .into_iter()
        .map(|(operation, params)| {
            let frame = json!({ "type": format!("eventLog.{operation}"), "requestId": "r", "params": params });
            host.operations.answer(&frame.to_string())
        })
        .collect();
    let replies = answering.into_iter().map(|answering| async move {
        let outcome = answering.outcome.await;
        serde_json::from_str(&answering.address.frame(&outcome, now_in_milliseconds())).unwrap()
    });
    futures_util::future::join_all(replies).await
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
    for reply in sent_at_once(&host, (0..400).map(append).collect()).await {
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
        for reply in sent_at_once(&host, requests).await {
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

async fn faulty_requests_say_what_is_wrong(host: Opened) {
    host.done("createInstance", json!({ "name": "log" })).await;
    let long = "n".repeat(600);
    let deep = format!("{}1{}", "[".repeat(150), "]".repeat(150));
    let deep: Value = serde_json::from_str(&deep).unwrap_or(Value::Null);
    let cases = [
        ("createInstance", json!({}), "params.name is missing"),
        (
            "createInstance",
            json!({ "name": "" }),
            "params.name is empty",
        ),
        (
            "createInstance",
            json!({ "name": "  " }),
            "params.name is empty",
        ),
        (
            "createInstance",
            json!({ "name": null }),
            "params.name is missing",
        ),
        (
            "createInstance",
            json!({ "name": 7 }),
            "params.name must be a text",
        ),
        ("createInstance", json!({ "name": long }), "600 bytes"),
        ("createInstance", json!({ "name": "a\u{0}b" }), "U+0000"),
        (
            "createInstance",
            json!({ "name": "x", "description": {} }),
            "params.description",
        ),
        ("createInstance", json!([]), "params must be an object"),
        ("getInstance", json!({}), "params.instanceId is missing"),
        ("getInstance", json!({ "instanceId": "none" }), "\"none\""),
        (
            "updateInstance",
            json!({ "instanceId": "none", "name": "x" }),
            "\"none\"",
        ),
        (
            "updateInstance",
            json!({ "instanceId": "log", "name": "" }),
            "params.name is empty",
        ),
        (
            "deleteInstance",
            json!({ "instanceId": ["log"] }),
            "params.instanceId must be a text",
        ),
        (
            "getInstanceStats",
            json!({ "instanceId": "none" }),
            "\"none\"",
        ),
        ("appendEvent", json!({}), "params.instanceId is missing"),
        (
            "appendEvent",
            json!({ "instanceId": "log", "streamId": 1 }),
            "params.streamId",
        ),
        (
            "appendEvent",
            json!({ "instanceId": "log", "streamId": "" }),
            "params.streamId is empty",
        ),
        (
            "appendEvent",
            json!({ "instanceId": "log", "expectedVersion": -1 }),
            "expectedVersion",
        ),
        (
            "appendEvent",
            json!({ "instanceId": "log", "expectedVersion": 1.5 }),
            "expectedVersion",
        ),
        (
            "appendEvent",
            json!({ "instanceId": "log", "autoCreateInstance": "yes" }),
            "autoCreateInstance",
        ),
        (
            "appendEvents",
            json!({ "instanceId": "log" }),
            "params.events must be a list",
        ),
        (
            "appendEvents",
            json!({ "instanceId": "log", "events": {} }),
            "params.events must be a list",
        ),
        (
            "appendEvents",
            json!({ "instanceId": "log", "events": [1] }),
            "params.events[0] must be an object",
        ),
        (
            "appendEvents",
            json!({ "instanceId": "log", "events": vec![json!({}); 10_001] }),
            "at most 10000",
        ),
        ("queryEvents", json!({}), "params.query is missing"),
        (
            "queryEvents",
            json!({ "query": "all" }),
            "query must be an object",
        ),
    ];
    for (operation, params, wanted) in cases {
        let error = host.refused(operation, params.clone()).await;
        assert!(error.contains(wanted), "{operation} {params}: {error}");
    }
    if !deep.is_null() {
        let error = host
            .refused(
                "appendEvent",
                json!({ "instanceId": "log", "payload": deep }),
            )
            .await;
        assert!(error.contains("nested"), "{error}");
    }
    let frames = [
        (
            r#"{"type":"eventLog.createInstance","requestId":"r","params":{"name":"\ud800"}}"#,
            "whole Unicode",
        ),
        (
            r#"{"type":"eventLog.appendEvent","requestId":"r","params":{"instanceId":"log","payload":1e999}}"#,
            "1e999",
        ),
        (
            r#"{"type":"fs.readFile","requestId":"r","params":{}}"#,
            "codebolt-host does not implement",
        ),
        (r#"{"type":7,"requestId":"r"}"#, "type"),
        (r#"{"requestId":"r"}"#, "type"),
        ("[1]", "JSON object"),
        ("", "JSON object"),
        ("{", "JSON object"),
        ("{\"type\":\"eventLog.listInstances\"} x", "JSON object"),
    ];
    for (frame, wanted) in frames {
        let answering = host.operations.answer(frame);
        let reply: Value = serde_json::from_str(
            &answering
                .address
                .frame(&answering.outcome.await, now_in_milliseconds()),
        )
        .unwrap();
        assert_eq!(reply["success"], false);
        assert!(
            reply["error"].as_str().unwrap().contains(wanted),
            "{frame}: {reply}"
        );
        if frame.contains("\"requestId\":\"r\"") {
            assert_eq!(reply["requestId"], "r", "{frame}");
        }
    }
}

async fn hostile_texts_are_stored_as_texts(host: Opened) {
    let texts = [
        "'; DROP TABLE event; --",
        "\" OR 1=1 --",
        "$1 ?1 :a @b",
        "\\'; SELECT pg_sleep(10); --",
        "%_\\%",
        "${jndi} {{7*7}}",
        "Robert'); DROP TABLE event_log_event;--",
        "\u{202e}\u{1F389}\u{7f}\t\n",
    ];
    for text in texts {
        let params = json!({ "instanceId": text, "autoCreateInstance": true, "streamId": text, "eventType": text, "eventId": text, "payload": { text: text }, "metadata": { "m": text } });
        host.done("appendEvent", params).await;
    }
    for text in texts {
        for (field, operator) in [
            ("stream_id", "eq"),
            ("event_type", "in"),
            ("id", "contains"),
            ("metadata.m", "eq"),
            ("payload", "neq"),
        ] {
            let value = if operator == "in" {
                json!([text])
            } else {
                json!(text)
            };
            let query = json!({ "from": { "instance": text, "stream": text }, "where": [{ "field": field, "operator": operator, "value": value }] });
            let found = host.query(query).await;
            assert_eq!(found["total"], 1, "{text} {field}");
            assert_eq!(found["events"][0]["payload"][text], text);
        }
        if !text.chars().any(char::is_control) {
            let field = format!("payload[{}]", json!(text));
            let query = json!({ "from": { "instance": text }, "where": [{ "field": field, "operator": "eq", "value": text }], "select": [field], "orderBy": { "field": field, "direction": "desc" } });
            let found = host.query(query).await;
            assert_eq!(found["events"], json!([{ field.as_str(): text }]));
            let reduce = json!({ "type": "max", "field": field, "groupBy": [field, "stream_id"] });
            let found = host
                .query(json!({ "from": { "instance": text }, "reduce": reduce }))
                .await;
            assert_eq!(found["aggregation"][0]["value"], text);
        }
    }
    let all = call(&host.operations, "listInstances", json!({})).await;
    assert_eq!(
        all["data"]["instances"].as_array().unwrap().len(),
        texts.len()
    );
}
