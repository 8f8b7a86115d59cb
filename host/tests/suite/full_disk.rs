//! A disk that is full. What is refused is not stored, and the host says how it is.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::host_process::{Client, HostProcess, program};
use crate::small_disk::SmallDisk;

fn on(disk: &SmallDisk) -> HostProcess {
    HostProcess::on_file(&disk.file("events.db"))
}

async fn tags(client: &Client, instance: &str) -> BTreeSet<String> {
    let query = json!({ "from": { "instance": instance }, "limit": 10_000, "select": ["tag"] });
    let found = client.done("queryEvents", json!({ "query": query })).await;
    found["result"]["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|event| Some(event["tag"].as_str()?.to_owned()))
        .collect()
}

/// A transaction that finds no room takes all of its batch with it, and each request of it is then done
/// for itself: what fits is stored and answered so, what does not is neither.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_around_a_change_that_fills_the_disk_is_not_stored() {
    let Some(disk) = SmallDisk::new(64) else {
        return;
    };
    let host = on(&disk);
    let client = host.client().await;
    for name in ["log", "gone"] {
        client.done("createInstance", json!({ "name": name })).await;
    }
    disk.fill(4 * 1024);
    let large = "x".repeat(1_000_000);
    let mut requests: Vec<(String, bool)> = Vec::new();
    for n in 0..12 {
        requests.push((format!("before{n}"), false));
        requests.push((format!("large{n}"), true));
        requests.push((format!("after{n}"), false));
    }
    let calls = requests.iter().map(|(tag, is_large)| {
        let text = if *is_large { large.as_str() } else { "" };
        let payload = json!({ "tag": tag, "text": text });
        client.call(
            "appendEvent",
            json!({ "instanceId": "log", "payload": payload }),
        )
    });
    let replies = join_all(calls).await;
    let deleted = client
        .call("deleteInstance", json!({ "instanceId": "gone" }))
        .await
        .unwrap();
    let stored = tags(&client, "log").await;
    let mut refused = 0;
    for ((tag, _), reply) in requests.iter().zip(replies) {
        let reply = reply.unwrap();
        let is_done = reply["success"] == true;
        refused += usize::from(!is_done);
        let error = reply["error"].as_str().unwrap_or_default();
        assert!(!error.contains("unknown"), "{reply}");
        assert_eq!(stored.contains(tag), is_done, "{tag}: {reply}");
    }
    assert!(refused > 0, "the disk was not full, so nothing was tried");
    let list = client.done("listInstances", json!({})).await;
    let count = list["instances"].as_array().unwrap().len();
    assert_eq!(
        count,
        if deleted["success"] == true { 1 } else { 2 },
        "{deleted}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_on_a_full_disk_says_so_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::new(16) else {
        return;
    };
    let host = on(&disk);
    let client = host.client().await;
    client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    assert!(host.http("/health").await.starts_with("HTTP/1.1 200"));
    disk.fill(0);
    let payload = json!({ "tag": "x".repeat(100_000) });
    let mut appended = 0;
    let error = loop {
        let params = json!({ "instanceId": "log", "payload": payload });
        let reply = client.call("appendEvent", params).await.unwrap();
        if reply["success"] == false {
            break reply["error"].as_str().unwrap().to_owned();
        }
        appended += 1;
        assert!(appended < 200, "the disk is not full");
    };
    assert!(
        error.contains("full") && error.contains("not done"),
        "{error}"
    );
    // Small things may still find room; then they fill what is left.
    loop {
        let small = client.call("appendEvent", json!({ "instanceId": "log" }));
        if small.await.unwrap()["success"] == false {
            break;
        }
        appended += 1;
    }
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let health = host.http("/health").await;
    assert!(
        health.starts_with("HTTP/1.1 503") && health.contains("full"),
        "{health}"
    );
    assert!(host.http("/health/live").await.starts_with("HTTP/1.1 200"));
    disk.relieve();
    client
        .done("appendEvent", json!({ "instanceId": "log" }))
        .await;
    assert!(host.http("/health").await.starts_with("HTTP/1.1 200"));
    let stats = client
        .done("getInstanceStats", json!({ "instanceId": "log" }))
        .await;
    assert_eq!(stats["eventCount"], appended + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_that_finds_no_room_is_left_under_a_name_that_says_so() {
    let Some(disk) = SmallDisk::new(4) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("events.db");
    let host = HostProcess::on_file(&data);
    let client = host.client().await;
    let events: Vec<Value> = (0..1_000)
        .map(|_| json!({ "payload": "x".repeat(10_000) }))
        .collect();
    let batch = json!({ "instanceId": "log", "autoCreateInstance": true, "events": events });
    client.done("appendEvents", batch).await;
    let file = disk.file("log.jsonl");
    std::fs::write(&file, "of yesterday").unwrap();
    let output = program()
        .args(["export", "log", "--data", data.to_str().unwrap(), "--to"])
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("log.jsonl.partial") && error.contains("only a part"),
        "{error}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "of yesterday");
}

/// A file that may not grow gives another error than a full disk does: one after which SQLite does not
/// say what is on the disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_fails_in_a_way_that_says_nothing_is_unknown_and_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let data = file.to_str().unwrap();
    let program = program();
    let bounded = HostProcess::start_with(&[], |command| {
        let script = "trap '' XFSZ; ulimit -f 1000; exec \"$0\" \"$@\"";
        let mut shell = std::process::Command::new("sh");
        shell
            .args(["-c", script])
            .arg(program.get_program())
            .args(["--port", "0", "--data", data])
            .env("RUST_LOG", "warn")
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null());
        *command = shell;
    });
    let client = bounded.client().await;
    client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let mut answered = Vec::new();
    for n in 0..200 {
        let event = json!({ "payload": { "tag": n.to_string(), "text": "x".repeat(5_000) } });
        let params = json!({ "instanceId": "log", "events": [event, event] });
        let reply = client.call("appendEvents", params).await.unwrap();
        answered.push((n.to_string(), reply["success"] == true));
        if reply["success"] == false {
            let error = reply["error"].as_str().unwrap();
            assert!(error.contains("it is unknown whether"), "{error}");
            break;
        }
    }
    assert!(
        answered.iter().any(|(_, is_done)| !is_done),
        "the file grew"
    );
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    drop(bounded);
    let host = HostProcess::on_file(&file);
    let client = host.client().await;
    let stored = tags(&client, "log").await;
    for (tag, is_done) in &answered {
        assert!(stored.contains(tag) || !is_done, "{tag}");
    }
    let stats = client
        .done("getInstanceStats", json!({ "instanceId": "log" }))
        .await;
    assert_eq!(stats["eventCount"], stored.len() * 2, "batches are whole");
}
