//! Frames and connections that are malformed. Each is answered, and others are served.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::host_process::{HostProcess, Socket, served};

/// A request with a value in its parameters that is nested 50,000 deep.
fn nested(operation: &str, params: &str) -> String {
    let value = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    let params = params.replace("VALUE", &value);
    format!("{{\"type\":\"eventLog.{operation}\",\"requestId\":\"1\",\"params\":{params}}}")
}

async fn reply_to(socket: &mut Socket, frame: Message) -> Value {
    socket.send(frame).await.unwrap();
    loop {
        match socket.next().await.expect("the connection lives").unwrap() {
            Message::Text(text) => return serde_json::from_str(text.as_str()).unwrap(),
            Message::Close(frame) => panic!("closed: {frame:?}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn every_malformed_frame_is_answered_and_the_connection_lives_on() {
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::in_folder(&folder, &[]);
    let mut socket = host.socket().await;
    let deep_list = "[".repeat(200_000);
    let deep_object = "{\"a\":".repeat(100_000);
    let deep_query = nested("queryEvents", "{\"query\":VALUE}");
    let deep_payload = nested("appendEvent", "{\"instanceId\":\"x\",\"payload\":VALUE}");
    let frames = [
        "",
        " ",
        "null",
        "7",
        "\"text\"",
        "[]",
        "[{}]",
        "{",
        "{}",
        "{}{}",
        "{\"type\":}",
        "\u{0}",
        "{\"type\":null}",
        "{\"type\":[]}",
        "{\"type\":\"\"}",
        "{\"type\":\"a\",\"type\":\"b\"}",
        "{\"type\":\"eventLog.listInstances\",\"params\":7}",
        "{\"type\":\"eventLog.createInstance\",\"requestId\":{\"a\":[1]},\"params\":{\"name\":[]}}",
        "{\"type\":\"eventLog.createInstance\",\"requestId\":1e999,\"params\":null}",
        "{\"type\":\"__proto__\",\"requestId\":\"1\"}",
        "{\"type\":\"processStoped\",\"message\":{}}",
        &deep_list,
        &deep_object,
        &deep_query,
        &deep_payload,
    ];
    for frame in frames {
        let reply = reply_to(&mut socket, Message::text(frame)).await;
        let shown: String = frame.chars().take(60).collect();
        assert_eq!(reply["success"], false, "{shown}");
        assert!(
            reply["error"]
                .as_str()
                .is_some_and(|error| !error.is_empty()),
            "{shown}"
        );
        assert!(
            reply["type"].is_string() && reply["timestamp"].is_string(),
            "{shown}"
        );
    }
    let reply = reply_to(&mut socket, Message::binary(vec![0, 159, 146, 150])).await;
    assert!(reply["error"].as_str().unwrap().contains("binary"));
    let echoed = reply_to(
        &mut socket,
        Message::text("{\"type\":\"x\",\"requestId\":{\"a\":[1, 2]}}"),
    )
    .await;
    assert_eq!(echoed["requestId"], json!({ "a": [1, 2] }));
    let fine = reply_to(
        &mut socket,
        Message::text("{\"type\":\"eventLog.listInstances\",\"requestId\":\"1\"}"),
    )
    .await;
    assert_eq!(fine["success"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_open_and_half_spoken_connections_harm_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::in_folder(&folder, &[]);
    let mut held = Vec::new();
    for index in 0..200 {
        let mut stream = TcpStream::connect(host.address()).await.unwrap();
        let part: &[u8] = match index % 4 {
            0 => b"",
            1 => b"GET /codebolt HTTP/1.1\r\nHost: x\r\nUpg",
            2 => b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            _ => b"POST /codebolt HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nxx",
        };
        stream.write_all(part).await.unwrap();
        held.push(stream);
    }
    // Sockets that send half a frame, and frames that break the protocol.
    let mut broken = Vec::new();
    for index in 0..50 {
        let mut socket = host.socket().await;
        let stream = match socket.get_mut() {
            tokio_tungstenite::MaybeTlsStream::Plain(stream) => stream,
            _ => unreachable!("the test does not encrypt"),
        };
        let part: &[u8] = match index % 3 {
            0 => b"\x81\xff\x00\x00",
            1 => b"\xff\xff\xff\xff\xff\xff",
            _ => b"\x81\x05hello",
        };
        stream.write_all(part).await.unwrap();
        if index % 2 == 0 {
            broken.push(socket);
        }
    }
    served(&host).await;
    drop((held, broken));
    served(&host).await;
}
