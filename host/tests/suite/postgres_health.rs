//! Whether writes work on PostgreSQL, as `GET /health` says it.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::postgres_sessions::{Lock, run};
use crate::stores::Opened;

async fn append(host: &Opened) {
    let event = json!({ "instanceId": "log", "autoCreateInstance": true });
    host.done("appendEvent", event).await;
}

/// Repeats it until it is true: a commit is proof for a second only, the check gives the server 0.8 s, and this machine
/// may be slow.
async fn in_time(mut is_true: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !is_true().await {
        assert!(Instant::now() < deadline, "it does not come true");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_no_commit_is_unhealthy_unless_one_was_just_done() {
    let host = Opened::postgres().await;
    in_time(async || host.store.check().await.is_ok()).await;
    let lock = Lock::on(&host, "event_log_schema").await;
    let failure = host.store.check().await.unwrap_err().to_string();
    assert!(
        failure.contains("a commit was not answered within 800 ms"),
        "{failure}"
    );
    in_time(async || {
        append(&host).await;
        host.store.check().await.is_ok()
    })
    .await;
    // A request that is refused says nothing about the database.
    in_time(async || {
        append(&host).await;
        let wrong = json!({ "instanceId": "log", "expectedVersion": 0 });
        host.refused("appendEvent", wrong).await;
        host.store.check().await.is_ok()
    })
    .await;
    lock.release().await;
    in_time(async || host.store.check().await.is_ok()).await;
    in_time(async || host.store.check().await.is_ok()).await;
    host.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_has_failed_takes_back_what_the_one_before_it_proved() {
    let host = Opened::postgres().await;
    let _lock = Lock::on(&host, "event_log_schema").await;
    append(&host).await;
    let rename = "ALTER TABLE event_log_event RENAME TO elsewhere";
    run(&mut host.session().await, rename).await;
    let failed = host.call("appendEvent", json!({ "instanceId": "log" }));
    assert_eq!(failed.await["code"], "STORAGE_FAILED");
    assert!(host.store.check().await.is_err());
    host.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_is_unhealthy_once_a_newer_one_has_changed_the_tables() {
    let host = Opened::postgres().await;
    let newer = "INSERT INTO event_log_schema (version) VALUES (99)";
    run(&mut host.session().await, newer).await;
    in_time(async || {
        let failure = host.store.check().await.unwrap_err().to_string();
        failure.contains("got 99")
    })
    .await;
    host.store.close().await;
}
