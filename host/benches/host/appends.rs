//! Durable appends a second.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::Effort;
use crate::bare;
use crate::events::{STREAMS, payload};
use crate::host::Host;

/// What one kind of append came to.
pub struct Row {
    pub clients: usize,
    pub batch: usize,
    /// Events a second of each round.
    pub host: Vec<f64>,
    pub bare: Vec<f64>,
    /// Microseconds of processor time an event.
    pub host_work: Vec<f64>,
    pub bare_work: Vec<f64>,
    /// Milliseconds of each request.
    pub latencies: Vec<f64>,
}

pub async fn measure(effort: Effort) -> Vec<Row> {
    let mut rows: Vec<Row> = [(1, 1), (16, 1), (256, 1), (1, 1000), (16, 1000)]
        .map(|(clients, batch)| Row {
            clients,
            batch,
            host: Vec::new(),
            bare: Vec::new(),
            host_work: Vec::new(),
            bare_work: Vec::new(),
            latencies: Vec::new(),
        })
        .into();
    for _ in 0..effort.rounds {
        for row in &mut rows {
            let folder = tempfile::tempdir().unwrap();
            let (rate, work, latencies) =
                through_host(&folder, row.clients, row.batch, effort.span).await;
            row.host.push(rate);
            row.host_work.push(work);
            row.latencies.extend(latencies);
            let connection = bare::database(&folder.path().join("bare.db")).await;
            // As many events a transaction as can be waiting when the host takes what is waiting.
            let events = if row.batch == 1 {
                row.clients
            } else {
                row.batch
            };
            let (rate, work) = bare::append(&connection, events, effort.span);
            row.bare.push(rate);
            row.bare_work.push(work);
            eprintln!(
                "{} clients, {} a request: host {:.0}/s, bare {:.0}/s",
                row.clients,
                row.batch,
                row.host.last().unwrap(),
                row.bare.last().unwrap()
            );
        }
    }
    rows
}

async fn through_host(
    folder: &TempDir,
    clients: usize,
    batch: usize,
    span: Duration,
) -> (f64, f64, Vec<f64>) {
    let host = Host::start(&folder.path().join("host.db"), &[]);
    let create =
        "{\"type\":\"eventLog.createInstance\",\"requestId\":\"0\",\"params\":{\"name\":\"log\"}}";
    host.client().await.ask(create).await;
    let mut sockets = Vec::new();
    for _ in 0..clients {
        sockets.push(host.client().await);
    }
    let worked = host.processor_time();
    let started = Instant::now();
    let end = started + span;
    let work = sockets.into_iter().enumerate().map(|(index, mut client)| {
        tokio::spawn(async move {
            let mut latencies = Vec::new();
            // Made once: what a client costs to make a frame is not the host's.
            let frame = Utf8Bytes::from(frame(index, batch));
            while Instant::now() < end {
                let sent = Instant::now();
                client.ask(frame.clone()).await;
                latencies.push(sent.elapsed().as_secs_f64() * 1e3);
            }
            latencies
        })
    });
    let latencies: Vec<f64> = join_all(work)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    let rate = (latencies.len() * batch) as f64 / started.elapsed().as_secs_f64();
    let work = (host.processor_time() - worked) * 1e6 / (latencies.len() * batch) as f64;
    (rate, work, latencies)
}

fn frame(number: usize, batch: usize) -> String {
    let event = |number: usize| {
        format!(
            "\"stream_id\":\"s{}\",\"event_type\":\"made\",\"payload\":{}",
            number % STREAMS,
            payload(number)
        )
    };
    if batch == 1 {
        return format!(
            "{{\"type\":\"eventLog.appendEvent\",\"requestId\":\"{number}\",\"params\":{{\"instanceId\":\"log\",{}}}}}",
            event(number)
        );
    }
    let events: Vec<String> = (0..batch)
        .map(|at| format!("{{{}}}", event(number + at)))
        .collect();
    format!(
        "{{\"type\":\"eventLog.appendEvents\",\"requestId\":\"{number}\",\"params\":{{\"instanceId\":\"log\",\"events\":[{}]}}}}",
        events.join(",")
    )
}
