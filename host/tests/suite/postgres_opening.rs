//! Opening a PostgreSQL store: what cannot work is refused, and what can is waited for.

use std::time::Duration;

use codebolt_host::store::CommitObserver;
use codebolt_host::store::postgres::{PostgresOptions, PostgresStore};
use serde_json::json;
use sqlx::{Connection, PgConnection};

use crate::postgres_cluster::{Bouncer, Switch};
use crate::postgres_server::{folder, new_database, new_schema};
use crate::postgres_sessions::run;
use crate::stores::Opened;

/// Far more than any of these takes.
const LONG: Duration = Duration::from_secs(120);

/// Why it is not opened, when the host would wait for an hour.
async fn refused(url: &str, wait: Duration) -> String {
    let mut options = PostgresOptions::new(url);
    options.wait = wait;
    let opening = tokio::time::timeout(LONG, PostgresStore::open(options));
    let Err(failure) = opening.await.expect("it is refused at once") else {
        panic!("{url} is opened");
    };
    failure.to_string()
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waiting_cannot_mend_is_refused_at_once() {
    let url = new_database().await;
    let cases = [
        (url.replace("/test_", "/no_such_"), "database \"no_such_"),
        (url.replace("codebolt@", "nobody@"), "role \"nobody\""),
        (
            // Its socket has no TLS.
            format!("{url}&sslmode=require"),
            "sslmode=disable",
        ),
    ];
    for (url, wanted) in cases {
        let said = refused(&url, HOUR).await;
        assert!(said.contains(wanted), "{url}: {said}");
        assert!(said.contains("the PostgreSQL of --store"), "{said}");
        assert!(!said.contains("gave up"), "{said}");
    }
    // One of several may be another one's standby that is being set up.
    let either = format!(
        "{}&host={},/nowhere",
        url.replace("/test_", "/no_such_"),
        folder().await.display()
    );
    let said = refused(&either, Duration::ZERO).await;
    for part in ["no_such_", "/nowhere (port 5432): ", "gave up after 0 s"] {
        assert!(said.contains(part), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_only_reads_and_a_server_that_is_not_there_are_waited_for() {
    let url = new_database().await;
    let mut session = PgConnection::connect(&url).await.unwrap();
    let name: String = sqlx::query_scalar("SELECT current_database()")
        .fetch_one(&mut session)
        .await
        .unwrap();
    let only_reads = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    run(&mut session, &only_reads).await;
    let said = refused(&url, Duration::ZERO).await;
    for part in ["only reads (default_transaction_read_only = on)", "gave up"] {
        assert!(said.contains(part), "{said}");
    }
    let switch = Switch::to_nowhere();
    let through_switch = url.split('?').next().unwrap().to_owned() + "?host=" + &switch.socket();
    let opening = tokio::spawn(async move {
        let mut options = PostgresOptions::new(&through_switch);
        options.wait = LONG;
        Opened::on_postgres(options).await
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    run(
        &mut session,
        &format!("SET default_transaction_read_only = off; ALTER DATABASE {name} RESET default_transaction_read_only"),
    )
    .await;
    switch.turn(folder().await.to_str().unwrap());
    let host = tokio::time::timeout(LONG, opening).await.unwrap().unwrap();
    host.done("createInstance", json!({ "name": "log" })).await;
    host.store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_without_sessions_of_ones_own_is_refused() {
    let server = folder().await.to_str().unwrap();
    let bouncer = Bouncer::start(server, "transaction").await;
    let said = refused(&bouncer.url(), HOUR).await;
    assert!(said.contains("pool_mode = session"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_of_a_newer_host_are_refused_and_left_as_they_are() {
    let url = new_schema().await;
    let mut session = PgConnection::connect(&url).await.unwrap();
    let newer = "CREATE TABLE event_log_schema (version bigint NOT NULL); INSERT INTO event_log_schema VALUES (1), (99)";
    run(&mut session, newer).await;
    let said = refused(&url, HOUR).await;
    for part in ["got 99", "a newer codebolt-host"] {
        assert!(said.contains(part), "{said}");
    }
    let tables: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace",
    )
    .fetch_one(&mut session)
    .await
    .unwrap();
    assert_eq!(tables, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_closed_leaves_no_session_behind() {
    let url = new_database().await;
    let host = Opened::on_postgres(PostgresOptions::new(&url)).await;
    let _ = host.store.check().await;
    host.done("createInstance", json!({ "name": "log" })).await;
    let mut session = PgConnection::connect(&url).await.unwrap();
    let sessions = "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    let mut count = async || -> i64 {
        sqlx::query_scalar(sessions)
            .fetch_one(&mut session)
            .await
            .unwrap()
    };
    assert_ne!(count().await, 0);
    host.store.close().await;
    let gone = async {
        while count().await != 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    // The store itself still stands; only what it has closed is gone.
    tokio::time::timeout(LONG, gone)
        .await
        .expect("none is left");
    drop(host);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_whose_writer_has_panicked_says_so_and_can_be_closed() {
    let mut options = PostgresOptions::new(&new_schema().await);
    options.observer = CommitObserver::new(|_, _| panic!("as the test wants it"));
    let host = Opened::on_postgres(options).await;
    host.done("createInstance", json!({ "name": "log" })).await;
    let died = tokio::time::timeout(LONG, host.store.failed())
        .await
        .unwrap();
    assert!(died.contains("panicked"), "{died}");
    let unhealthy = host.store.check().await.unwrap_err().to_string();
    assert!(unhealthy.contains("panicked"), "{unhealthy}");
    tokio::time::timeout(LONG, host.store.close())
        .await
        .expect("it does not wait for what nobody does any more");
}
