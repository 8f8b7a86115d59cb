//! The database's file: only a host's own, only the one that was opened, and what is damaged in it.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::host_process::{Client, HostProcess, logged, program};

async fn append(client: &Client) -> Value {
    let params = json!({ "instanceId": "log", "autoCreateInstance": true });
    client.call("appendEvent", params).await.unwrap()
}

/// Started on that file it has to end with an error that has all of these.
fn is_refused(data: &str, wanted: &[&str]) {
    let output = program()
        .args(["--port", "0", "--data", data])
        .output()
        .unwrap();
    assert!(!output.status.success(), "{data}");
    let error = String::from_utf8(output.stderr).unwrap();
    for part in wanted {
        assert!(error.contains(part), "{data}: {error}");
    }
}

#[tokio::test]
async fn a_file_that_is_removed_under_the_host_takes_no_more_writes() {
    for ending in ["", "-wal"] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("events.db");
        let host = HostProcess::on_file(&file);
        let client = host.client().await;
        assert_eq!(append(&client).await["success"], true);
        let removed = folder.path().join(format!("events.db{ending}"));
        let aside = folder.path().join("aside");
        std::fs::rename(&removed, &aside).unwrap();
        let reply = append(&client).await;
        assert_eq!(reply["success"], false, "{ending}: {reply}");
        let error = reply["error"].as_str().unwrap();
        assert!(
            error.contains("was removed") && error.contains(removed.to_str().unwrap()),
            "{error}"
        );
        let health = host.http("/health").await;
        assert!(
            health.starts_with("HTTP/1.1 503") && health.contains("was removed"),
            "{health}"
        );
        // It comes back: nothing was lost, and it goes on.
        std::fs::rename(&aside, &removed).unwrap();
        assert_eq!(append(&client).await["success"], true);
        let reply = client
            .done("getInstanceStats", json!({ "instanceId": "log" }))
            .await;
        assert_eq!(reply["eventCount"], 2, "{ending}");
    }
}

#[tokio::test]
async fn a_file_that_is_replaced_under_the_host_is_neither_written_nor_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let other = folder.path().join("other.db");
    let mut second = HostProcess::on_file(&other);
    append(&second.client().await).await;
    second.terminate();
    second.ended();
    let host = HostProcess::on_file(&file);
    let client = host.client().await;
    assert_eq!(append(&client).await["success"], true);
    std::fs::rename(&other, &file).unwrap();
    let reply = append(&client).await;
    assert_eq!(reply["success"], false);
    assert!(reply["error"].as_str().unwrap().contains("was replaced"));
    assert!(host.http("/health").await.starts_with("HTTP/1.1 503"));
}

#[test]
fn what_is_no_file_of_a_hosts_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for name in [
        ":memory:",
        "file:x?mode=memory&cache=shared",
        "file::memory:",
    ] {
        is_refused(name, &["--data", "expected the path of a file"]);
    }
    is_refused(
        folder.path().to_str().unwrap(),
        &["--data", "expected a file"],
    );
    let text = path("text.db");
    std::fs::write(
        &text,
        "this is not a database, but long enough to be looked at. ".repeat(50),
    )
    .unwrap();
    let before = std::fs::read(&text).unwrap();
    is_refused(
        &text,
        &["cannot use", "text.db", "not a database", "name another"],
    );
    assert_eq!(std::fs::read(&text).unwrap(), before);
    // Another program's databases: with an application_id of its own, with tables only, with a
    // table that has a name of ours.
    for (name, sql) in [
        ("id.db", "PRAGMA application_id = 7; CREATE TABLE a (b)"),
        ("tables.db", "CREATE TABLE customers (name)"),
        (
            "version.db",
            "PRAGMA user_version = 1; CREATE TABLE event (name)",
        ),
        ("bare.db", "PRAGMA user_version = 5"),
    ] {
        let file = path(name);
        Connection::open(&file).unwrap().execute_batch(sql).unwrap();
        let before = std::fs::read(&file).unwrap();
        is_refused(&file, &[name, "another program's"]);
        assert_eq!(std::fs::read(&file).unwrap(), before, "{name}");
        assert!(!Path::new(&format!("{file}-wal")).exists());
    }
}

#[tokio::test]
async fn a_file_of_a_host_that_did_not_mark_its_files_yet_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let mut host = HostProcess::on_file(&file);
    append(&host.client().await).await;
    host.terminate();
    host.ended();
    let database = Connection::open(&file).unwrap();
    let mark = |database: &Connection| {
        database.query_row("PRAGMA application_id", [], |row| row.get::<_, i64>(0))
    };
    assert_ne!(mark(&database), Ok(0));
    // As such a host made it: with the first version's tables.
    let first = "DROP TABLE deleted; PRAGMA user_version = 1; PRAGMA application_id = 0";
    database.execute_batch(first).unwrap();
    drop(database);
    let host = HostProcess::on_file(&file);
    assert_eq!(append(&host.client().await).await["success"], true);
    drop(host);
    assert_ne!(mark(&Connection::open(&file).unwrap()), Ok(0));
}

#[tokio::test]
async fn a_file_that_another_process_has_locked_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::on_file(&file);
    let client = host.client().await;
    append(&client).await;
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let asked = Instant::now();
    let health = host.http("/health").await;
    assert!(asked.elapsed() < Duration::from_secs(2));
    assert!(
        health.starts_with("HTTP/1.1 503") && health.contains("locked"),
        "{health}"
    );
    assert!(host.http("/health/live").await.starts_with("HTTP/1.1 200"));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(append(&client).await["success"], true);
    assert!(host.http("/health").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_read_that_meets_a_damaged_page_says_so_and_is_logged_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let log = folder.path().join("log");
    let mut host = HostProcess::on_file(&file);
    let events: Vec<Value> = (0..2_000)
        .map(|n| json!({ "payload": { "n": n, "text": "x".repeat(500) } }))
        .collect();
    let batch = json!({ "instanceId": "log", "autoCreateInstance": true, "events": events });
    host.client().await.done("appendEvents", batch).await;
    host.terminate();
    host.ended();
    // In the middle of the events, but for the pages that say what there is.
    let size = file.metadata().unwrap().len();
    let mut pages = std::fs::OpenOptions::new().write(true).open(&file).unwrap();
    for page in (size / 4096 / 4)..(size / 4096 / 4 * 3) {
        pages.seek(SeekFrom::Start(page * 4096)).unwrap();
        pages.write_all(&[0xA5; 4096]).unwrap();
    }
    drop(pages);
    let host = HostProcess::start_with_log(&["--data", file.to_str().unwrap()], &log);
    let client = host.client().await;
    let query = json!({ "query": { "from": { "instance": "log" }, "limit": 10_000 } });
    let reply = client.call("queryEvents", query).await.unwrap();
    assert_eq!(reply["success"], false, "{reply}");
    let error = reply["error"].as_str().unwrap();
    assert!(error.contains("damaged"), "{error}");
    let metrics = host.http("/metrics").await;
    assert!(
        metrics.contains("codebolt_host_damaged_total 1"),
        "{metrics}"
    );
    logged(&log, &["damaged", "eventLog.queryEvents"]).await;
}
