//! The store in memory beside SQLite, both in this process: how long queries of 100,000 events take, and how many appends a
//! second there are. `cargo bench -p codebolt-host --bench host -- --memory`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use codebolt_host::operations::{Bounds, Operations};
use codebolt_host::store::memory::MemoryStore;
use codebolt_host::store::sqlite::{SqliteOptions, SqliteStore};
use codebolt_host::store::{Store, now_in_milliseconds};
use serde_json::json;

use crate::events::payload;
use crate::queries::{fill, kinds};

const EVENTS: usize = 100_000;
const ROUNDS: usize = 40;

/// Measures, and says what came of it.
pub async fn measure() -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut options = SqliteOptions::new(&folder.path().join("events.db"));
    options.indexes = vec!["payload.user".into()];
    let sqlite: Arc<dyn Store> = Arc::new(SqliteStore::open(options).unwrap());
    let memory: Arc<dyn Store> = Arc::new(MemoryStore::new(Box::new(now_in_milliseconds)));
    let mut both = Vec::new();
    for store in [&memory, &sqlite] {
        fill(&**store, EVENTS).await;
        both.push(Operations::new(Arc::clone(store), Bounds::default()));
    }
    let mut text = String::from(
        "| query of 100,000 events | in memory, ms | SQLite, ms | times |\n|---|---|---|---|\n",
    );
    for kind in kinds() {
        let mut took = [Vec::new(), Vec::new()];
        for n in 0..ROUNDS {
            let frame = json!({ "type": "eventLog.queryEvents", "requestId": "1", "params": { "query": (kind.query)(n) } }).to_string();
            for (operations, took) in both.iter().zip(&mut took) {
                let started = Instant::now();
                let answering = operations.answer(&frame);
                let outcome = answering.outcome.await;
                assert!(outcome.is_ok(), "{frame}");
                std::hint::black_box(answering.address.frame(&outcome, 0));
                took.push(started.elapsed().as_secs_f64() * 1e3);
            }
        }
        let [memory, sqlite] = took.map(median);
        text.push_str(&format!(
            "| {} | {memory:.3} | {sqlite:.3} | {:.2} |\n",
            kind.name,
            memory / sqlite
        ));
    }
    for batch in [1, 100] {
        text.push_str(&format!(
            "\nappends in memory, {batch} a request: {:.0} a second\n",
            appends(batch).await
        ));
    }
    text
}

fn median(mut took: Vec<f64>) -> f64 {
    took.sort_by(f64::total_cmp);
    took[took.len() / 2]
}

async fn appends(batch: usize) -> f64 {
    let store = MemoryStore::new(Box::new(now_in_milliseconds));
    let operations = Operations::new(Arc::new(store), Bounds::default());
    let started = Instant::now();
    let mut number = 0;
    while started.elapsed() < Duration::from_secs(2) {
        let events: Vec<String> = (number..number + batch)
            .map(|number| {
                format!(
                    "{{\"streamId\":\"s{}\",\"payload\":{}}}",
                    number % 1_000,
                    payload(number)
                )
            })
            .collect();
        number += batch;
        let frame = format!(
            "{{\"type\":\"eventLog.appendEvents\",\"requestId\":\"1\",\"params\":{{\"instanceId\":\"log\",\"autoCreateInstance\":true,\"events\":[{}]}}}}",
            events.join(",")
        );
        let answering = operations.answer(&frame);
        let outcome = answering.outcome.await;
        std::hint::black_box(answering.address.frame(&outcome, 0));
    }
    number as f64 / started.elapsed().as_secs_f64()
}
