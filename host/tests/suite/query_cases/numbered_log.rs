//! A log whose events say in their metadata which they are.

use serde_json::{Value, json};

use crate::stores::Opened;

/// One event for each payload, and in its metadata the number that says which it is.
pub async fn fill(host: &Opened, payloads: Value) {
    let events = payloads.as_array().unwrap().iter().enumerate();
    let events: Vec<Value> = events
        .map(|(n, payload)| json!({ "payload": payload, "metadata": { "n": n } }))
        .collect();
    host.done(
        "appendEvents",
        json!({ "instanceId": "log", "autoCreateInstance": true, "events": events }),
    )
    .await;
}

/// Which events meet the condition.
pub async fn matching(host: &Opened, field: &str, operator: &str, value: Value) -> Vec<i64> {
    let condition = json!({ "field": field, "operator": operator, "value": value });
    let query = json!({ "from": { "instance": "log" }, "where": [condition], "select": ["metadata.n"], "limit": 10_000 });
    numbers(&host.query(query).await)
}

pub fn numbers(result: &Value) -> Vec<i64> {
    let events = result["events"].as_array().unwrap();
    events
        .iter()
        .map(|event| event["metadata.n"].as_i64().unwrap())
        .collect()
}
