//! A SQLite file with a million events: start, queries, deletion, stop.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use crate::Effort;
use crate::host::Host;
use crate::process::memory;
use crate::quantile::quantile;
use crate::watch::{Figure, frame, slow_query, watch};

fn length(file: &Path) -> f64 {
    std::fs::metadata(file).map_or(0.0, |found| found.len() as f64 / (1 << 20) as f64)
}

/// How long a host still works on a query after its client has left, in milliseconds.
async fn after_leaving(host: &Host) -> f64 {
    let mut client = host.client().await;
    client.send(slow_query(90)).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    drop(client);
    let left = Instant::now();
    let (mut worked, mut last) = (host.processor_time(), left);
    while last.elapsed() < Duration::from_millis(80) {
        tokio::time::sleep(Duration::from_millis(2)).await;
        let now = host.processor_time();
        // One tick may be from before.
        if now > worked {
            (worked, last) = (now, Instant::now());
        }
    }
    (last - left).as_secs_f64() * 1e3
}

/// The figures of a SQLite file with the events.
pub async fn figures(file: &Path, effort: Effort) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut add = |what: &str, value: String| {
        eprintln!("{what}: {value}");
        figures.push(Figure {
            what: what.to_owned(),
            value,
        });
    };
    let log = file.with_extension("db-wal");
    let data = file.to_str().unwrap();
    let started = Instant::now();
    let host = Host::with(&["--data", data]);
    let ready = started.elapsed();
    host.client()
        .await
        .ask(frame(
            "queryEvents",
            "{\"query\":{\"from\":{\"instance\":\"log\"},\"limit\":1}}",
        ))
        .await;
    let memory_idle = memory(host.id(), "VmRSS");
    add(
        "start with a million events, until it listens · until a query is answered",
        format!(
            "{:.0} ms · {:.0} ms",
            ready.as_secs_f64() * 1e3,
            started.elapsed().as_secs_f64() * 1e3
        ),
    );
    add("memory then", format!("{memory_idle:.0} MiB"));
    let mut took = Vec::new();
    for _ in 0..10 {
        took.push(after_leaving(&host).await);
    }
    add(
        "a query goes on after its client has left: median · most of 10 (ticks of 10 ms)",
        format!(
            "{:.0} ms · {:.0} ms",
            quantile(&took, 0.5),
            quantile(&took, 1.0)
        ),
    );
    // Reads that overlap, so that there is never a moment without one.
    let end = Instant::now() + effort.span * 6;
    let reading = (0..4).map(|number| {
        let host = &host;
        async move {
            tokio::time::sleep(Duration::from_millis(number * 300)).await;
            let mut client = host.client().await;
            while Instant::now() < end {
                client.ask(slow_query(2)).await;
            }
        }
    });
    let appending = async {
        let mut client = host.client().await;
        let event = json!({ "payload": "x".repeat(1_000) });
        let batch = frame("appendEvents", &json!({ "instanceId": "other", "autoCreateInstance": true, "events": vec![event; 500] }).to_string());
        let (mut most, mut count) = (0.0_f64, 0);
        while Instant::now() < end {
            client.ask(batch.clone()).await;
            most = most.max(length(&log));
            count += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        (most, count)
    };
    let (_, (most, count)) = tokio::join!(join_all(reading), appending);
    add(
        "the log file under overlapping reads, at most",
        format!(
            "{most:.0} MiB, with {:.0} MiB appended",
            f64::from(count) * 0.5
        ),
    );
    tokio::time::sleep(Duration::from_secs(6)).await;
    add(
        "the log file after 6 s of quiet",
        format!("{:.0} MiB", length(&log)),
    );
    let (_, appends) = watch(&host, Duration::from_secs(3)).await;
    add(
        "an append before the deletion: p50 · p99",
        format!(
            "{:.1} · {:.1} ms",
            quantile(&appends, 0.5),
            quantile(&appends, 0.99)
        ),
    );
    let size = length(file);
    let started = Instant::now();
    host.client()
        .await
        .ask(frame("deleteInstance", "{\"instanceId\":\"log\"}"))
        .await;
    add(
        "deleteInstance of a million events, until it is answered",
        format!("{:.0} ms", started.elapsed().as_secs_f64() * 1e3),
    );
    let mut appends = Vec::new();
    // Until the file has not become smaller for a while.
    let (mut smallest, mut since) = (size, Instant::now());
    while since.elapsed() < Duration::from_secs(6) && started.elapsed() < Duration::from_secs(180) {
        appends.extend(watch(&host, Duration::from_secs(1)).await.1);
        if length(file) < smallest {
            (smallest, since) = (length(file), Instant::now());
        }
    }
    add(
        "appends of another until all is taken away: p50 · p99 · most",
        format!(
            "{:.1} · {:.1} · {:.1} ms, for {:.0} s",
            quantile(&appends, 0.5),
            quantile(&appends, 0.99),
            quantile(&appends, 1.0),
            started.elapsed().as_secs_f64()
        ),
    );
    add(
        "the file before · after",
        format!("{size:.0} · {:.0} MiB", length(file)),
    );
    let started = Instant::now();
    host.stop();
    add(
        "from SIGTERM to the end",
        format!("{:.0} ms", started.elapsed().as_secs_f64() * 1e3),
    );
    add(
        "the log file after a clean stop",
        format!("{:.0} MiB", length(&log)),
    );
    figures
}
