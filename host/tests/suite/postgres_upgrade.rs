//! A database that an older host has made, and an older host that still runs on it.

use std::time::Duration;

use codebolt_host::store::postgres::PostgresOptions;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::log_lines::LogLines;
use crate::postgres_server::new_schema;
use crate::postgres_sessions::run;
use crate::stores::Opened;

/// A dump of what a host of schema version 1 has stored.
const FIRST: &str = include_str!("../fixtures/postgres-schema-1.sql");

async fn first_database() -> String {
    let url = new_schema().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let dump = FIRST.replace("public.", "");
    sqlx::raw_sql(AssertSqlSafe(dump))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    url
}

async fn instances(host: &Opened) -> Vec<Value> {
    let listed = host.done("listInstances", json!({})).await;
    listed["instances"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_that_start_at_once_bring_an_older_database_up_to_date_with_all_that_is_in_it() {
    let url = first_database().await;
    let starts = (0..3).map(|_| Opened::on_postgres(PostgresOptions::new(&url)));
    let hosts: Vec<Opened> = join_all(starts).await;
    for host in &hosts {
        let all = instances(host).await;
        let names: Vec<&str> = all
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["orders", "empty"], "oldest first");
        assert_eq!(all[0]["description"], "all orders");
        assert_eq!(all[0]["createdAt"], "2026-11-26T19:09:08.822Z");
        assert!(all[1].get("description").is_none(), "{}", all[1]);
    }
    let client = &hosts[0];
    let query = json!({ "query": { "from": { "instance": "orders" } } });
    let found = client.done("queryEvents", query).await;
    let events = found["result"]["events"].as_array().unwrap();
    let payloads: Vec<&Value> = events.iter().map(|event| &event["payload"]).collect();
    assert_eq!(
        payloads,
        [
            &json!({ "n": 1, "text": "å" }),
            &json!({ "n": 2.5 }),
            &json!("text")
        ]
    );
    // What stood on in the counters goes on, in the instance and in its streams.
    let id = events[0]["instanceId"].clone();
    let next = json!({ "instanceId": id, "streamId": "a", "expectedVersion": 2 });
    let event = client.done("appendEvent", next).await["event"].clone();
    assert_eq!(event["sequence_number"], 3);
    let again = json!({ "instanceId": "orders", "eventId": "known" });
    assert_eq!(client.done("appendEvent", again).await["duplicate"], true);
    let taken = client.refused("createInstance", json!({ "name": "empty" }));
    assert!(taken.await.contains("exists"));
    let stats = client
        .done("getInstanceStats", json!({ "instanceId": "orders" }))
        .await;
    assert_eq!(stats["eventCount"], 4);
}

#[tokio::test]
async fn the_log_says_that_tables_were_brought_up_to_date_and_only_then() {
    let log = LogLines::of_this_thread();
    let said = || log.with("brought up to date").len();
    let new = PostgresOptions::new(&new_schema().await);
    for start in ["first", "second"] {
        let host = Opened::on_postgres(new.clone()).await;
        host.store.close().await;
        assert_eq!(said(), 0, "the {start} start has found no older tables");
    }
    let older = PostgresOptions::new(&first_database().await);
    for start in ["first", "second"] {
        let host = Opened::on_postgres(older.clone()).await;
        host.store.close().await;
        assert_eq!(said(), 1, "after the {start} start");
    }
    let line = log.with("brought up to date").remove(0);
    assert!(line.contains("from=1 to=2"), "{line}");
}

#[tokio::test]
async fn the_log_says_what_tables_that_are_in_use_are_waited_for() {
    let url = first_database().await;
    let mut older = PgConnection::connect(&url).await.unwrap();
    run(
        &mut older,
        "BEGIN; LOCK TABLE event_log_instance IN ACCESS SHARE MODE",
    )
    .await;
    let log = LogLines::of_this_thread();
    let releasing = async {
        log.line("another session has used them for 5 s").await;
        run(&mut older, "COMMIT").await;
    };
    let opening = Opened::on_postgres(PostgresOptions::new(&url));
    let (host, ()) = join(opening, releasing).await;
    assert_eq!(instances(&host).await.len(), 2);
    host.store.close().await;
}

/// What a host of schema version 1 does first in each of its operations, as it has prepared it.
async fn older_host(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "SELECT id, name, description, created_at, updated_at, last_position FROM event_log_instance WHERE id = $1 OR name = $1
         ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END LIMIT 1",
    )
    .bind("orders")
    .fetch_optional(connection)
    .await
    .map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_host_that_still_runs_is_waited_for_and_then_refused_in_a_sentence() {
    let url = first_database().await;
    let mut older = PgConnection::connect(&url).await.unwrap();
    older_host(&mut older).await.unwrap();
    // It is in the middle of an append.
    let mut append = older.begin().await.unwrap();
    older_host(&mut append).await.unwrap();
    let start = {
        let url = url.clone();
        tokio::spawn(async move { Opened::on_postgres(PostgresOptions::new(&url)).await })
    };
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!start.is_finished(), "it does not pull the tables away");
    sqlx::query("UPDATE event_log_instance SET last_position = 3 WHERE name = 'orders'")
        .execute(&mut *append)
        .await
        .unwrap();
    append.commit().await.unwrap();
    let host = start.await.unwrap();
    assert_eq!(instances(&host).await.len(), 2);
    for _ in 0..2 {
        let error = older_host(&mut older).await.unwrap_err().to_string();
        assert!(error.contains("a newer codebolt-host"), "{error}");
    }
    let list = "SELECT id FROM event_log_instance ORDER BY created_at, id LIMIT 1";
    for statement in [list, "SELECT 1 FROM event_log_instance WHERE id = 'x'"] {
        let refused = sqlx::query(statement).fetch_all(&mut older).await;
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("schema version 2"), "{error}");
    }
}
