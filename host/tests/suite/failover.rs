//! Several PostgreSQL servers in one address: the primary is lost, a standby is promoted, and the hosts
//! go on there. Nothing that was acknowledged is lost, and no answer says what did not happen.

use std::time::Duration;

use serde_json::{Value, json};

use crate::commit_truth::{appends_survive, healthy, log_of};
use crate::host_process::{HostProcess, logged};
use crate::postgres_cluster::{Cluster, url_of};
use crate::workload::LOG;

async fn count(host: &HostProcess) -> Value {
    let query = json!({ "query": { "from": { "instance": LOG }, "limit": 0 } });
    let found = host.client().await.done("queryEvents", query).await;
    found["result"]["total"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_primary_is_killed_under_load_hosts_go_on_at_the_promoted_standby() {
    let mut primary = Cluster::start(&[]).await;
    let standby = primary.synchronous_standby().await;
    let url = url_of(&[&primary, &standby]);
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let host = HostProcess::start_with_log(&["--store", &url], &log);
    let other = HostProcess::start(&["--store", &url]);
    appends_survive(&host, async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        primary.kill();
        standby.promote().await;
    })
    .await;
    logged(&log, &["is used from now on"]).await;
    healthy(&other).await;
    assert_eq!(count(&other).await, count(&host).await);
    let appended = json!({ "instanceId": LOG, "payload": "by the other one" });
    other.client().await.done("appendEvent", appended).await;

    // What is left of the failover comes back, takes writes as far as it knows, and is not used.
    primary.resume().await;
    let promoted = count(&host).await;
    assert_ne!(
        primary.number("SELECT count(*) FROM event_log_event").await,
        promoted.as_i64().unwrap()
    );
    let new = HostProcess::start(&["--store", &url]);
    assert_eq!(count(&new).await, promoted);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(count(&host).await, promoted, "it stays where it is");
}

/// Connections to it stay open, and nothing ever comes: only the other server shows what to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_that_answers_nothing_any_more_is_left_for_the_promoted_standby() {
    let primary = Cluster::start(&[]).await;
    let standby = primary.synchronous_standby().await;
    let host = HostProcess::start(&["--store", &url_of(&[&primary, &standby])]);
    let mut frozen = None;
    appends_survive(&host, async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        frozen = Some(primary.frozen());
        standby.promote().await;
    })
    .await;
    assert!(count(&host).await.as_i64().unwrap() > 0);
    drop(frozen);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_finds_only_a_hot_standby_says_so_and_starts_when_it_is_promoted() {
    let mut primary = Cluster::start(&[]).await;
    let standby = primary.synchronous_standby().await;
    let url = url_of(&[&primary, &standby]);
    let host = HostProcess::start(&["--store", &url]);
    log_of(&host.client().await).await;
    let appended = json!({ "instanceId": LOG, "payload": 1 });
    host.client().await.done("appendEvent", appended).await;
    drop(host);
    primary.kill();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    std::fs::write(&log, "").unwrap();
    let start = {
        let log = log.clone();
        tokio::task::spawn_blocking(move || HostProcess::start_with_log(&["--store", &url], &log))
    };
    let text = logged(&log, &["hot standby", "trying again"]).await;
    assert!(text.contains(standby.socket()), "{text}");
    assert!(text.contains(primary.socket()), "{text}");
    standby.promote().await;
    let host = start.await.unwrap();
    assert_eq!(count(&host).await, 1);
}

/// With one address nothing can be looked for, but what it leads to can change.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_waits_for_its_only_server_gives_up_in_time_with_the_reason() {
    let primary = Cluster::start(&[]).await;
    let standby = primary.synchronous_standby().await;
    let output = crate::host_process::program()
        .args([
            "--port",
            "0",
            "--store",
            &standby.url(),
            "--store-wait",
            "1",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    for part in ["hot standby", standby.socket(), "gave up after 1 s"] {
        assert!(error.contains(part), "{error}");
    }
}

/// An operator promotes the standby while the primary still runs. The primary's commits wait for a
/// standby that is none any more, so it can acknowledge nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_whose_standby_was_promoted_is_left_although_it_still_takes_writes() {
    let primary = Cluster::start(&[]).await;
    let standby = primary.synchronous_standby().await;
    let host = HostProcess::start(&["--store", &url_of(&[&primary, &standby])]);
    let client = host.client().await;
    log_of(&client).await;
    let append = async |payload: u32| {
        let params = json!({ "instanceId": LOG, "payload": payload });
        client.call("appendEvent", params).await.unwrap()
    };
    assert_eq!(append(1).await["success"], true);
    standby.promote().await;
    // Whichever of the two it goes to, it is not acknowledged and lost.
    let between = append(2).await;
    healthy(&host).await;
    assert_eq!(append(3).await["success"], true);
    let stored = standby.number("SELECT count(*) FROM event_log_event").await;
    let acknowledged = 2 + i64::from(between["success"] == true);
    assert!(
        stored == acknowledged || between["error"].as_str().unwrap().contains("unknown"),
        "{stored} are there, {acknowledged} were acknowledged: {between}"
    );
    assert_eq!(count(&host).await, stored);
}
