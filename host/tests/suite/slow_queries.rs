//! One client asks for more than its part. The others are served, and a query that nobody waits for ends.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::host_process::{Client, HostProcess};
use crate::limits::soon;
use crate::postgres_server::new_database;

/// A host with a log that takes minutes to look through by [`slow`].
async fn host(arguments: &[&str]) -> HostProcess {
    let host = HostProcess::start(arguments);
    let client = host.client().await;
    client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let list: Vec<u32> = (0..2_000).collect();
    let events = vec![json!({ "payload": { "l": list } }); 1_000];
    let params = json!({ "instanceId": "log", "events": events });
    client.done("appendEvents", params).await;
    host
}

fn query(conditions: usize) -> Value {
    let condition = json!({ "field": "payload.l", "operator": "contains", "value": 1_999 });
    json!({ "query": { "from": { "instance": "log" }, "where": vec![condition; conditions], "limit": 0 } })
}

fn slow() -> Value {
    query(99)
}

/// What every other client does all the time.
async fn small_things_are_done_soon(host: &HostProcess, client: &Client) {
    let log = json!({ "instanceId": "log" });
    soon("getInstance", client.done("getInstance", log.clone())).await;
    soon("stats", client.done("getInstanceStats", log.clone())).await;
    soon("a list", client.done("listInstances", json!({}))).await;
    let last = json!({ "query": { "from": { "instance": "log" }, "limit": 1 } });
    soon("a small query", client.done("queryEvents", last)).await;
    soon("an append", client.done("appendEvent", log)).await;
    let health = soon("the health", host.http("/health")).await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
}

async fn one_client_does_not_starve_the_others(store: &[&str]) {
    let host = host(store).await;
    let greedy = host.client().await;
    let _replies: Vec<_> = (0..100)
        .map(|_| greedy.call("queryEvents", slow()))
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let modest = host.client().await;
    small_things_are_done_soon(&host, &modest).await;
    // One of the long readers is for somebody else, too.
    soon(
        "a query of 0.1 s or more",
        modest.done("queryEvents", query(1)),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_slow_queries_of_one_client_hold_nobody_else_up_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    one_client_does_not_starve_the_others(&["--data", file.to_str().unwrap()]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_slow_queries_of_one_client_hold_nobody_else_up_on_postgres() {
    one_client_does_not_starve_the_others(&["--store", &new_database().await]).await;
}

/// Clients that ask and leave at once.
async fn leave(host: &HostProcess) {
    for _ in 0..8 {
        let client = host.client().await;
        let reply = client.call("queryEvents", slow());
        tokio::time::sleep(Duration::from_millis(300)).await;
        client.leave();
        drop(reply);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_ends_when_its_client_leaves_and_when_the_host_is_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let arguments = ["--data", file.to_str().unwrap(), "--query-timeout", "600"];
    let mut host = host(&arguments).await;
    leave(&host).await;
    // All readers but one would be busy for minutes, and that one with another of the same.
    let askers = join_all((0..4).map(|_| host.client())).await;
    let asked = askers
        .iter()
        .map(|client| client.done("queryEvents", query(2)));
    soon("a query after others were left", join_all(asked)).await;
    let staying = host.client().await;
    let reply = staying.call("queryEvents", slow());
    tokio::time::sleep(Duration::from_millis(300)).await;
    host.terminate();
    let reply = soon("the stop", reply).await.expect("it is answered");
    assert_eq!(reply["success"], false, "{reply}");
    assert!(
        reply["error"].as_str().unwrap().contains("shutting down"),
        "{reply}"
    );
    assert!(host.ended().success());
    assert!(
        !folder.path().join("events.db-wal").exists(),
        "nothing is left of the log"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_runs_no_query_on_that_nobody_waits_for() {
    use sqlx::{Connection, Row};
    let database = new_database().await;
    let host = host(&["--store", &database, "--query-timeout", "600"]).await;
    leave(&host).await;
    let mut server = sqlx::PgConnection::connect(&database).await.unwrap();
    let ended = async {
        loop {
            let active: i64 = sqlx::query(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                 AND state = 'active' AND query LIKE '%count(*) FROM event_log_event%'
                 AND pid <> pg_backend_pid()",
            )
            .fetch_one(&mut server)
            .await
            .unwrap()
            .get(0);
            if active == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    soon("the end of the queries", ended).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_a_permit_counts_against_the_time_limit() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = host(&["--data", file.to_str().unwrap(), "--query-timeout", "2"]).await;
    let client = host.client().await;
    let replies = join_all((0..40).map(|_| client.call("queryEvents", slow())));
    let replies = soon("all of them", replies).await;
    let with = |text: &str| {
        let has = |reply: &&Option<Value>| {
            let reply = reply.as_ref().expect("the connection lives");
            reply["error"].as_str().unwrap().contains(text)
        };
        replies.iter().filter(has).count()
    };
    let (stopped, not_started) = (
        with("within 2 seconds"),
        with("still waiting for its turn after 2 seconds"),
    );
    assert!(stopped > 0 && not_started > 0, "{replies:?}");
    assert_eq!(stopped + not_started, 40, "{replies:?}");
}
