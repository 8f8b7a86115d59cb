//! Clients that read or send slowly, or not at all.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::Message;

use crate::host_process::{HostProcess, logged, served};

/// Uploads and downloads that go on, but are never done before the write timeout is over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_are_slow_but_steady_are_not_cut_off() {
    use tokio::io::AsyncWriteExt;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_cut_off_and_others_are_unharmed() {
    let folder = tempfile::tempdir().unwrap();
    let (host, log) = host_with_log(&folder, &["--max-unread", "4MiB", "--write-timeout", "2"]);
    let client = host.client().await;
    client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let events: Vec<Value> = (0..100)
        .map(|_| json!({ "payload": "x".repeat(10_000) }))
        .collect();
    client
        .done(
            "appendEvents",
            json!({ "instanceId": "log", "events": events }),
        )
        .await;
    let mut slow = host.socket().await;
    let query = json!({ "type": "eventLog.queryEvents", "requestId": "1", "params": { "query": { "from": { "instance": "log" } } } }).to_string();
    for _ in 0..60 {
        if slow.send(Message::text(query.clone())).await.is_err() {
            break;
        }
    }
    served(&host).await;
    // Not one byte is read for a while; then what was sent before the cut, and the end.
    tokio::time::sleep(Duration::from_secs(4)).await;
    let mut replies = 0;
    let ended = tokio::time::timeout(Duration::from_secs(10), async {
        while let Some(Ok(_)) = slow.next().await {
            replies += 1;
        }
    });
    ended.await.expect("the connection was ended");
    assert!(
        replies < 60,
        "{replies} replies of a megabyte were held for it"
    );
    served(&host).await;
    logged(&log, &[CUT_OFF, "--max-unread"]).await;
}

const CUT_OFF: &str = "a connection was cut off";

fn host_with_log(folder: &TempDir, arguments: &[&str]) -> (HostProcess, PathBuf) {
    let log = folder.path().join("log");
    let file = folder.path().join("events.db");
    let mut all = vec!["--data", file.to_str().unwrap()];
    all.extend(arguments);
    (HostProcess::start_with_log(&all, &log), log)
}

/// Asks for 64 MiB over a raw WebSocket, and reads nothing. The log has the events by then.
async fn asks_much_and_reads_nothing(host: &HostProcess) -> TcpStream {
    let mut socket = host.socket().await;
    let query = json!({ "query": { "from": { "instance": "log" } } });
    let query = json!({ "type": "eventLog.queryEvents", "requestId": "1", "params": query });
    for _ in 0..16 {
        socket.send(Message::text(query.to_string())).await.unwrap();
    }
    let MaybeTlsStream::Plain(stream) = socket.into_inner() else {
        unreachable!("it is not encrypted");
    };
    stream
}

async fn fill_log(host: &HostProcess) {
    let client = host.client().await;
    for _ in 0..4 {
        let event = json!({ "instanceId": "log", "autoCreateInstance": true, "payload": "x".repeat(1 << 20) });
        client.done("appendEvent", event).await;
    }
    client.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_takes_nothing_for_the_write_timeout_is_said_to() {
    let folder = tempfile::tempdir().unwrap();
    let (host, log) = host_with_log(&folder, &["--write-timeout", "1"]);
    fill_log(&host).await;
    let _held = asks_much_and_reads_nothing(&host).await;
    let said = logged(&log, &[CUT_OFF, "--write-timeout"]).await;
    assert_eq!(said.matches(CUT_OFF).count(), 1, "{said}");
}

/// As of a program that crashes: nobody but itself has ended its connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_go_before_they_have_their_replies_were_not_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let (host, log) = host_with_log(&folder, &[]);
    fill_log(&host).await;
    for _ in 0..8 {
        let mut stream = asks_much_and_reads_nothing(&host).await;
        stream.read_exact(&mut [0; 1024]).await.unwrap();
        // With unread bytes it ends by a reset.
        drop(stream);
    }
    let all_gone = async {
        while !host
            .http("/metrics")
            .await
            .contains("codebolt_host_connections_open 0\n")
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all_gone)
        .await
        .expect("they are all gone");
    let metrics = host.http("/metrics").await;
    assert!(
        metrics.contains("codebolt_host_connections_cut_total 0\n"),
        "{metrics}"
    );
    let said = std::fs::read_to_string(&log).unwrap();
    assert!(!said.contains(CUT_OFF), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_download_frees_its_connection_and_does_not_delay_the_stop() {
    use tokio::io::AsyncWriteExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let pages = folder.path().join("www");
    std::fs::create_dir(&pages).unwrap();
    std::fs::write(pages.join("large"), vec![0; 64 * 1024 * 1024]).unwrap();
    let stalled = async |host: &HostProcess| {
        let mut stream = tokio::net::TcpStream::connect(host.address())
            .await
            .unwrap();
        let request = "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.read_exact(&mut [0; 1024]).await.unwrap();
        stream
    };
    let arguments = |write_timeout| {
        let (data, www) = (file.to_str().unwrap(), pages.to_str().unwrap());
        [
            "--data",
            data,
            "--www",
            www,
            "--write-timeout",
            write_timeout,
            "--max-connections",
            "1",
        ]
    };
    let host = HostProcess::start(&arguments("1"));
    let _held = stalled(&host).await;
    let freed = async {
        while !host.http("/large").await.starts_with("HTTP/1.1 200") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), freed)
        .await
        .expect("the connection is free again");
    drop(host);
    let mut host = HostProcess::start(&arguments("1000"));
    let _held = stalled(&host).await;
    host.terminate();
    assert!(host.ended().success());
}
