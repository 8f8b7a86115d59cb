//! One client asks for more than its part. The others are served, what nobody waits for ends, and
//! neither memory nor disk grow beyond their bounds.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::host_process::{Client, HostProcess};
use crate::postgres_server::new_database;

/// Long enough for what takes milliseconds on a busy machine, and too short for a slow query.
const SOON: Duration = Duration::from_secs(15);

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

pub async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, work)
        .await
        .unwrap_or_else(|_| panic!("{what} takes too long"))
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
    // One of the readers that take their time is for somebody else, too.
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
async fn waiting_for_a_turn_counts_against_the_limit() {
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
    let (stopped, unbegun) = (with("longer than 2 seconds"), with("waited 2 seconds"));
    assert!(stopped > 0 && unbegun > 0, "{replies:?}");
    assert_eq!(stopped + unbegun, 40, "{replies:?}");
}

/// What a process has in memory now, or had at most, in MiB.
#[cfg(target_os = "linux")]
pub fn memory(host: &HostProcess, which: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", host.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(which)).unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() / 1024
}

/// Each of them becomes megabytes of a statement.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_that_are_all_different_do_not_pile_up_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::start(&["--data", file.to_str().unwrap()]);
    let client = host.client().await;
    let event = json!({ "instanceId": "log", "payload": { "a": 1 }, "autoCreateInstance": true });
    client.done("appendEvent", event).await;
    let key = "k".repeat(900);
    for number in 0..60 {
        let conditions: Vec<Value> = (0..100)
            .map(|part| json!({ "field": format!("payload.{part}.{part}.{part}.{key}{number}"), "operator": "contains", "value": "x" }))
            .collect();
        let query = json!({ "from": { "instance": "log" }, "where": conditions, "limit": 1 });
        client.done("queryEvents", json!({ "query": query })).await;
    }
    let resident = memory(&host, "VmRSS");
    assert!(resident < 256, "{resident} MiB");
}

/// Their entries are counted before anything is made of them.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_of_very_many_small_values_is_refused_in_little_more_memory_than_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::start(&["--data", file.to_str().unwrap()]);
    let client = host.client().await;
    client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let before = memory(&host, "VmHWM");
    let many = |entry: &str| vec![entry; 3 << 20].join(",");
    let mut keys = String::new();
    for number in 0..500_000 {
        keys.push_str(&format!("\"{number}\":1,"));
    }
    let cases = [
        (
            "appendEvents",
            format!("{{\"instanceId\":\"log\",\"events\":[{}]}}", many("1")),
            "params.events[0]: expected an object, got 1",
        ),
        (
            "appendEvents",
            format!("{{\"instanceId\":\"log\",\"events\":[{}]}}", many("{}")),
            "expected at most 10000 events in one batch, got 3145728",
        ),
        (
            "queryEvents",
            format!(
                "{{\"query\":{{\"from\":{{\"instance\":\"log\"}},\"where\":[{}]}}}}",
                many("0")
            ),
            "values",
        ),
        (
            "getInstance",
            format!("{{{keys}\"instanceId\":\"none\"}}"),
            "no instance has",
        ),
    ];
    for (operation, params, expected) in cases {
        let megabytes = params.len() as u64 >> 20;
        let reply = client.call_raw(operation, &params);
        let reply = reply.await.expect("the connection lives");
        let error = reply["error"].as_str().unwrap();
        assert!(error.contains(expected), "{operation}: {error}");
        let peak = memory(&host, "VmHWM");
        assert!(
            peak < before + 32 + 3 * megabytes,
            "{operation} of {megabytes} MiB: {before} MiB before, {peak} MiB at most"
        );
    }
}

async fn everything_accepted_can_be_read(store: &[&str]) {
    let mut arguments = store.to_vec();
    arguments.extend(["--max-reply", "100KiB"]);
    let host = HostProcess::start(&arguments);
    let client = host.client().await;
    let made = json!({ "name": "log", "description": "d".repeat(60_000) });
    client.done("createInstance", made.clone()).await;
    let sizes = [30_000, 30_000, 30_000, 200_000, 150_000, 30_000, 1, 1];
    let events: Vec<Value> = sizes
        .iter()
        .map(|size| json!({ "payload": "x".repeat(*size) }))
        .collect();
    let params = json!({ "instanceId": "log", "events": events });
    let appended = client.done("appendEvents", params).await;
    assert_eq!(appended["withoutPayloads"], true, "{appended}");
    assert_eq!(appended["count"], sizes.len());
    let first = appended["events"][0].as_object().unwrap();
    assert!(!first.contains_key("payload") && first["sequence_number"] == 1);
    let mut pages = Vec::new();
    let mut read = Vec::new();
    loop {
        let query = json!({
            "from": { "instance": "log" },
            "where": [{ "field": "log_position", "operator": "gt", "value": read.len() }],
        });
        let page = client.done("queryEvents", json!({ "query": query })).await;
        let events = page["result"]["events"].as_array().unwrap();
        read.extend(
            events
                .iter()
                .map(|event| event["payload"].as_str().unwrap().len()),
        );
        pages.push(events.len());
        let is_last = read.len() == sizes.len();
        assert_eq!(
            page["result"]["total"],
            sizes.len() - (read.len() - events.len())
        );
        assert_eq!(page["result"].get("more").is_none(), is_last, "{pages:?}");
        if is_last {
            break;
        }
    }
    assert_eq!(read, sizes);
    assert_eq!(pages, [3, 1, 1, 3]);
    let sorted = json!({ "query": { "from": { "instance": "log" }, "orderBy": { "field": "sequence_number", "direction": "desc" } } });
    let page = client.done("queryEvents", sorted).await;
    assert_eq!(page["result"]["events"].as_array().unwrap().len(), 3);
    assert_eq!(page["result"]["more"], true);

    let mut other = made;
    other["name"] = json!("other");
    client.done("createInstance", other).await;
    let list = client.done("listInstances", json!({})).await;
    assert_eq!(list["instances"].as_array().unwrap().len(), 1);
    assert_eq!(list["more"], true);
    let rest = client
        .done("listInstances", json!({ "offset": 1, "limit": 5 }))
        .await;
    assert_eq!(rest["instances"][0]["name"], "other");
    assert!(rest.get("more").is_none(), "{rest}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_can_be_read_in_pages_that_fit_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    everything_accepted_can_be_read(&["--data", file.to_str().unwrap()]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_can_be_read_in_pages_that_fit_on_postgres() {
    everything_accepted_can_be_read(&["--store", &new_database().await]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_write_ahead_log_is_cut_back_when_it_is_quiet() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::on_file(&file);
    let client = host.client().await;
    let event = json!({ "payload": "x".repeat(100_000) });
    for _ in 0..4 {
        let params = json!({ "instanceId": "log", "autoCreateInstance": true, "events": vec![event.clone(); 100] });
        client.done("appendEvents", params).await;
    }
    let log = folder.path().join("events.db-wal");
    let length = || std::fs::metadata(&log).unwrap().len();
    assert!(length() > 1 << 20);
    let cut_back = async {
        while length() > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    soon("cutting back", cut_back).await;
    let health = host.http("/health").await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    let stats = json!({ "instanceId": "log" });
    assert_eq!(
        client.done("getInstanceStats", stats).await["eventCount"],
        400
    );
}

/// Uploads and downloads that go on, but are never done before the host's patience is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_are_slow_but_steady_are_not_cut_off() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let data = file.to_str().unwrap();
    let host = HostProcess::start(&[
        "--data",
        data,
        "--ping-interval",
        "4",
        "--write-timeout",
        "4",
    ]);
    let mut stream = tokio::net::TcpStream::connect(host.address())
        .await
        .unwrap();
    let upgrade = "GET /codebolt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(upgrade.as_bytes()).await.unwrap();
    let mut head = [0; 1024];
    assert!(stream.read(&mut head).await.unwrap() > 0);
    let params =
        json!({ "instanceId": "log", "autoCreateInstance": true, "payload": "x".repeat(16 << 20) });
    let frame = json!({ "type": "eventLog.appendEvent", "requestId": "1", "params": params });
    let frame = frame.to_string();
    // A text frame whose mask changes nothing.
    let mut message = vec![0x81, 0xff];
    message.extend((frame.len() as u64).to_be_bytes());
    message.extend([0; 4]);
    message.extend(frame.as_bytes());
    for part in message.chunks(message.len() / 40 + 1) {
        stream.write_all(part).await.expect("the upload goes on");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let mut taken = 0;
    let mut part = vec![0; 512 * 1024];
    while taken < 16 << 20 {
        let count = stream.read(&mut part).await.expect("the download goes on");
        assert!(count > 0, "cut off after {taken} bytes");
        taken += count;
        tokio::time::sleep(Duration::from_millis(count as u64 / 3_000)).await;
    }
    assert_eq!(
        host.client()
            .await
            .done("getInstanceStats", json!({ "instanceId": "log" }))
            .await["eventCount"],
        1
    );
}

/// What is left in the tables and in the file of instances that were deleted.
fn left(file: &std::path::Path) -> (i64, i64) {
    let database = rusqlite::Connection::open(file).unwrap();
    let one = |sql: &str| database.query_row(sql, [], |row| row.get(0)).unwrap();
    let rows = "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM stream) + (SELECT count(*) FROM event_type) + (SELECT count(*) FROM deleted)";
    (one(rows), one("PRAGMA page_count"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_is_seen_at_once_goes_on_after_a_crash_and_gives_the_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::on_file(&file);
    let client = host.client().await;
    for batch in 0..10 {
        let events =
            vec![json!({ "streamId": format!("s{batch}"), "payload": "x".repeat(1_000) }); 2_000];
        let params = json!({ "instanceId": "log", "autoCreateInstance": true, "events": events });
        client.done("appendEvents", params).await;
    }
    let log = json!({ "instanceId": "log" });
    client.done("deleteInstance", log.clone()).await;
    // The name is free again, and whoever has it has nothing of the other one.
    let query = json!({ "query": { "from": { "instance": "log" } } });
    let gone = client.call("queryEvents", query.clone()).await.unwrap();
    assert_eq!(gone["success"], false, "{gone}");
    let again = json!({ "instanceId": "log", "autoCreateInstance": true, "streamId": "s1" });
    let first = client.done("appendEvent", again).await;
    assert_eq!(first["event"]["sequence_number"], 1);
    host.kill();
    let (rows, pages) = left(&file);
    assert!(rows > 3, "it was killed before all was taken away");
    let mut host = HostProcess::on_file(&file);
    let found = host.client().await.done("queryEvents", query).await;
    assert_eq!(found["result"]["total"], 1);
    let swept = async {
        while left(&file).0 > 3 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(4 * SOON, swept)
        .await
        .expect("the rest is taken away");
    let shrunk = async {
        while left(&file).1 > pages / 4 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(4 * SOON, shrunk)
        .await
        .expect("the file shrinks");
    host.terminate();
    assert!(host.ended().success());
    let length = std::fs::metadata(&file).unwrap().len();
    assert!(length < 8 << 20, "{length} bytes for one event");
}
