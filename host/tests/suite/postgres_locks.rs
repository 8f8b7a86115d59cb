//! On PostgreSQL, while another session holds a table that the host needs.

use std::sync::Arc;
use std::time::Duration;

use codebolt_host::store::postgres::PostgresOptions;
use codebolt_host::store::{Append, NewEvent, Write};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::postgres_server::new_schema;
use crate::postgres_sessions::Lock;
use crate::stores::Opened;

async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(120), work)
        .await
        .expect("it ends")
}

/// A host whose log `log` has one event.
async fn host(change: impl FnOnce(&mut PostgresOptions)) -> Opened {
    let mut options = PostgresOptions::new(&new_schema().await);
    change(&mut options);
    let host = Opened::on_postgres(options).await;
    let event = json!({ "instanceId": "log", "autoCreateInstance": true });
    host.done("appendEvent", event).await;
    host
}

fn all_events() -> Value {
    json!({ "query": { "from": { "instance": "log" } } })
}

async fn event_count(host: &Opened) -> Value {
    let log = json!({ "instanceId": "log" });
    host.done("getInstanceStats", log).await["eventCount"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_told_to_stop_ends_its_reads_in_the_server_too() {
    let host = host(|_| ()).await;
    let mut lock = Lock::on(&host, "event_log_event").await;
    let asking = host.call("queryEvents", all_events());
    let stopping = async {
        lock.waiters(1).await;
        host.store.stop_reading();
    };
    let (reply, ()) = soon(join(asking, stopping)).await;
    assert_eq!(reply["code"], "SHUTTING_DOWN", "{reply}");
    lock.waiters(0).await;
    lock.release().await;
    soon(host.store.close()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_ends_at_its_time_limit_in_the_server_too() {
    let host = host(|options| options.query_timeout = Duration::from_secs(1)).await;
    let mut lock = Lock::on(&host, "event_log_event").await;
    let reply = soon(host.call("queryEvents", all_events())).await;
    // On a busy machine the second may end before the query has begun.
    let error = reply["error"].as_str().unwrap();
    let is_told = |text: &str| error.contains(text);
    assert!(
        is_told("longer than 1 seconds") || is_told("waited 1 seconds"),
        "{reply}"
    );
    lock.waiters(0).await;
    lock.release().await;
    let answered =
        async { while host.call("queryEvents", all_events()).await["success"] != true {} };
    soon(answered).await;
    soon(host.store.close()).await;
}

/// Nobody waits for it: the time limit is an hour away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_ends_in_the_server_when_its_asker_has_gone() {
    let host = host(|options| options.query_timeout = Duration::from_secs(3600)).await;
    let mut lock = Lock::on(&host, "event_log_event").await;
    {
        let asking = std::pin::pin!(host.call("queryEvents", all_events()));
        let waiting = std::pin::pin!(async {
            // Once it is known to be a long one.
            tokio::time::sleep(Duration::from_millis(300)).await;
            lock.waiters(1).await;
        });
        futures_util::future::select(asking, waiting).await;
    }
    lock.waiters(0).await;
    lock.release().await;
    soon(host.store.close()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_over_the_bound_are_refused_and_those_that_were_taken_are_done() {
    let host = host(|options| options.queued_writes = 3).await;
    // What was done makes room again.
    for round in 1..3 {
        let lock = Lock::on(&host, "event_log_head").await;
        let sending = host.sent_at_once(vec![("appendEvent", json!({ "instanceId": "log" })); 4]);
        let (replies, ()) = soon(join(sending, lock.release())).await;
        for reply in &replies[..3] {
            assert_eq!(reply["success"], true, "{reply}");
        }
        assert_eq!(replies[3]["code"], "BUSY", "{}", replies[3]);
        assert_eq!(event_count(&host).await, 1 + 3 * round);
    }
    soon(host.store.close()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_over_the_bound_are_refused_but_one_large_write_alone_is_done() {
    let append = |length: usize| {
        Write::Append(Append {
            reference: "log".into(),
            create: false,
            events: vec![NewEvent {
                id: None,
                stream_id: Arc::from("s"),
                event_type: Arc::from("e"),
                payload: Arc::from(json!("x".repeat(length)).to_string()),
                metadata: Arc::from("{}"),
                expected_version: None,
                timestamp: None,
            }],
        })
    };
    let size = append(1_000).size();
    let host = host(|options| options.queued_bytes = 2 * size).await;
    for lengths in [&[1_000, 1_000, 0][..], &[50_000, 0]] {
        let lock = Lock::on(&host, "event_log_head").await;
        let mut pending: Vec<_> = lengths
            .iter()
            .map(|length| host.store.submit(append(*length)))
            .collect();
        let refused = soon(pending.pop().unwrap()).await.unwrap().unwrap_err();
        assert!(refused.to_string().contains("try again later"), "{refused}");
        lock.release().await;
        for done in pending {
            soon(done).await.unwrap().unwrap();
        }
    }
    assert_eq!(event_count(&host).await, 4);
    soon(host.store.close()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_closed_does_what_it_has_taken_and_takes_no_more() {
    let host = host(|_| ()).await;
    let mut lock = Lock::on(&host, "event_log_head").await;
    let taken = host.sent_at_once(vec![("appendEvent", json!({ "instanceId": "log" })); 20]);
    let closing = async {
        lock.waiters(1).await;
        let closed = async { host.store.close().await };
        let late = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let late = host
                .call("appendEvent", json!({ "instanceId": "log" }))
                .await;
            assert_eq!(late["code"], "SHUTTING_DOWN", "{late}");
            lock.release().await;
        };
        join(closed, late).await;
    };
    let (replies, ()) = soon(join(taken, closing)).await;
    for reply in replies {
        assert_eq!(reply["success"], true, "{reply}");
    }
    let host = host.restarted().await;
    assert_eq!(event_count(&host).await, 21);
    soon(host.store.close()).await;
}

/// Appends behind each other share a transaction, also under different names of an instance that another host deletes
/// meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_several_writes_to_an_instance_that_is_gone_is_told_of_its_own_name() {
    let host = host(|_| ()).await;
    let log = host
        .done("getInstance", json!({ "instanceId": "log" }))
        .await;
    let id = log["instance"]["id"].clone();
    // The host knows that both are one.
    for reference in [&json!("log"), &id] {
        let event = json!({ "instanceId": reference });
        host.done("appendEvent", event).await;
    }
    let mut lock = Lock::on(&host, "event_log_name").await;
    let references = [&json!("log"), &json!("log"), &id, &json!("log")];
    let sending = host.sent_at_once(
        references
            .iter()
            .map(|reference| ("appendEvent", json!({ "instanceId": reference })))
            .collect(),
    );
    let deleting = async {
        lock.waiters(1).await;
        lock.after("DELETE FROM event_log_name").await;
    };
    let (replies, ()) = soon(join(sending, deleting)).await;
    for (reply, reference) in replies.iter().zip(references) {
        let error = reply["error"].as_str().unwrap();
        assert!(
            error.contains(&reference.to_string()),
            "{reference}: {reply}"
        );
    }
    soon(host.store.close()).await;
}
