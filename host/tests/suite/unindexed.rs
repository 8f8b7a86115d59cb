//! Queries that read everything for want of an index.

use serde_json::{Value, json};

use crate::host_process::HostProcess;

/// A field inside of payload, whose name needs quotes.
const USER: &str = "payload.user[\"it's\"]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_reads_everything_for_want_of_an_index_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let ask = async |host: &HostProcess, conditions: Value| {
        let query = json!({ "from": { "instance": "log" }, "where": conditions, "limit": 1 });
        let asked = host
            .client()
            .await
            .call("queryEvents", json!({ "query": query }));
        asked.await.unwrap()["message"].as_str().unwrap().to_owned()
    };
    let plain = HostProcess::in_folder(&folder, &[]);
    let events: Vec<Value> = (0..10_000)
        .map(|n| json!({ "payload": { "user": { "it's": n } } }))
        .collect();
    let params = json!({ "instanceId": "log", "autoCreateInstance": true, "events": events });
    plain.client().await.done("appendEvents", params).await;
    let user = json!([{ "field": "payload.user[\"it's\"]", "operator": "eq", "value": 7 }]);
    let message = ask(&plain, user.clone()).await;
    let index = USER;
    assert!(
        message.contains("reading 10000 events") && message.ends_with(&format!("--index {index}")),
        "{message}"
    );
    let late = json!([user[0], { "field": "log_position", "operator": "gt", "value": 9_000 }]);
    for few in [
        late,
        json!([user[0], { "field": "event_type", "operator": "eq", "value": "x" }]),
        json!([]),
    ] {
        let message = ask(&plain, few.clone()).await;
        assert!(!message.contains("--index"), "{few}: {message}");
    }
    let client = plain.client().await;
    for (offset, limit, expected) in [
        (9_995, 10, vec![4, 3, 2, 1, 0]),
        (9_995, 2, vec![4, 3]),
        (3, 1, vec![9_996]),
    ] {
        let order = json!({ "field": USER, "direction": "desc" });
        let query = json!({ "from": { "instance": "log" }, "orderBy": order, "offset": offset, "limit": limit });
        let found = client.done("queryEvents", json!({ "query": query })).await;
        let events = found["result"]["events"].as_array().unwrap();
        let users: Vec<&Value> = events
            .iter()
            .map(|event| &event["payload"]["user"]["it's"])
            .collect();
        assert_eq!(json!(users), json!(expected), "{offset}");
    }
    let metrics = plain.http("/metrics").await;
    assert!(
        metrics.contains("codebolt_host_queries_unindexed_total 1\n"),
        "{metrics}"
    );
    drop(plain);
    let indexed = HostProcess::in_folder(&folder, &["--index", index]);
    let message = ask(&indexed, user).await;
    assert_eq!(message, "the query was answered");
}
