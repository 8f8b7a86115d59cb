//! Order, selected fields, limits and offsets.

use serde_json::{Value, json};

use super::numbered_log::{fill, numbers};
use crate::stores::{Opened, for_each_store};

for_each_store!(
    without_an_order_events_come_as_they_were_appended,
    an_order_puts_types_apart_and_what_is_missing_last,
    selected_fields_come_back_by_the_names_that_were_asked,
    limits_and_offsets_cut_and_are_echoed,
    deep_pages_are_those_that_counting_leads_to,
    a_follower_reads_on_from_a_position,
);

async fn an_order_puts_types_apart_and_what_is_missing_last(host: Opened) {
    fill(&host, json!([{ "v": "b" }, {}, { "v": 10 }, { "v": true }, { "v": null }, { "v": "B" }, { "v": 9.5 }, { "v": [1] }, { "v": false }, { "v": 10 }, { "v": "é" }])).await;
    let order = |direction: &str| json!({ "from": { "instance": "log" }, "orderBy": { "field": "payload.v", "direction": direction }, "select": ["metadata.n"] });
    assert_eq!(
        numbers(&host.query(order("asc")).await),
        vec![8, 3, 6, 2, 9, 5, 0, 10, 1, 4, 7]
    );
    assert_eq!(
        numbers(&host.query(order("desc")).await),
        vec![10, 0, 5, 9, 2, 6, 3, 8, 7, 4, 1]
    );
    let plain = json!({ "from": { "instance": "log" }, "orderBy": { "field": "sequence_number" }, "select": ["metadata.n"], "limit": 2, "offset": 1 });
    assert_eq!(numbers(&host.query(plain).await), vec![1, 2]);
}

async fn selected_fields_come_back_by_the_names_that_were_asked(host: Opened) {
    fill(
        &host,
        json!([{ "a": { "b": [1, { "c": null }] }, "x": "y" }]),
    )
    .await;
    let select = json!([
        "payload.a.b",
        "payload.a.b[1].c",
        "a.b.0",
        "x",
        "x",
        "payload.none",
        "event_type",
        "eventType",
        "metadata",
        "sequence_number"
    ]);
    let result = host
        .query(json!({ "from": { "instance": "log" }, "select": select }))
        .await;
    let wanted = json!({ "payload.a.b": [1, { "c": null }], "payload.a.b[1].c": null, "a.b.0": 1, "x": "y", "event_type": "event", "eventType": "event", "metadata": { "n": 0 }, "sequence_number": 1 });
    assert_eq!(result["events"], json!([wanted]));
}

async fn limits_and_offsets_cut_and_are_echoed(host: Opened) {
    let all: Vec<i64> = (0..150).collect();
    fill(&host, json!(all)).await;
    let ask = async |limit: Value, offset: Value| {
        let result = host.query(json!({ "from": { "instance": "log" }, "select": ["metadata.n"], "limit": limit, "offset": offset })).await;
        (
            numbers(&result),
            result["total"].clone(),
            result["limit"].clone(),
            result["offset"].clone(),
        )
    };
    let (found, total, limit, offset) = ask(json!(null), json!(null)).await;
    assert_eq!(
        (found.len(), total, limit, offset),
        (100, json!(150), json!(100), json!(0))
    );
    assert_eq!(ask(json!(3), json!(148)).await.0, vec![148, 149]);
    assert_eq!(
        ask(json!(0), json!(0)).await,
        (vec![], json!(150), json!(0), json!(0))
    );
    assert_eq!(ask(json!(10_000), json!(0)).await.0.len(), 150);
    for offset in [1_000_u64, 281_474_976_645_120] {
        let (found, total, _, echoed) = ask(json!(1), json!(offset)).await;
        assert_eq!((found, total, echoed), (vec![], json!(150), json!(offset)));
    }
}

async fn deep_pages_are_those_that_counting_leads_to(host: Opened) {
    let payloads = (0..40).map(|n| json!({ "n": n }));
    fill(&host, payloads.collect()).await;
    let others: Vec<Value> = (0..7)
        .map(|n| json!({ "streamId": "other", "payload": { "n": 100 + n } }))
        .collect();
    host.done(
        "appendEvents",
        json!({ "instanceId": "log", "events": others }),
    )
    .await;
    let page = async |stream: Option<&str>, order: Option<(&str, &str)>, offset: usize| {
        let mut query = json!({ "from": { "instance": "log" }, "limit": 3, "offset": offset });
        if let Some(stream) = stream {
            query["from"]["stream"] = json!(stream);
        }
        if let Some((field, direction)) = order {
            query["orderBy"] = json!({ "field": field, "direction": direction });
        }
        let found = host.query(query).await;
        let numbers = found["events"].as_array().unwrap().iter();
        numbers
            .map(|event| event["payload"]["n"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    for field in ["timestamp", "log_position"] {
        let (up, down) = (Some((field, "asc")), Some((field, "desc")));
        assert_eq!(page(None, up, 38).await, [38, 39, 100]);
        assert_eq!(page(None, down, 0).await, [106, 105, 104]);
        assert_eq!(page(None, down, 46).await, [0]);
        assert_eq!(page(None, down, 47).await, [0_i64; 0]);
        assert_eq!(page(Some("other"), up, 5).await, [105, 106]);
        assert_eq!(page(Some("other"), down, 5).await, [101, 100]);
    }
    assert_eq!(page(None, None, 45).await, [105, 106]);
    assert_eq!(page(None, None, 47).await, [0_i64; 0]);
    assert_eq!(page(Some("other"), None, 0).await, [100, 101, 102]);
    assert_eq!(page(None, Some(("payload.n", "desc")), 45).await, [1, 0]);
    assert_eq!(page(Some("none"), None, 1).await, [0_i64; 0]);
}

async fn a_follower_reads_on_from_a_position(host: Opened) {
    let all: Vec<i64> = (0..25).collect();
    fill(&host, json!(all)).await;
    let mut position = 0;
    let mut seen = Vec::new();
    loop {
        let condition = json!({ "field": "log_position", "operator": "gt", "value": position });
        let query = json!({ "from": { "instance": "log" }, "where": [condition], "select": ["log_position", "metadata.n"], "limit": 10 });
        let result = host.query(query).await;
        let Some(last) = result["events"].as_array().unwrap().last() else {
            break;
        };
        position = last["log_position"].as_i64().unwrap();
        seen.extend(numbers(&result));
    }
    assert_eq!(seen, all);
}

/// Also where a condition could lead a database to another order.
async fn without_an_order_events_come_as_they_were_appended(host: Opened) {
    let events: Vec<Value> = (0..12)
        .map(|n| {
            let stream = ["a", "b", "b"][n % 3];
            json!({ "streamId": stream, "eventType": "e", "payload": { "n": n, "k": "x" } })
        })
        .collect();
    let params = json!({ "instanceId": "log", "autoCreateInstance": true, "events": events });
    host.done("appendEvents", params).await;
    let ask = async |field: &str, operator: &str, value: Value| -> Vec<i64> {
        let condition = json!({ "field": field, "operator": operator, "value": value });
        let query = json!({ "from": { "instance": "log" }, "where": [condition], "select": ["n"] });
        let found = host.query(query).await;
        let events = found["events"].as_array().unwrap().iter();
        events.map(|event| event["n"].as_i64().unwrap()).collect()
    };
    let all: Vec<i64> = (0..12).collect();
    assert_eq!(ask("event_type", "eq", json!("e")).await, all);
    assert_eq!(ask("payload.k", "eq", json!("x")).await, all);
    assert_eq!(ask("stream_id", "neq", json!("c")).await, all);
    assert_eq!(ask("stream_id", "in", json!(["a", "b"])).await, all);
    let of_a: Vec<i64> = all.iter().copied().filter(|n| n % 3 == 0).collect();
    assert_eq!(ask("stream_id", "eq", json!("a")).await, of_a);
}
