//! Small reads and appends of a client while something else goes on.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::events::payload;
use crate::host::{Client, Host};

/// Something that is one number.
pub struct Figure {
    pub what: String,
    pub value: String,
}

/// The frame of a request.
pub fn frame(operation: &str, params: &str) -> String {
    format!("{{\"type\":\"eventLog.{operation}\",\"requestId\":\"1\",\"params\":{params}}}")
}

/// The frame of a query that takes long: it has so many conditions, which no event meets.
pub fn slow_query(conditions: usize) -> String {
    let condition =
        json!({ "field": "payload.note", "operator": "contains", "value": "nowhere to be found" });
    let query =
        json!({ "from": { "instance": "log" }, "where": vec![condition; conditions], "limit": 0 });
    frame("queryEvents", &json!({ "query": query }).to_string())
}

/// Small reads and appends of another client until the span is over, or the misbehaviour is.
pub async fn watch(host: &Host, span: Duration) -> (Vec<f64>, Vec<f64>) {
    let (mut reading, mut appending) = (host.client().await, host.client().await);
    let end = Instant::now() + span;
    let read = async {
        let frame = frame("getInstance", "{\"instanceId\":\"other\"}");
        timed(&mut reading, &frame, end).await
    };
    let append = async {
        let frame = frame(
            "appendEvent",
            "{\"instanceId\":\"other\",\"payload\":{\"a\":1}}",
        );
        timed(&mut appending, &frame, end).await
    };
    tokio::join!(read, append)
}

async fn timed(client: &mut Client, frame: &str, end: Instant) -> Vec<f64> {
    let mut took = Vec::new();
    while Instant::now() < end {
        let started = Instant::now();
        client.ask(frame.to_owned()).await;
        took.push(started.elapsed().as_secs_f64() * 1e3);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    took
}

/// Fills a store through its host.
pub async fn fill(arguments: &[&str], count: usize) {
    let host = Host::with(arguments);
    let mut client = host.client().await;
    for first in (0..count).step_by(5_000) {
        let events: Vec<String> = (first..first + 5_000)
            .map(|number| format!("{{\"payload\":{}}}", payload(number)))
            .collect();
        let events = events.join(",");
        let params =
            format!("{{\"instanceId\":\"log\",\"autoCreateInstance\":true,\"events\":[{events}]}}");
        client.ask(frame("appendEvents", &params)).await;
    }
    host.stop();
    eprintln!("{count} events are there");
}
