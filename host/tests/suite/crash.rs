//! The host is killed while clients append. Whatever it acknowledged is there afterwards.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use rand::RngExt;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::host_process::{Client, HostProcess};

/// Kills in an ordinary run; `CODEBOLT_HOST_KILLS` names another number.
const KILLS: usize = 50;
const CLIENTS: usize = 4;
/// Requests that each client has in flight.
const IN_FLIGHT: usize = 8;
const BATCH: usize = 5;

/// An event by what says which it is: its own number.
type Number = u64;

/// What clients know.
#[derive(Default)]
struct Known {
    /// Acknowledged, with stream and sequence number.
    acknowledged: HashMap<Number, (String, i64)>,
    /// Batches by the number of their first event; all that were ever sent.
    batches: Vec<Vec<Number>>,
}

async fn append_until_killed(client: Client, first: Number) -> Known {
    let in_flight = (0..IN_FLIGHT as u64).map(|slot| {
        let client = client.clone();
        async move {
            let mut known = Known::default();
            let mut next = first + slot * 100_000;
            loop {
                let stream = format!("s{}", next % 3);
                let event =
                    |number: Number| json!({ "streamId": stream, "payload": { "number": number } });
                let numbers: Vec<Number> = if next.is_multiple_of(2) {
                    vec![next]
                } else {
                    (next..next + BATCH as u64).collect()
                };
                next += numbers.len() as u64 + 1;
                known.batches.push(numbers.clone());
                let reply = if let [number] = numbers[..] {
                    let mut params = event(number);
                    params["instanceId"] = json!("log");
                    client.call("appendEvent", params).await
                } else {
                    let events: Vec<Value> = numbers.iter().map(|number| event(*number)).collect();
                    client
                        .call(
                            "appendEvents",
                            json!({ "instanceId": "log", "events": events }),
                        )
                        .await
                };
                let Some(reply) = reply else { return known };
                assert_eq!(reply["success"], true, "{reply}");
                let one = [reply["data"]["event"].clone()];
                let events = reply["data"]["events"]
                    .as_array()
                    .map_or(&one[..], Vec::as_slice);
                assert_eq!(events.len(), numbers.len());
                for (number, event) in numbers.iter().zip(events) {
                    let stream_position =
                        (stream.clone(), event["sequence_number"].as_i64().unwrap());
                    known.acknowledged.insert(*number, stream_position);
                }
            }
        }
    });
    let mut all = Known::default();
    for known in join_all(in_flight).await {
        all.acknowledged.extend(known.acknowledged);
        all.batches.extend(known.batches);
    }
    all
}

fn check(file: &Path, known: &Known) -> usize {
    let database = Connection::open(file).unwrap();
    let verdict: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
    let mut statement = database
        .prepare("SELECT json_extract(e.payload, '$.number'), s.name, e.sequence_number, e.position & 0xFFFFFFFFFF FROM event e JOIN stream s ON s.key = e.stream ORDER BY e.position")
        .unwrap();
    let rows = statement
        .query_map([], |row| {
            Ok((
                row.get::<_, i64>(0)? as Number,
                row.get::<_, String>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, i64>(3)?,
            ))
        })
        .unwrap();
    let mut stored: HashMap<Number, (String, i64)> = HashMap::new();
    let mut sequences: BTreeMap<String, i64> = BTreeMap::new();
    let mut count = 0;
    for row in rows {
        let (number, stream, sequence, position) = row.unwrap();
        count += 1;
        assert_eq!(position, count, "positions have no gaps");
        let last = sequences.entry(stream.clone()).or_default();
        *last += 1;
        assert_eq!(sequence, *last, "sequence numbers of {stream} have no gaps");
        assert!(
            stored.insert(number, (stream, sequence)).is_none(),
            "event {number} is there twice"
        );
    }
    for (number, stream_position) in &known.acknowledged {
        assert_eq!(
            stored.get(number),
            Some(stream_position),
            "acknowledged event {number} is where it was said to be"
        );
    }
    for batch in &known.batches {
        let there = batch
            .iter()
            .filter(|number| stored.contains_key(number))
            .count();
        assert!(
            there == 0 || there == batch.len(),
            "batch {batch:?} is there in part"
        );
    }
    let counted: i64 = database
        .query_row("SELECT last_position FROM instance", [], |row| row.get(0))
        .unwrap();
    assert_eq!(counted, count);
    let by_type: i64 = database
        .query_row("SELECT sum(event_count) FROM event_type", [], |row| {
            row.get(0)
        })
        .unwrap_or(0);
    assert_eq!(by_type, count);
    stored.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_once_after_each_of_many_kills() {
    let kills = std::env::var("CODEBOLT_HOST_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(KILLS);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let host = HostProcess::on_file(&file);
    host.client()
        .await
        .done("createInstance", json!({ "name": "log" }))
        .await;
    host.kill();
    let mut known = Known::default();
    for kill in 0..kills {
        let host = HostProcess::on_file(&file);
        let mut clients = Vec::new();
        for client in 0..CLIENTS {
            let first = (kill * CLIENTS + client) as u64 * 1_000_000;
            clients.push(tokio::spawn(append_until_killed(
                host.client().await,
                first,
            )));
        }
        let pause = rand::rng().random_range(20..250);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        host.kill();
        for client in clients {
            let more = client.await.unwrap();
            known.acknowledged.extend(more.acknowledged);
            known.batches.extend(more.batches);
        }
        // Looking at everything each time would take longer and longer.
        if kill % 10 == 9 || kill + 1 == kills {
            check(&file, &known);
        }
    }
    let stored = check(&file, &known);
    println!(
        "{kills} kills: {} events acknowledged, {stored} stored",
        known.acknowledged.len()
    );
    assert!(
        known.acknowledged.len() > kills * 10,
        "the clients got to append at all"
    );
}
