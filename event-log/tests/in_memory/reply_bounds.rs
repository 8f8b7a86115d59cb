//! The bounds of a reply, a message, and of what an aggregation holds: what just fits is done, and what is one more is refused.

use std::sync::Arc;

use codebolt_event_log::operations::{Bounds, Operations};
use codebolt_event_log::store::memory::MemoryStore;
use serde_json::{Value, json};

use crate::asking::call;
use crate::stores::now_in_milliseconds;

fn open(bounds: Bounds) -> (Arc<MemoryStore>, Operations) {
    let store = Arc::new(MemoryStore::new(Box::new(now_in_milliseconds)));
    let operations = Operations::new(Arc::clone(&store) as _, bounds);
    (store, operations)
}

/// The same store with another bound on replies.
fn with_reply_bytes(store: &Arc<MemoryStore>, reply_bytes: usize) -> Operations {
    let bounds = Bounds {
        reply_bytes,
        ..Bounds::default()
    };
    Operations::new(Arc::clone(store) as _, bounds)
}

fn assert_refused(reply: &Value, wanted: &str) {
    assert_eq!(reply["code"], "LIMIT_EXCEEDED", "{reply}");
    let error = reply["error"].as_str().unwrap_or_default();
    assert!(error.contains(wanted), "{error}");
}

/// That it is all that is advised.
fn assert_advised(reply: &Value, wanted: &str) {
    let error = reply["error"].as_str().unwrap_or_default();
    assert_eq!(error.rsplit("; ").next(), Some(wanted), "{error}");
}

#[tokio::test]
async fn an_event_may_be_as_large_as_a_reply_with_it_or_a_message_may_be() {
    const AROUND: usize = 16 * 1024;
    for (reply_bytes, most_in_message, largest) in [(100, 2_000, 2_000), (3_000, 2_000, 3_000)] {
        let (_, operations) = open(Bounds {
            reply_bytes,
            message_bytes: AROUND + most_in_message,
            ..Bounds::default()
        });
        for (payload, metadata) in [(2, largest - 2), (largest - 2, 2), (1_000, largest - 1_000)] {
            let params = |more: usize| {
                json!({
                    "instanceId": "log", "autoCreateInstance": true,
                    "payload": "p".repeat(payload - 2), "metadata": "m".repeat(metadata - 2 + more),
                })
            };
            let reply = call(&operations, "appendEvent", params(0)).await;
            assert_eq!(reply["success"], true, "{payload} {metadata}");
            let reply = call(&operations, "appendEvent", params(1)).await;
            let wanted = format!(
                "params: expected at most {most_in_message} bytes of payload and metadata together, got {}",
                largest + 1
            );
            assert_refused(&reply, &wanted);
        }
    }
}

#[tokio::test]
async fn a_query_reply_has_as_many_events_as_fit_and_always_the_first() {
    let (store, operations) = open(Bounds::default());
    for n in [1, 22, 333, 4_444] {
        let params =
            json!({ "instanceId": "log", "autoCreateInstance": true, "payload": { "n": n } });
        call(&operations, "appendEvent", params).await;
    }
    let texts = ["{\"n\":1}", "{\"n\":22}", "{\"n\":333}", "{\"n\":4444}"];
    let is_large = json!({ "field": "n", "operator": "gt", "value": 0 });
    for (conditions, order) in [
        (json!([]), json!(null)),
        (json!([is_large]), json!(null)),
        (json!([]), json!({ "field": "n" })),
    ] {
        for most in 0..50 {
            let query = json!({
                "from": { "instance": "log" }, "where": conditions, "orderBy": order,
                "select": ["n"], "limit": 3,
            });
            let operations = with_reply_bytes(&store, most);
            let reply = call(&operations, "queryEvents", json!({ "query": query })).await;
            let mut bytes = 0;
            let fitting = texts[..3].iter().take_while(|text| {
                bytes += text.len();
                bytes <= most
            });
            let count = fitting.count().max(1);
            let result = &reply["data"]["result"];
            let events = result["events"].as_array().unwrap();
            let wanted: Vec<Value> = texts[..count]
                .iter()
                .map(|text| serde_json::from_str(text).unwrap())
                .collect();
            assert_eq!(*events, wanted, "{most} {query}");
            assert_eq!(result["total"], 4, "{most} {query}");
            assert_eq!(result["more"] == true, count < 3, "{most} {query}");
            let message = reply["message"].as_str().unwrap();
            let says_so = message.contains("fewer events than the limit");
            assert_eq!(says_so, count < 3, "{most} {message}");
        }
    }
}

#[tokio::test]
async fn collected_values_are_bounded_by_their_number_and_by_the_bytes_of_a_reply() {
    let (store, operations) = open(Bounds {
        aggregation_values: 3,
        ..Bounds::default()
    });
    let collect = |query: Value| {
        let mut whole = json!({
            "from": { "instance": "log" }, "reduce": { "type": "collect", "field": "n" },
        });
        whole
            .as_object_mut()
            .unwrap()
            .extend(query.as_object().unwrap().clone());
        json!({ "query": whole })
    };
    let grouped =
        json!({ "reduce": { "type": "collect", "field": "n", "groupBy": ["stream_id"] } });
    for n in 1..=3 {
        let params =
            json!({ "instanceId": "log", "autoCreateInstance": true, "payload": { "n": n } });
        call(&operations, "appendEvent", params).await;
        // What has not the field counts for nothing.
        call(&operations, "appendEvent", json!({ "instanceId": "log" })).await;
    }
    let result = |reply: Value| reply["data"]["result"]["aggregation"].clone();
    let reply = call(&operations, "queryEvents", collect(json!({}))).await;
    assert_eq!(result(reply), json!([1, 2, 3]));
    let reply = call(&operations, "queryEvents", collect(grouped.clone())).await;
    let wanted = json!([{ "stream_id": "default", "value": [1, 2, 3] }]);
    assert_eq!(result(reply), wanted);
    for (most, fits) in [(3, true), (2, false)] {
        let bounded = with_reply_bytes(&store, most);
        let reply = call(&bounded, "queryEvents", collect(json!({}))).await;
        if fits {
            assert_eq!(result(reply), json!([1, 2, 3]));
        } else {
            assert_refused(
                &reply,
                "the reply would be larger than 2 bytes; narrow it with where, or ask for fewer with limit",
            );
            let whole = json!({ "reduce": { "type": "collect" } });
            let reply = call(&bounded, "queryEvents", collect(whole)).await;
            assert_refused(&reply, "with limit, or name the field to collect");
            let reply = call(&bounded, "queryEvents", collect(grouped.clone())).await;
            assert_advised(&reply, "narrow it with where");
        }
    }
    let params = json!({ "instanceId": "log", "payload": { "n": 4 } });
    call(&operations, "appendEvent", params).await;
    let too_many = "the aggregation has more than 3 values";
    let reply = call(&operations, "queryEvents", collect(json!({}))).await;
    assert_refused(&reply, too_many);
    assert_advised(&reply, "narrow it with where, or ask for fewer with limit");
    let reply = call(&operations, "queryEvents", collect(grouped.clone())).await;
    assert_refused(&reply, too_many);
    // A limit would be of groups, and change nothing.
    assert_advised(&reply, "narrow it with where");
    // A part of them is no more than that part; of groups it is all values that count.
    let part = collect(json!({ "limit": 3, "offset": 1 }));
    let reply = call(&operations, "queryEvents", part).await;
    assert_eq!(result(reply), json!([2, 3, 4]));
    let reply = call(&operations, "queryEvents", collect(json!({ "limit": 4 }))).await;
    assert_refused(&reply, too_many);
    let mut part = grouped;
    part["limit"] = json!(1);
    let reply = call(&operations, "queryEvents", collect(part)).await;
    assert_refused(&reply, too_many);
}

#[tokio::test]
async fn groups_are_bounded_by_their_number() {
    let (_, operations) = open(Bounds {
        aggregation_values: 3,
        ..Bounds::default()
    });
    for (round, fits) in [(1..=3, true), (4..=4, false)] {
        for n in round {
            let params = json!({
                "instanceId": "log", "autoCreateInstance": true, "streamId": format!("s{n}"),
                "eventType": format!("t{n}"), "payload": { "n": n },
            });
            call(&operations, "appendEvent", params.clone()).await;
            call(&operations, "appendEvent", params).await;
        }
        // Of the first two the store keeps the counts.
        for key in ["stream_id", "event_type", "n"] {
            for part in [json!(null), json!(1)] {
                let query = json!({
                    "from": { "instance": "log" }, "reduce": { "type": "count", "groupBy": [key] }, "limit": part,
                });
                let reply = call(&operations, "queryEvents", json!({ "query": query })).await;
                if fits {
                    let groups = reply["data"]["result"]["aggregation"].as_array().unwrap();
                    assert_eq!(groups.len(), if part.is_null() { 3 } else { 1 }, "{reply}");
                    assert_eq!(groups[0]["value"], 2);
                } else {
                    assert_refused(&reply, "the aggregation has more than 3 groups");
                    assert_advised(&reply, "narrow it with where");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_query_may_have_so_many_values_and_is_not_read_when_it_has_more() {
    let (_, operations) = open(Bounds::default());
    // As they are counted: by brackets and commas.
    let of = |values: usize| {
        let list = vec!["1"; values - 8].join(",");
        let frame = format!(
            r#"{{"type":"eventLog.queryEvents","params":{{"query":{{"from":{{"instance":"log"}},"where":[{{"field":"n","operator":"in","value":[{list}]}}]}}}}}}"#
        );
        let answering = operations.answer(&frame);
        async move {
            let outcome = answering.outcome.await;
            serde_json::from_str::<Value>(&answering.address.frame(&outcome, 0)).unwrap()
        }
    };
    let most = of(110_000).await;
    assert_eq!(most["code"], "INVALID_QUERY", "{most}");
    assert_refused(
        &of(110_001).await,
        "params.query: expected at most 110000 values, got more",
    );
}
