//! What many connections cost.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use crate::host::Host;
use crate::process::memory;
use crate::quantile::quantile;
use crate::watch::{Figure, frame, watch};

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
