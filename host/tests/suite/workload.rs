//! Clients that append and remember what they were answered, and what is found afterwards.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::host_process::Client;

/// The instance that all append to, by its id and by its name.
pub const LOG: &str = "log";
const STREAMS: u64 = 3;
const BATCH: u64 = 5;
/// Requests that a client has under way.
const IN_FLIGHT: u64 = 6;

/// What a client was answered to an append: the numbers of its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done, with the sequence numbers.
    Done(Vec<i64>),
    /// Not done.
    Refused(String),
    /// Nobody knows, or there was no answer.
    Unknown,
}

/// Everything that clients were answered.
#[derive(Default)]
pub struct Known {
    pub outcomes: Vec<(Vec<u64>, Outcome)>,
}

impl Known {
    pub fn extend(&mut self, other: Self) {
        self.outcomes.extend(other.outcomes);
    }

    pub fn done(&self) -> usize {
        let done = |outcome: &&(Vec<u64>, Outcome)| matches!(outcome.1, Outcome::Done(_));
        self.outcomes.iter().filter(done).count()
    }
}

/// Numbers for events; each is used once.
#[derive(Default)]
pub struct Numbers(AtomicU64);

impl Numbers {
    fn take(&self, count: u64) -> Vec<u64> {
        let first = self.0.fetch_add(count, Ordering::Relaxed);
        (first..first + count).collect()
    }
}

/// Appends until the connection ends, or for so many rounds.
pub async fn append(client: Client, id: String, numbers: &Numbers, rounds: usize) -> Known {
    let in_flight = (0..IN_FLIGHT).map(|slot| {
        let (client, id) = (client.clone(), id.clone());
        async move {
            let mut known = Known::default();
            for round in 0..rounds as u64 {
                let reference = if (slot + round) % 2 == 0 { LOG } else { &id };
                let numbers = numbers.take(if round % 3 == 0 { BATCH } else { 1 });
                let outcome = append_once(&client, reference, &numbers).await;
                let is_over = outcome.is_none();
                known
                    .outcomes
                    .push((numbers, outcome.unwrap_or(Outcome::Unknown)));
                if is_over {
                    break;
                }
            }
            known
        }
    });
    let mut all = Known::default();
    for known in join_all(in_flight).await {
        all.extend(known);
    }
    all
}

/// None when the connection ended before the answer.
async fn append_once(client: &Client, reference: &str, numbers: &[u64]) -> Option<Outcome> {
    let events: Vec<Value> = numbers
        .iter()
        .map(|number| json!({ "streamId": format!("s{}", number % STREAMS), "payload": number }))
        .collect();
    let reply = if let [event] = events.as_slice() {
        let mut params = event.clone();
        params["instanceId"] = json!(reference);
        client.call("appendEvent", params).await?
    } else {
        let params = json!({ "instanceId": reference, "events": events });
        client.call("appendEvents", params).await?
    };
    if reply["success"] == true {
        let one = [reply["data"]["event"].clone()];
        let events = reply["data"]["events"]
            .as_array()
            .map_or(&one[..], Vec::as_slice);
        let sequences = events
            .iter()
            .map(|event| event["sequence_number"].as_i64().unwrap());
        return Some(Outcome::Done(sequences.collect()));
    }
    let error = reply["error"].as_str().unwrap().to_owned();
    // So that not all was asked for while nothing could be done.
    tokio::time::sleep(Duration::from_millis(20)).await;
    if error.contains("unknown") {
        return Some(Outcome::Unknown);
    }
    Some(Outcome::Refused(error))
}

/// Reads everything and holds it against what was answered. Returns the differences.
pub async fn lies(client: &Client, known: &Known) -> Vec<String> {
    let mut stored: HashMap<u64, i64> = HashMap::new();
    let mut sequences: BTreeMap<String, i64> = BTreeMap::new();
    let mut lies = Vec::new();
    let mut position = 0;
    loop {
        let query = json!({
            "from": { "instance": LOG },
            "where": [{ "field": "log_position", "operator": "gt", "value": position }],
            "select": ["log_position", "stream_id", "sequence_number", "payload"],
            "limit": 5_000,
        });
        let found = client.done("queryEvents", json!({ "query": query })).await;
        let events = found["result"]["events"].as_array().unwrap().clone();
        if events.is_empty() {
            break;
        }
        for event in events {
            position += 1;
            if event["log_position"] != position {
                lies.push(format!("position {position} is not there: {event}"));
                position = event["log_position"].as_i64().unwrap();
            }
            let last = sequences
                .entry(event["stream_id"].as_str().unwrap().to_owned())
                .or_default();
            *last += 1;
            if event["sequence_number"] != *last {
                lies.push(format!("sequence number {last} is not there: {event}"));
            }
            let number = event["payload"].as_u64().unwrap();
            if stored.insert(number, *last).is_some() {
                lies.push(format!("event {number} is there twice"));
            }
        }
    }
    for (numbers, outcome) in &known.outcomes {
        let there: HashSet<u64> = numbers
            .iter()
            .copied()
            .filter(|number| stored.contains_key(number))
            .collect();
        if !there.is_empty() && there.len() != numbers.len() {
            lies.push(format!("batch {numbers:?} is there in part: {there:?}"));
        }
        match outcome {
            Outcome::Done(sequences) => {
                for (number, sequence) in numbers.iter().zip(sequences) {
                    if stored.get(number) != Some(sequence) {
                        lies.push(format!(
                            "event {number} was answered as number {sequence}, and is {:?}",
                            stored.get(number)
                        ));
                    }
                }
            }
            Outcome::Refused(error) if !there.is_empty() => {
                lies.push(format!(
                    "events {numbers:?} were refused and are there: {error}"
                ));
            }
            Outcome::Refused(_) | Outcome::Unknown => {}
        }
    }
    lies
}

/// Fails unless everything that was answered is so.
pub async fn assert_true(client: &Client, known: &Known) {
    let lies = lies(client, known).await;
    assert!(
        lies.is_empty(),
        "{} lies: {:#?}",
        lies.len(),
        &lies[..lies.len().min(10)]
    );
}
