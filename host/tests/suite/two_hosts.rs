//! Several hosts on one database.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::host_process::HostProcess;
use crate::postgres_server::new_database;
use crate::stores::Opened;

const APPENDS: i64 = 300;

/// Appends from both to the same streams, while a reader follows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hosts_on_one_postgresql_lose_nothing_and_a_follower_sees_each_event_once_in_order() {
    let database = new_database().await;
    let hosts = [
        HostProcess::start(&["--store", &database]),
        HostProcess::start(&["--store", &database]),
    ];
    let clients = [hosts[0].client().await, hosts[1].client().await];
    clients[0]
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let follower = hosts[1].client().await;
    let following = tokio::spawn(async move {
        let mut seen: Vec<Value> = Vec::new();
        let mut position = 0;
        while seen.len() < usize::try_from(APPENDS * 2).unwrap() {
            let query = json!({
                "from": { "instance": "log" },
                "where": [{ "field": "log_position", "operator": "gt", "value": position }],
                "select": ["log_position", "stream_id", "sequence_number", "payload", "timestamp"],
                "limit": 50,
            });
            let result = follower
                .done("queryEvents", json!({ "query": query }))
                .await["result"]
                .clone();
            for event in result["events"].as_array().unwrap() {
                position = event["log_position"].as_i64().unwrap();
                seen.push(event.clone());
            }
        }
        seen
    });
    let appends = (0..APPENDS).flat_map(|number| {
        clients.iter().enumerate().map(move |(host, client)| {
            let stream = format!("s{}", number % 2);
            let payload = json!({ "host": host, "number": number });
            client.call(
                "appendEvent",
                json!({ "instanceId": "log", "streamId": stream, "payload": payload }),
            )
        })
    });
    let replies = join_all(appends).await;
    assert!(
        replies
            .iter()
            .all(|reply| reply.as_ref().is_some_and(|reply| reply["success"] == true))
    );
    let seen = tokio::time::timeout(std::time::Duration::from_secs(60), following)
        .await
        .unwrap()
        .unwrap();
    let mut sequences = [0, 0];
    let mut numbers = [-1, -1];
    let mut last_time = String::new();
    for (index, event) in seen.iter().enumerate() {
        assert_eq!(
            event["log_position"],
            index + 1,
            "each position once, in order"
        );
        let stream = usize::from(event["stream_id"] == "s1");
        sequences[stream] += 1;
        assert_eq!(event["sequence_number"], sequences[stream]);
        let host = event["payload"]["host"].as_u64().unwrap() as usize;
        let number = event["payload"]["number"].as_i64().unwrap();
        assert_eq!(number, numbers[host] + 1, "each host's own order is kept");
        numbers[host] = number;
        let time = event["timestamp"].as_str().unwrap().to_owned();
        assert!(time >= last_time, "times never run backwards");
        last_time = time;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_that_start_at_once_on_an_empty_database_all_come_up() {
    let database = new_database().await;
    let starts = (0..4).map(|_| {
        let database = database.clone();
        tokio::task::spawn_blocking(move || HostProcess::start(&["--store", &database]))
    });
    let hosts: Vec<HostProcess> = join_all(starts)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let mut creations = Vec::new();
    for host in &hosts {
        creations.push(
            host.client()
                .await
                .call("createInstance", json!({ "name": "same" })),
        );
    }
    let replies = join_all(creations).await;
    let made = replies
        .iter()
        .filter(|reply| reply.as_ref().unwrap()["success"] == true);
    assert_eq!(made.count(), 1, "{replies:?}");
    for host in &hosts {
        let all = host.client().await.done("listInstances", json!({})).await;
        assert_eq!(all["instances"].as_array().unwrap().len(), 1);
    }
}

/// Two processes may also share a SQLite file, as an import beside a running host does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stores_on_one_sqlite_file_keep_sequences_gapless() {
    let one = Opened::sqlite().await;
    let two = one.beside().await;
    one.done("createInstance", json!({ "name": "log" })).await;
    let appends = (0..200).flat_map(|number| {
        [&one, &two].map(|host| {
            host.call(
                "appendEvent",
                json!({ "instanceId": "log", "payload": number }),
            )
        })
    });
    for reply in join_all(appends).await {
        assert_eq!(reply["success"], true, "{reply}");
    }
    let found = one
        .query(json!({ "from": { "instance": "log" }, "limit": 1000 }))
        .await;
    assert_eq!(found["total"], 400);
    for (index, event) in found["events"].as_array().unwrap().iter().enumerate() {
        assert_eq!(event["sequence_number"], index + 1);
    }
}

/// The whole way over a socket; what the stores promise of it stands in `store_promises`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_of_one_connection_are_done_in_the_order_of_their_frames_on_postgresql() {
    let database = new_database().await;
    let host = HostProcess::start(&["--store", &database]);
    let client = host.client().await;
    let made = client
        .done("createInstance", json!({ "name": "log" }))
        .await;
    let references = [json!("log"), made["instance"]["id"].clone()];
    let appends = (0..200).map(|n| {
        let params = json!({ "instanceId": references[n % 2], "payload": n });
        client.call("appendEvent", params)
    });
    for reply in join_all(appends).await {
        assert_eq!(reply.unwrap()["success"], true);
    }
    let query = json!({ "query": { "from": { "instance": "log" }, "limit": 1_000 } });
    let found = client.done("queryEvents", query).await;
    for (index, event) in found["result"]["events"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
    {
        assert_eq!(event["payload"], index);
    }
    for round in 0..20 {
        let [old, new] = ["old", "new"].map(|name| format!("{name}{round}"));
        let replies = join_all([
            client.call("createInstance", json!({ "name": old })),
            client.call("updateInstance", json!({ "instanceId": old, "name": new })),
            client.call("appendEvent", json!({ "instanceId": new })),
        ]);
        for reply in replies.await {
            let reply = reply.unwrap();
            assert_eq!(reply["success"], true, "{reply}");
        }
    }
}
