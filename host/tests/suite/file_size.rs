//! What the database file and its write-ahead log take on the disk.

use std::time::Duration;

use serde_json::json;

use crate::host_process::HostProcess;
use crate::limits::{SOON, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_write_ahead_log_is_cut_back_when_it_is_quiet() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::on_file(&file);
    let client = host.client().await;
    let event = json!({ "payload": "x".repeat(100_000) });
    for _ in 0..4 {
        let params = json!({ "instanceId": "log", "autoCreateInstance": true, "events": vec![event.clone(); 100] });
        client.done("appendEvents", params).await;
    }
    let log = folder.path().join("events.db-wal");
    let length = || std::fs::metadata(&log).unwrap().len();
    assert!(length() > 1 << 20);
    let cut_back = async {
        while length() > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    soon("cutting back", cut_back).await;
    let health = host.http("/health").await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    let stats = json!({ "instanceId": "log" });
    assert_eq!(
        client.done("getInstanceStats", stats).await["eventCount"],
        400
    );
}

/// What is left in the tables and in the file of instances that were deleted.
fn left(file: &std::path::Path) -> (i64, i64) {
    let database = rusqlite::Connection::open(file).unwrap();
    let one = |sql: &str| database.query_row(sql, [], |row| row.get(0)).unwrap();
    let rows = "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM stream) + (SELECT count(*) FROM event_type) + (SELECT count(*) FROM deleted)";
    (one(rows), one("PRAGMA page_count"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_is_seen_at_once_goes_on_after_a_crash_and_gives_the_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::on_file(&file);
    let client = host.client().await;
    for batch in 0..10 {
        let events =
            vec![json!({ "streamId": format!("s{batch}"), "payload": "x".repeat(1_000) }); 2_000];
        let params = json!({ "instanceId": "log", "autoCreateInstance": true, "events": events });
        client.done("appendEvents", params).await;
    }
    let log = json!({ "instanceId": "log" });
    client.done("deleteInstance", log.clone()).await;
    // The name is free again, and whoever has it has nothing of the other one.
    let query = json!({ "query": { "from": { "instance": "log" } } });
    let gone = client.call("queryEvents", query.clone()).await.unwrap();
    assert_eq!(gone["success"], false, "{gone}");
    let again = json!({ "instanceId": "log", "autoCreateInstance": true, "streamId": "s1" });
    let first = client.done("appendEvent", again).await;
    assert_eq!(first["event"]["sequence_number"], 1);
    host.kill();
    let (rows, pages) = left(&file);
    assert!(rows > 3, "it was killed before all was taken away");
    let mut host = HostProcess::on_file(&file);
    let found = host.client().await.done("queryEvents", query).await;
    assert_eq!(found["result"]["total"], 1);
    let swept = async {
        while left(&file).0 > 3 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(4 * SOON, swept)
        .await
        .expect("the rest is taken away");
    let shrunk = async {
        while left(&file).1 > pages / 4 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(4 * SOON, shrunk)
        .await
        .expect("the file shrinks");
    host.terminate();
    assert!(host.ended().success());
    let length = std::fs::metadata(&file).unwrap().len();
    assert!(length < 8 << 20, "{length} bytes for one event");
}
