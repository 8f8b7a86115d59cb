//! Clients that mean harm, or are broken. Nothing ends, and others are served.

use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::host_process::{HostProcess, Socket};

fn host(folder: &tempfile::TempDir, arguments: &[&str]) -> HostProcess {
    let file = folder.path().join("events.db");
    let mut all = vec!["--data", file.to_str().unwrap()];
    all.extend(arguments);
    HostProcess::start(&all)
}

async fn served(host: &HostProcess) {
    let list = host.client().await.call("listInstances", json!({}));
    let reply = tokio::time::timeout(Duration::from_secs(10), list)
        .await
        .expect("others are served");
    assert_eq!(reply.unwrap()["success"], true);
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
    let host = host(&folder, &[]);
    let mut socket = host.socket().await;
    let deep_list = "[".repeat(200_000);
    let deep_object = "{\"a\":".repeat(100_000);
    let deep_query = format!(
        "{{\"type\":\"eventLog.queryEvents\",\"requestId\":\"1\",\"params\":{{\"query\":{}1{}}}}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let deep_payload = format!(
        "{{\"type\":\"eventLog.appendEvent\",\"requestId\":\"1\",\"params\":{{\"instanceId\":\"x\",\"payload\":{}1{}}}}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
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

#[tokio::test]
async fn a_message_over_the_bound_is_told_so_and_only_that_connection_ends() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(&folder, &["--max-message", "64KiB"]);
    let client = host.client().await;
    client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let fits = "x".repeat(60 * 1024);
    client
        .done(
            "appendEvent",
            json!({ "instanceId": "log", "payload": fits }),
        )
        .await;
    let socket = host.socket().await;
    let (mut sink, mut stream) = socket.split();
    let sending = tokio::spawn(async move {
        let _ = sink.send(Message::text("x".repeat(5 * 1024 * 1024))).await;
        sink
    });
    let mut error = None;
    let mut code = None;
    while let Some(Ok(message)) = stream.next().await {
        match message {
            Message::Text(text) => error = Some(text.to_string()),
            Message::Close(frame) => {
                code = frame.map(|frame| frame.code);
                break;
            }
            _ => {}
        }
    }
    assert!(error.is_some_and(|error| error.contains("--max-message")));
    assert_eq!(code, Some(CloseCode::Size));
    sending.abort();
    assert_eq!(
        client
            .done("getInstanceStats", json!({ "instanceId": "log" }))
            .await["eventCount"],
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_are_served_and_one_over_the_bound_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(&folder, &["--max-connections", "1001"]);
    let admin = host.client().await;
    admin.done("createInstance", json!({ "name": "log" })).await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.extend(join_all((0..50).map(|_| host.client())).await);
    }
    let mut refused = TcpStream::connect(host.address()).await.unwrap();
    let mut answer = String::new();
    let _ = refused.read_to_string(&mut answer).await;
    assert!(
        answer.starts_with("HTTP/1.1 503") && answer.contains("--max-connections"),
        "{answer}"
    );
    let calls = clients
        .iter()
        .map(|client| client.call("appendEvent", json!({ "instanceId": "log" })));
    for reply in join_all(calls).await {
        assert_eq!(reply.unwrap()["success"], true);
    }
    assert_eq!(
        admin
            .done("getInstanceStats", json!({ "instanceId": "log" }))
            .await["eventCount"],
        1000
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_cut_off_and_others_are_unharmed() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(&folder, &["--max-unread", "4MiB", "--write-timeout", "2"]);
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
async fn half_open_and_half_spoken_connections_harm_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(&folder, &[]);
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_waiting_writes_than_allowed_are_refused_clearly_and_the_rest_are_done() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(&folder, &["--max-queued-bytes", "1MiB"]);
    let client = host.client().await;
    client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let payload = "x".repeat(200_000);
    let calls = (0..100).map(|_| {
        client.call(
            "appendEvent",
            json!({ "instanceId": "log", "payload": payload }),
        )
    });
    let replies: Vec<Value> = join_all(calls)
        .await
        .into_iter()
        .map(Option::unwrap)
        .collect();
    let done = replies
        .iter()
        .filter(|reply| reply["success"] == true)
        .count();
    for reply in replies.iter().filter(|reply| reply["success"] == false) {
        assert!(
            reply["error"].as_str().unwrap().contains("try again later"),
            "{reply}"
        );
    }
    let stats = client
        .done("getInstanceStats", json!({ "instanceId": "log" }))
        .await;
    assert_eq!(stats["eventCount"], done);
    assert!(done > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_over_the_bound_and_a_query_over_its_time_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(
        &folder,
        &[
            "--max-reply",
            "100KiB",
            "--max-aggregation",
            "50",
            "--query-timeout",
            "1",
        ],
    );
    let client = host.client().await;
    client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let list: Vec<usize> = (0..600).collect();
    let events: Vec<Value> = (0..2000)
        .map(|n| json!({ "payload": { "n": n, "list": list } }))
        .collect();
    client
        .done(
            "appendEvents",
            json!({ "instanceId": "log", "events": events }),
        )
        .await;
    let ask = async |query: Value| {
        let reply = client
            .call("queryEvents", json!({ "query": query }))
            .await
            .unwrap();
        assert_eq!(reply["success"], false, "{query}");
        reply["error"].as_str().unwrap().to_owned()
    };
    let from = json!({ "instance": "log" });
    let all =
        json!({ "from": from, "reduce": { "type": "collect", "field": "payload" }, "limit": 45 });
    assert!(ask(all).await.contains("102400 bytes"));
    let fine = json!({ "query": { "from": from, "select": ["payload.n"], "limit": 2000 } });
    client.done("queryEvents", fine).await;
    let groups = json!({ "from": from, "reduce": { "type": "count", "groupBy": ["payload.n"] } });
    assert!(ask(groups).await.contains("more than 50 values"));
    let collected = json!({ "from": from, "reduce": { "type": "collect", "field": "payload.n" } });
    assert!(ask(collected).await.contains("more than 50 values"));
    let conditions: Vec<Value> = (0..100)
        .map(|n| json!({ "field": "payload.list", "operator": "contains", "value": n * 6 }))
        .collect();
    let slow = ask(json!({ "from": from, "where": conditions })).await;
    assert!(slow.contains("longer than 1 seconds"), "{slow}");
    served(&host).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reply_to_a_batch_keeps_to_the_bound_also_when_names_alone_are_beyond_it() {
    let folder = tempfile::tempdir().unwrap();
    let host = host(&folder, &["--max-reply", "100KiB"]);
    let client = host.client().await;
    let name = "\u{1}".repeat(511);
    let events =
        vec![json!({ "streamId": format!("{name}s"), "eventType": format!("{name}t") }); 200];
    let params = json!({ "instanceId": "log", "autoCreateInstance": true, "events": events });
    let reply = client.call("appendEvents", params).await.unwrap();
    let length = reply.to_string().len();
    let data = &reply["data"];
    assert!(length < 101 * 1024, "{length} bytes");
    assert_eq!(
        (&data["count"], &data["more"], &data["withoutPayloads"]),
        (&json!(200), &json!(true), &json!(true))
    );
    let listed = data["events"].as_array().unwrap();
    assert!((10..100).contains(&listed.len()), "{}", listed.len());
    assert_eq!(listed[0]["sequence_number"], 1);
    assert!(
        reply["message"]
            .as_str()
            .unwrap()
            .contains("only the first"),
        "{reply}"
    );
    let stats = client
        .done("getInstanceStats", json!({ "instanceId": "log" }))
        .await;
    assert_eq!(stats["eventCount"], 200);
}

const fn index_of_user() -> &'static str {
    "payload.user[\"it's\"]"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_reads_everything_for_want_of_an_index_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let ask = async |host: &HostProcess, conditions: Value| {
        let query = json!({ "from": { "instance": "log" }, "where": conditions, "limit": 1 });
        let asked = host
            .client()
            .await
            .call("queryEvents", json!({ "query": query }));
        asked.await.unwrap()["message"].as_str().unwrap().to_owned()
    };
    let plain = host(&folder, &[]);
    let events: Vec<Value> = (0..10_000)
        .map(|n| json!({ "payload": { "user": { "it's": n } } }))
        .collect();
    let params = json!({ "instanceId": "log", "autoCreateInstance": true, "events": events });
    plain.client().await.done("appendEvents", params).await;
    let user = json!([{ "field": "payload.user[\"it's\"]", "operator": "eq", "value": 7 }]);
    let message = ask(&plain, user.clone()).await;
    let index = index_of_user();
    assert!(
        message.contains("reading 10000 events") && message.ends_with(&format!("--index {index}")),
        "{message}"
    );
    let late = json!([user[0], { "field": "log_position", "operator": "gt", "value": 9_000 }]);
    for few in [
        late,
        json!([user[0], { "field": "event_type", "operator": "eq", "value": "x" }]),
        json!([]),
    ] {
        let message = ask(&plain, few.clone()).await;
        assert!(!message.contains("--index"), "{few}: {message}");
    }
    let client = plain.client().await;
    for (offset, limit, expected) in [
        (9_995, 10, vec![4, 3, 2, 1, 0]),
        (9_995, 2, vec![4, 3]),
        (3, 1, vec![9_996]),
    ] {
        let order = json!({ "field": index_of_user(), "direction": "desc" });
        let query = json!({ "from": { "instance": "log" }, "orderBy": order, "offset": offset, "limit": limit });
        let found = client.done("queryEvents", json!({ "query": query })).await;
        let events = found["result"]["events"].as_array().unwrap();
        let users: Vec<&Value> = events
            .iter()
            .map(|event| &event["payload"]["user"]["it's"])
            .collect();
        assert_eq!(json!(users), json!(expected), "{offset}");
    }
    let metrics = plain.http("/metrics").await;
    assert!(
        metrics.contains("codebolt_host_queries_unindexed_total 1\n"),
        "{metrics}"
    );
    drop(plain);
    let indexed = host(&folder, &["--index", index]);
    let message = ask(&indexed, user).await;
    assert_eq!(message, "the query was answered");
}
