//! Clients that read or send slowly, or not at all.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::host_process::{HostProcess, served};

/// Uploads and downloads that go on, but are never done before the write timeout is over.
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_cut_off_and_others_are_unharmed() {
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::in_folder(&folder, &["--max-unread", "4MiB", "--write-timeout", "2"]);
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
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_download_frees_its_connection_and_does_not_delay_the_stop() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
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
