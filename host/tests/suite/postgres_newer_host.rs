//! A database that a newer host has made or changed.

use sqlx::{Connection, PgConnection};

use crate::host_process::{HostProcess, program};
use crate::postgres_server::new_database;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_a_newer_host_is_refused_at_the_start_and_by_a_host_that_runs() {
    let url = new_database().await;
    let host = HostProcess::start(&["--store", &url]);
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::query("INSERT INTO event_log_schema (version) VALUES (99)")
        .execute(&mut connection)
        .await
        .unwrap();
    let health = host.http("/health").await;
    assert!(
        health.starts_with("HTTP/1.1 503") && health.contains("got 99"),
        "{health}"
    );
    let output = program()
        .args(["--port", "0", "--store", &url])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    for part in ["got 99", "a newer codebolt-host"] {
        assert!(error.contains(part), "{error}");
    }
}
