//! Large requests: they take little more memory than their own, and what was accepted can be read.

use serde_json::{Value, json};

use crate::host_process::HostProcess;
#[cfg(target_os = "linux")]
use crate::limits::memory;
use crate::postgres_server::new_database;

/// Each of them becomes megabytes of a statement.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_that_are_all_different_do_not_pile_up_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::start(&["--data", file.to_str().unwrap()]);
    let client = host.client().await;
    let event = json!({ "instanceId": "log", "payload": { "a": 1 }, "autoCreateInstance": true });
    client.done("appendEvent", event).await;
    let key = "k".repeat(900);
    for number in 0..60 {
        let conditions: Vec<Value> = (0..100)
            .map(|part| json!({ "field": format!("payload.{part}.{part}.{part}.{key}{number}"), "operator": "contains", "value": "x" }))
            .collect();
        let query = json!({ "from": { "instance": "log" }, "where": conditions, "limit": 1 });
        client.done("queryEvents", json!({ "query": query })).await;
    }
    let resident = memory(&host, "VmRSS");
    assert!(resident < 256, "{resident} MiB");
}

/// Their entries are counted before anything is made of them.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_of_very_many_small_values_is_refused_in_little_more_memory_than_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::start(&["--data", file.to_str().unwrap()]);
    let client = host.client().await;
    client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let before = memory(&host, "VmHWM");
    let many = |entry: &str| vec![entry; 3 << 20].join(",");
    let mut keys = String::new();
    for number in 0..500_000 {
        keys.push_str(&format!("\"{number}\":1,"));
    }
    let cases = [
        (
            "appendEvents",
            format!("{{\"instanceId\":\"log\",\"events\":[{}]}}", many("1")),
            "must be an object",
        ),
        (
            "appendEvents",
            format!("{{\"instanceId\":\"log\",\"events\":[{}]}}", many("{}")),
            "has 3145728 events, at most 10000",
        ),
        (
            "queryEvents",
            format!(
                "{{\"query\":{{\"from\":{{\"instance\":\"log\"}},\"where\":[{}]}}}}",
                many("0")
            ),
            "values",
        ),
        (
            "getInstance",
            format!("{{{keys}\"instanceId\":\"none\"}}"),
            "no instance has",
        ),
    ];
    for (operation, params, expected) in cases {
        let megabytes = params.len() as u64 >> 20;
        let reply = client.call_raw(operation, &params);
        let reply = reply.await.expect("the connection lives");
        let error = reply["error"].as_str().unwrap();
        assert!(error.contains(expected), "{operation}: {error}");
        let peak = memory(&host, "VmHWM");
        assert!(
            peak < before + 32 + 3 * megabytes,
            "{operation} of {megabytes} MiB: {before} MiB before, {peak} MiB at most"
        );
    }
}

async fn everything_accepted_can_be_read(store: &[&str]) {
    let mut arguments = store.to_vec();
    arguments.extend(["--max-reply", "100KiB"]);
    let host = HostProcess::start(&arguments);
    let client = host.client().await;
    let made = json!({ "name": "log", "description": "d".repeat(60_000) });
    client.done("createInstance", made.clone()).await;
    let sizes = [30_000, 30_000, 30_000, 200_000, 150_000, 30_000, 1, 1];
    let events: Vec<Value> = sizes
        .iter()
        .map(|size| json!({ "payload": "x".repeat(*size) }))
        .collect();
    let params = json!({ "instanceId": "log", "events": events });
    let appended = client.done("appendEvents", params).await;
    assert_eq!(appended["withoutPayloads"], true, "{appended}");
    assert_eq!(appended["count"], sizes.len());
    let first = appended["events"][0].as_object().unwrap();
    assert!(!first.contains_key("payload") && first["sequence_number"] == 1);
    let mut pages = Vec::new();
    let mut read = Vec::new();
    loop {
        let query = json!({
            "from": { "instance": "log" },
            "where": [{ "field": "log_position", "operator": "gt", "value": read.len() }],
        });
        let page = client.done("queryEvents", json!({ "query": query })).await;
        let events = page["result"]["events"].as_array().unwrap();
        read.extend(
            events
                .iter()
                .map(|event| event["payload"].as_str().unwrap().len()),
        );
        pages.push(events.len());
        let is_last = read.len() == sizes.len();
        assert_eq!(
            page["result"]["total"],
            sizes.len() - (read.len() - events.len())
        );
        assert_eq!(page["result"].get("more").is_none(), is_last, "{pages:?}");
        if is_last {
            break;
        }
    }
    assert_eq!(read, sizes);
    assert_eq!(pages, [3, 1, 1, 3]);
    let sorted = json!({ "query": { "from": { "instance": "log" }, "orderBy": { "field": "sequence_number", "direction": "desc" } } });
    let page = client.done("queryEvents", sorted).await;
    assert_eq!(page["result"]["events"].as_array().unwrap().len(), 3);
    assert_eq!(page["result"]["more"], true);

    let mut other = made;
    other["name"] = json!("other");
    client.done("createInstance", other).await;
    let list = client.done("listInstances", json!({})).await;
    assert_eq!(list["instances"].as_array().unwrap().len(), 1);
    assert_eq!(list["more"], true);
    let rest = client
        .done("listInstances", json!({ "offset": 1, "limit": 5 }))
        .await;
    assert_eq!(rest["instances"][0]["name"], "other");
    assert!(rest.get("more").is_none(), "{rest}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_can_be_read_in_pages_that_fit_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    everything_accepted_can_be_read(&["--data", file.to_str().unwrap()]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_can_be_read_in_pages_that_fit_on_postgres() {
    everything_accepted_can_be_read(&["--store", &new_database().await]).await;
}
