//! PostgreSQL goes away, changes, or stands behind a pooler. What is answered is what happened.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::host_process::{Client, HostProcess, program};
use crate::postgres_cluster::{Bouncer, Cluster, Switch};
use crate::workload::{Known, LOG, Numbers, append, assert_true};

pub async fn log_of(client: &Client) -> String {
    let made = client.done("createInstance", json!({ "name": LOG })).await;
    made["instance"]["id"].as_str().unwrap().to_owned()
}

pub async fn healthy(host: &HostProcess) {
    let deadline = std::time::Instant::now() + Duration::from_secs(40);
    while !host.http("/health").await.starts_with("HTTP/1.1 200") {
        assert!(
            std::time::Instant::now() < deadline,
            "the host does not recover"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits until reads are answered. A commit of a moment ago is proof of health, and may be of the server that is gone.
async fn reads(client: &Client) {
    let deadline = std::time::Instant::now() + Duration::from_secs(40);
    let query = json!({ "query": { "from": { "instance": LOG } } });
    loop {
        let reply = client.call("queryEvents", query.clone()).await.unwrap();
        if reply["success"] == true {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "{reply}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Clients append while `fault` does what it does; then all answers have to be true.
pub async fn appends_survive(host: &HostProcess, fault: impl Future<Output = ()>) {
    let id = log_of(&host.client().await).await;
    let numbers = Numbers::default();
    let mut known = Known::default();
    let clients = [
        host.client().await,
        host.client().await,
        host.client().await,
    ];
    let appending =
        async { join_all(clients.map(|client| append(client, id.clone(), &numbers, 300))).await };
    let (all, ()) = tokio::join!(appending, fault);
    for more in all {
        known.extend(more);
    }
    healthy(host).await;
    let client = host.client().await;
    reads(&client).await;
    assert!(known.done() > 100, "only {} were done", known.done());
    client
        .done(
            "appendEvent",
            json!({ "instanceId": LOG, "payload": u32::MAX }),
        )
        .await;
    assert_true(&client, &known).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_immediate_restart_of_postgresql_under_load_makes_no_answer_untrue() {
    let mut cluster = Cluster::start(&[]).await;
    let host = HostProcess::start(&["--store", &cluster.url()]);
    appends_survive(&host, async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        cluster.end("QUIT");
        // What was committed a moment ago shows nothing any more.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let health = host.http("/health").await;
        assert!(health.starts_with("HTTP/1.1 503"), "{health}");
        assert!(host.http("/health/live").await.starts_with("HTTP/1.1 200"));
        cluster.resume().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_synchronous_standby_that_is_promoted_under_load_has_all_that_was_answered() {
    let mut primary = Cluster::start(&[]).await;
    let standby = primary.synchronous_standby().await;
    let switch = Switch::to(primary.socket());
    let host = HostProcess::start(&["--store", &switch.url()]);
    appends_survive(&host, async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        primary.end("QUIT");
        standby.promote().await;
        switch.turn(standby.socket());
    })
    .await;
}

/// Behind PgBouncer the end of a server that waits for its standby looks like an error that the
/// database itself has answered to COMMIT; the commit is there all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_loses_its_server_behind_a_pooler_is_unknown_and_never_done_twice() {
    let cluster = Cluster::start(&[]).await;
    let bouncer = Bouncer::start(cluster.socket(), "session").await;
    let host = HostProcess::start(&["--store", &bouncer.url()]);
    let client = host.client().await;
    log_of(&client).await;
    let standbys = async |names: &str| {
        cluster
            .run(&format!(
                "ALTER SYSTEM SET synchronous_standby_names = '{names}'"
            ))
            .await;
        cluster.run("SELECT pg_reload_conf()").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    standbys("nobody").await;
    let append = |n: i64| client.call("appendEvent", json!({ "instanceId": LOG, "payload": n }));
    let first = append(0);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let others = join_all((1..6).map(append));
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = 'COMMIT'";
    for _ in 0..2 {
        while cluster.number(waiting).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        cluster
            .run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = 'COMMIT'")
            .await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let (first, others) = tokio::join!(first, others);
    standbys("").await;
    healthy(&host).await;
    let query = json!({ "query": { "from": { "instance": LOG } } });
    let found = client.done("queryEvents", query).await;
    let stored: Vec<i64> = found["result"]["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["payload"].as_i64().unwrap())
        .collect();
    for (n, reply) in std::iter::once(first).chain(others).enumerate() {
        let reply: Value = reply.unwrap();
        let times = stored.iter().filter(|stored| **stored == n as i64).count();
        assert!(times <= 1, "{n} is there {times} times: {stored:?}");
        assert_eq!(reply["success"], false, "{reply}");
        assert!(
            reply["error"].as_str().unwrap().contains("unknown"),
            "{reply}"
        );
    }
    assert!(
        stored.contains(&0),
        "what is unknown here was done: {stored:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_with_sessions_works_and_its_crash_makes_no_answer_untrue() {
    let cluster = Cluster::start(&[]).await;
    let mut bouncer = Bouncer::start(cluster.socket(), "session").await;
    let host = HostProcess::start(&["--store", &bouncer.url()]);
    appends_survive(&host, async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        bouncer.kill();
        bouncer.resume().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_without_sessions_is_refused_at_the_start_in_a_sentence() {
    let cluster = Cluster::start(&[]).await;
    for mode in ["transaction", "statement"] {
        let bouncer = Bouncer::start(cluster.socket(), mode).await;
        let output = program()
            .args(["--port", "0", "--store", &bouncer.url()])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{mode}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("pool_mode = session"), "{mode}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_only_reads_or_waits_for_a_standby_is_said_to_be() {
    let cluster = Cluster::start(&[]).await;
    let host = HostProcess::start(&["--store", &cluster.url()]);
    let client = host.client().await;
    log_of(&client).await;
    let states = [
        ("default_transaction_read_only", "on", "off", "read-only"),
        ("synchronous_standby_names", "nobody", "", "not answered"),
    ];
    for (setting, bad, good, said) in states {
        let set = async |value: &str| {
            cluster
                .run(&format!("ALTER SYSTEM SET {setting} = '{value}'"))
                .await;
            cluster.run("SELECT pg_reload_conf()").await;
            tokio::time::sleep(Duration::from_millis(1_200)).await;
        };
        set(bad).await;
        let health = host.http("/health").await;
        assert!(
            health.starts_with("HTTP/1.1 503") && health.contains(said),
            "{health}"
        );
        set(good).await;
        healthy(&host).await;
    }
}
