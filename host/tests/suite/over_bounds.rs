//! Messages, queues, replies and queries over their bounds.

use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::host_process::{HostProcess, served};

#[tokio::test]
async fn a_message_over_the_bound_is_told_so_and_only_that_connection_ends() {
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::in_folder(&folder, &["--max-message", "64KiB"]);
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
async fn more_waiting_writes_than_allowed_are_refused_clearly_and_the_rest_are_done() {
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::in_folder(&folder, &["--max-queued-bytes", "1MiB"]);
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
    let host = HostProcess::in_folder(
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
    assert!(ask(groups).await.contains("more than 50 groups"));
    let collected = json!({ "from": from, "reduce": { "type": "collect", "field": "payload.n" } });
    assert!(ask(collected).await.contains("more than 50 values"));
    let conditions: Vec<Value> = (0..100)
        .map(|n| json!({ "field": "payload.list", "operator": "contains", "value": n * 6 }))
        .collect();
    let slow = ask(json!({ "from": from, "where": conditions })).await;
    assert!(slow.contains("within 1 seconds"), "{slow}");
    served(&host).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reply_to_a_batch_keeps_to_the_bound_also_when_names_alone_are_beyond_it() {
    let folder = tempfile::tempdir().unwrap();
    let host = HostProcess::in_folder(&folder, &["--max-reply", "100KiB"]);
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
