//! On PostgreSQL, while another session holds a table that the host needs.

use std::sync::Arc;
use std::time::Duration;

use codebolt_host::store::postgres::PostgresOptions;
use codebolt_host::store::{Append, NewEvent, Write};
use futures_util::future::join;
use serde_json::{Value, json};

use crate::postgres_server::new_schema;
use crate::postgres_sessions::{Lock, run};
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
    event_count_of(host, &json!("log")).await
}

async fn event_count_of(host: &Opened, reference: &Value) -> Value {
    let asked = json!({ "instanceId": reference });
    host.done("getInstanceStats", asked).await["eventCount"].clone()
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
    // On a busy machine the second may end before the query has started.
    let error = reply["error"].as_str().unwrap();
    let is_told = |text: &str| error.contains(text);
    assert!(
        is_told("within 1 seconds") || is_told("its turn after 1 seconds"),
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

/// The host has to ask for the id of the name first, and the session in which it asks is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_to_one_instance_keep_their_order_also_when_it_could_not_be_looked_up() {
    let mut host = host(|_| ()).await;
    for round in 0..5 {
        let old = host
            .done("getInstance", json!({ "instanceId": "log" }))
            .await;
        let old = old["instance"]["id"].clone();
        // One that knows no instance yet.
        host = host.restarted().await;
        let mut lock = Lock::on(&host, "event_log_name").await;
        let sending = host.sent_at_once(vec![
            ("deleteInstance", json!({ "instanceId": old })),
            (
                "appendEvent",
                json!({ "instanceId": "log", "autoCreateInstance": true }),
            ),
        ]);
        let losing = async {
            lock.waiters(1).await;
            lock.end_waiters().await;
            lock.release().await;
        };
        let (replies, ()) = soon(join(sending, losing)).await;
        assert_eq!(replies[0]["success"], true, "round {round}: {}", replies[0]);
        assert_eq!(replies[1]["success"], true, "round {round}: {}", replies[1]);
        assert_eq!(
            event_count(&host).await,
            1,
            "round {round}: an acknowledged event was lost"
        );
    }
    soon(host.store.close()).await;
}

/// Its table of names is not to be read any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_whose_instance_cannot_be_looked_up_are_refused_and_the_next_are_done() {
    let host = host(|_| ()).await.restarted().await;
    let mut session = host.session().await;
    run(
        &mut session,
        "ALTER TABLE event_log_name RENAME TO elsewhere",
    )
    .await;
    let append = ("appendEvent", json!({ "instanceId": "log" }));
    let replies = soon(host.sent_at_once(vec![append.clone(); 3])).await;
    for reply in replies {
        assert_eq!(reply["success"], false, "{reply}");
    }
    run(
        &mut session,
        "ALTER TABLE elsewhere RENAME TO event_log_name",
    )
    .await;
    assert_eq!(
        soon(host.sent_at_once(vec![append])).await[0]["success"],
        true
    );
    assert_eq!(event_count(&host).await, 2);
    soon(host.store.close()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_over_the_bound_are_refused_but_one_large_write_alone_is_done() {
    let append = |length: usize| {
        Write::Append(Append {
            reference: "log".into(),
            create: false,
            expected_version: None,
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

/// A log `log` that the host knows by its name and by its id, so that appends behind each other share a transaction
/// whichever they name; another host changes what the names stand for while they wait. Answers the replies to appends by
/// the name, the name, the id and the name, and the id. The first is a transaction, the others are the next one.
async fn appended_while_names_change(
    host: &Opened,
    create: [bool; 4],
    change: &str,
) -> (Vec<Value>, [Value; 4]) {
    let log = host
        .done("getInstance", json!({ "instanceId": "log" }))
        .await;
    let id = log["instance"]["id"].clone();
    for reference in [&json!("log"), &id] {
        let event = json!({ "instanceId": reference });
        host.done("appendEvent", event).await;
    }
    let references = [json!("log"), json!("log"), id, json!("log")];
    let mut lock = Lock::on(host, "event_log_name").await;
    let append = |(reference, create): (&Value, bool)| {
        let event = json!({ "instanceId": reference, "autoCreateInstance": create });
        ("appendEvent", event)
    };
    let sending = host.sent_at_once(references.iter().zip(create).map(append).collect());
    let changing = async {
        lock.waiters(1).await;
        lock.after(change).await;
    };
    let (replies, ()) = soon(join(sending, changing)).await;
    (replies, references)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_several_appends_to_an_instance_that_is_gone_is_told_of_its_own_name() {
    let host = host(|_| ()).await;
    let delete = "DELETE FROM event_log_name";
    let (replies, references) = appended_while_names_change(&host, [false; 4], delete).await;
    for (reply, reference) in replies.iter().zip(references) {
        let error = reply["error"].as_str().unwrap();
        assert!(
            error.contains(&reference.to_string()),
            "{reference}: {reply}"
        );
    }
    soon(host.store.close()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_several_appends_to_an_instance_that_is_gone_makes_the_one_that_it_names() {
    let host = host(|_| ()).await;
    let delete = "DELETE FROM event_log_name";
    let (replies, references) = appended_while_names_change(&host, [true; 4], delete).await;
    for reply in replies {
        assert_eq!(reply["success"], true, "{reply}");
    }
    assert_eq!(event_count(&host).await, 3);
    assert_eq!(event_count_of(&host, &references[2]).await, 1);
    soon(host.store.close()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_of_one_transaction_make_each_the_instance_that_it_names() {
    let host = host(|_| ()).await;
    let delete = "DELETE FROM event_log_name";
    // The first finds none, and makes none for the others.
    let create = [false, true, true, true];
    let (replies, references) = appended_while_names_change(&host, create, delete).await;
    for (reply, create) in replies.iter().zip(create) {
        assert_eq!(reply["success"], create, "{reply}");
    }
    assert_eq!(event_count(&host).await, 2);
    assert_eq!(event_count_of(&host, &references[2]).await, 1);
    soon(host.store.close()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_by_a_name_that_now_is_another_instances_go_to_that_one() {
    let host = host(|_| ()).await;
    host.done("createInstance", json!({ "name": "other" }))
        .await;
    let rename = "UPDATE event_log_name SET name = 'elsewhere' WHERE name = 'log';
         UPDATE event_log_name SET name = 'log' WHERE name = 'other'";
    let (replies, references) = appended_while_names_change(&host, [false; 4], rename).await;
    for (reply, reference) in replies.iter().zip(&references) {
        assert_eq!(reply["success"], true, "{reply}");
        let is_by_id = reply["data"]["event"]["instanceId"] == references[2];
        assert_eq!(is_by_id, *reference == references[2], "{reply}");
    }
    assert_eq!(event_count(&host).await, 3);
    soon(host.store.close()).await;
}

/// As an administrator does, or a tool that ends what waits for locks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_somebody_cancels_in_the_server_does_not_say_that_its_time_was_over() {
    let host = host(|_| ()).await;
    let lock = Lock::on(&host, "event_log_event").await;
    let mut other = host.session().await;
    let cancelling = async {
        // Its short attempt may be the first that is hit; then it starts again.
        loop {
            sqlx::query(
                "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE NOT granted
                 AND relation = 'event_log_event'::regclass
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            )
            .execute(&mut other)
            .await
            .unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let reply = soon(async {
        tokio::select! {
            reply = host.call("queryEvents", all_events()) => reply,
            () = cancelling => unreachable!("it has no end"),
        }
    });
    let reply: Value = reply.await;
    assert_eq!(reply["code"], "BUSY", "{reply}");
    let error = reply["error"].as_str().unwrap();
    assert!(error.contains("it was cancelled there"), "{error}");
    lock.release().await;
    soon(host.store.close()).await;
}
