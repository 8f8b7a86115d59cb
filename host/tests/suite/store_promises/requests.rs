//! Requests that are refused with a reason, and hostile texts, which are not.

use serde_json::{Value, json};

use crate::asking::call;
use crate::stores::{Opened, for_each_store, now_in_milliseconds};

for_each_store!(
    faulty_requests_say_what_is_wrong,
    a_name_may_be_as_long_as_the_bound_and_no_longer,
    hostile_texts_are_stored_as_texts,
);

async fn faulty_requests_say_what_is_wrong(host: Opened) {
    host.done("createInstance", json!({ "name": "log" })).await;
    let long = "n".repeat(600);
    let deep = format!("{}1{}", "[".repeat(150), "]".repeat(150));
    let deep: Value = serde_json::from_str(&deep).unwrap_or(Value::Null);
    let cases = [
        (
            "createInstance",
            json!({}),
            "params.name: expected a non-blank string, got nothing",
        ),
        (
            "createInstance",
            json!({ "name": "" }),
            "params.name: expected a non-blank string, got \"\"",
        ),
        (
            "createInstance",
            json!({ "name": "  " }),
            "params.name: expected a non-blank string, got \"  \"",
        ),
        (
            "createInstance",
            json!({ "name": null }),
            "params.name: expected a non-blank string, got nothing",
        ),
        (
            "createInstance",
            json!({ "name": 7 }),
            "params.name: expected a string, got 7",
        ),
        (
            "createInstance",
            json!({ "name": long }),
            "params.name: expected at most 512 bytes, got 600",
        ),
        ("createInstance", json!({ "name": "a\u{0}b" }), "U+0000"),
        (
            "createInstance",
            json!({ "name": "x", "description": {} }),
            "params.description",
        ),
        (
            "createInstance",
            json!([]),
            "params: expected an object, got []",
        ),
        (
            "getInstance",
            json!({}),
            "params.instanceId: expected a non-blank string, got nothing",
        ),
        ("getInstance", json!({ "instanceId": "none" }), "\"none\""),
        (
            "updateInstance",
            json!({ "instanceId": "none", "name": "x" }),
            "\"none\"",
        ),
        (
            "updateInstance",
            json!({ "instanceId": "log", "name": "" }),
            "params.name: expected a non-blank string",
        ),
        (
            "deleteInstance",
            json!({ "instanceId": ["log"] }),
            "params.instanceId: expected a string, got [\"log\"]",
        ),
        (
            "getInstanceStats",
            json!({ "instanceId": "none" }),
            "\"none\"",
        ),
        (
            "appendEvent",
            json!({}),
            "params.instanceId: expected an instance's id or name, got nothing",
        ),
        (
            "appendEvent",
            json!({ "instanceId": "log", "streamId": 1 }),
            "params.streamId",
        ),
        (
            "appendEvent",
            json!({ "instanceId": "log", "streamId": "" }),
            "params.streamId: expected a non-blank string, got \"\"",
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
            "params.events: expected a list of events, got",
        ),
        (
            "appendEvents",
            json!({ "instanceId": "log", "events": {} }),
            "params.events: expected a list of events, got",
        ),
        (
            "appendEvents",
            json!({ "instanceId": "log", "events": [1] }),
            "params.events[0]: expected an object, got 1: invalid type: integer `1`, expected an object at",
        ),
        (
            "appendEvents",
            json!({ "instanceId": "log", "events": vec![json!({}); 10_001] }),
            "at most 10000",
        ),
        (
            "queryEvents",
            json!({}),
            "params.query: expected an object like",
        ),
        (
            "queryEvents",
            json!({ "query": "all" }),
            "query: expected an object like",
        ),
    ];
    for (operation, params, wanted) in cases {
        let error = host.refused(operation, params.clone()).await;
        assert!(error.contains(wanted), "{operation} {params}: {error}");
        let is_in_pattern = error.contains(": expected ") && error.contains(", got ");
        assert!(is_in_pattern || error.contains("no instance"), "{error}");
    }
    if !deep.is_null() {
        let error = host
            .refused(
                "appendEvent",
                json!({ "instanceId": "log", "payload": deep }),
            )
            .await;
        assert!(error.contains("at most 100 levels of nesting"), "{error}");
    }
    let frames = [
        (
            r#"{"type":"eventLog.createInstance","requestId":"r","params":{"name":"\ud800"}}"#,
            "params.name: expected a string of valid Unicode, got \"\\ud800\"",
        ),
        (
            r#"{"type":"eventLog.appendEvent","requestId":"r","params":{"instanceId":"log","payload":1e999}}"#,
            "1e999",
        ),
        (
            r#"{"type":"fs.readFile","requestId":"r","params":{}}"#,
            "codebolt-host does not implement",
        ),
        (
            r#"{"type":7,"requestId":"r"}"#,
            "type: expected a string such as \"eventLog.getInstance\", got 7",
        ),
        (r#"{"requestId":"r"}"#, "got nothing"),
        (
            r#"{"type":"eventLog.getInstance","requestId":"r"}"#,
            "params.instanceId: expected a non-blank string, got nothing",
        ),
        ("[1]", "got [1]"),
        ("", "got an empty frame"),
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

async fn a_name_may_be_as_long_as_the_bound_and_no_longer(host: Opened) {
    let longest = "n".repeat(512);
    host.done("createInstance", json!({ "name": longest }))
        .await;
    let event = json!({ "instanceId": longest, "streamId": longest, "eventType": longest, "eventId": longest });
    let stored = host.done("appendEvent", event).await["event"].clone();
    for key in ["id", "stream_id", "event_type"] {
        assert_eq!(stored[key], longest);
    }
    let from = json!({ "instance": longest, "stream": longest });
    assert_eq!(host.query(json!({ "from": from })).await["total"], 1);
    let longer = "n".repeat(513);
    for event in [
        json!({ "instanceId": longer }),
        json!({ "instanceId": longest, "streamId": longer }),
        json!({ "instanceId": longest, "eventType": longer }),
        json!({ "instanceId": longest, "eventId": longer }),
    ] {
        let error = host.refused("appendEvent", event).await;
        assert!(error.contains("at most 512 bytes, got 513"), "{error}");
    }
    for from in [
        json!({ "instance": longer }),
        json!({ "instance": longest, "stream": longer }),
    ] {
        let query = json!({ "query": { "from": from } });
        let error = host.refused("queryEvents", query).await;
        assert!(error.contains("at most 512 bytes, got 513"), "{error}");
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
