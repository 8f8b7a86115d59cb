//! One client misbehaves: what another one sees, and what the host takes.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::Effort;
use crate::events::payload;
use crate::host::{Client, Host};
use crate::process::memory;
use crate::quantile::quantile;

/// For how long another client is looked at.
const SPAN: Duration = Duration::from_secs(8);

/// What another client saw while one did this.
pub struct Seen {
    pub store: &'static str,
    pub what: &'static str,
    /// Milliseconds of each small read and small append of another client.
    pub reads: Vec<f64>,
    pub appends: Vec<f64>,
    /// MiB of memory at most, and before.
    pub peak: f64,
    pub before: f64,
}

/// Something that is one number.
pub struct Figure {
    pub what: String,
    pub value: String,
}

fn frame(operation: &str, params: &str) -> String {
    format!("{{\"type\":\"eventLog.{operation}\",\"requestId\":\"1\",\"params\":{params}}}")
}

fn slow_query(conditions: usize) -> String {
    let condition =
        json!({ "field": "payload.note", "operator": "contains", "value": "nowhere to be found" });
    let query =
        json!({ "from": { "instance": "log" }, "where": vec![condition; conditions], "limit": 0 });
    frame("queryEvents", &json!({ "query": query }).to_string())
}

/// Small reads and appends of another client until the span is over, or the misbehaviour is.
async fn watch(host: &Host, span: Duration) -> (Vec<f64>, Vec<f64>) {
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

/// What is done, and by whom: whatever this answers is held until the others were looked at.
type Misbehaviour = (&'static str, usize);

const KINDS: [Misbehaviour; 6] = [
    ("nothing", 0),
    ("one client has 100 slow queries waiting", 1),
    ("clients ask slow queries and leave", 2),
    (
        "one client sends 95 MiB batches of `{},{},…`, which are refused",
        3,
    ),
    ("40 clients each hold 90 MiB of an unfinished message", 4),
    ("20 clients ask for 3 × 50 MiB and read nothing", 5),
];

async fn misbehave(host: &Host, kind: usize) {
    match kind {
        1 => {
            let mut client = host.client().await;
            for _ in 0..100 {
                client.send(slow_query(60)).await;
            }
            std::future::pending::<()>().await;
        }
        2 => loop {
            let mut client = host.client().await;
            client.send(slow_query(60)).await;
            tokio::time::sleep(Duration::from_millis(150)).await;
        },
        3 => {
            let events = "{},".repeat((95 << 20) / 3);
            let batch = frame(
                "appendEvents",
                &format!("{{\"instanceId\":\"log\",\"events\":[{events}{{}}]}}"),
            );
            let mut client = host.client().await;
            loop {
                client.refused(batch.clone()).await;
            }
        }
        4 => {
            let part = vec![b' '; 10 << 20];
            let holding = (0..40).map(|_| async {
                let mut socket = host.bare_socket().await;
                let mut header = vec![0x81, 0xff];
                header.extend((99_u64 << 20).to_be_bytes());
                header.extend([0; 4]);
                let _ = socket.write_all(&header).await;
                for _ in 0..9 {
                    if socket.write_all(&part).await.is_err() {
                        break;
                    }
                }
                std::future::pending::<()>().await;
            });
            join_all(holding).await;
        }
        5 => {
            let query = json!({ "query": { "from": { "instance": "large" }, "limit": 50 } });
            let asking = (0..20).map(|_| async {
                let mut client = host.client().await;
                for _ in 0..3 {
                    client.send(frame("queryEvents", &query.to_string())).await;
                }
                std::future::pending::<()>().await;
            });
            join_all(asking).await;
        }
        _ => std::future::pending().await,
    }
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

/// Each kind on a host of its own.
pub async fn starvation(store: &'static str, arguments: &[&str], is_quick: bool) -> Vec<Seen> {
    let span = if is_quick { SPAN / 4 } else { SPAN };
    let mut rows = Vec::new();
    {
        let host = Host::with(arguments);
        let mut client = host.client().await;
        client
            .ask(frame(
                "appendEvent",
                "{\"instanceId\":\"other\",\"autoCreateInstance\":true}",
            ))
            .await;
        let payload = json!({ "instanceId": "large", "autoCreateInstance": true, "payload": "x".repeat(1 << 20) });
        for _ in 0..50 {
            client.ask(frame("appendEvent", &payload.to_string())).await;
        }
        host.stop();
    }
    for (what, kind) in KINDS {
        let host = Host::with(arguments);
        let before = memory(host.id(), "VmRSS");
        let looking = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            watch(&host, span).await
        };
        let (reads, appends) = tokio::select! {
            seen = looking => seen,
            () = misbehave(&host, kind) => unreachable!("it goes on until the others were looked at"),
        };
        let peak = memory(host.id(), "VmHWM");
        eprintln!(
            "{store}, {what}: {} reads, {} appends, {peak:.0} MiB",
            reads.len(),
            appends.len()
        );
        rows.push(Seen {
            store,
            what,
            reads,
            appends,
            peak,
            before,
        });
        host.stop();
    }
    rows
}

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

/// What many connections cost.
pub async fn connections(count: usize) -> Vec<Figure> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let most = (count + 100).to_string();
    let host = Host::with(&["--data", file.to_str().unwrap(), "--max-connections", &most]);
    let mut first = host.client().await;
    first
        .ask(frame(
            "appendEvent",
            "{\"instanceId\":\"other\",\"autoCreateInstance\":true}",
        ))
        .await;
    first
        .ask(frame(
            "appendEvent",
            "{\"instanceId\":\"log\",\"autoCreateInstance\":true}",
        ))
        .await;
    let before = memory(host.id(), "VmRSS");
    let started = Instant::now();
    let mut clients = Vec::with_capacity(count);
    while clients.len() < count {
        let new = (0..100.min(count - clients.len())).map(|_| host.client());
        clients.extend(join_all(new).await);
    }
    let opened = started.elapsed();
    let resident = memory(host.id(), "VmRSS");
    let (reads, appends) = watch(&host, Duration::from_secs(3)).await;
    let started = Instant::now();
    let append = frame(
        "appendEvent",
        "{\"instanceId\":\"other\",\"payload\":{\"a\":1}}",
    );
    let all = clients.iter_mut().map(|client| client.ask(append.clone()));
    join_all(all).await;
    let all = started.elapsed();
    vec![
        Figure {
            what: format!("{count} connections: opened in · memory of one"),
            value: format!(
                "{:.1} s · {:.1} KiB",
                opened.as_secs_f64(),
                (resident - before) * 1024.0 / count as f64
            ),
        },
        Figure {
            what: "beside them: small read p50 · p99, small append p50 · p99".into(),
            value: format!(
                "{:.1} · {:.1}, {:.1} · {:.1} ms",
                quantile(&reads, 0.5),
                quantile(&reads, 0.99),
                quantile(&appends, 0.5),
                quantile(&appends, 0.99)
            ),
        },
        Figure {
            what: "each of them appends once, all at the same time".into(),
            value: format!(
                "{:.1} s · memory {:.0} MiB at most",
                all.as_secs_f64(),
                memory(host.id(), "VmHWM")
            ),
        },
    ]
}
