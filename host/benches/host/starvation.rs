//! One client misbehaves: what another one sees, and what the host takes.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::host::Host;
use crate::process::memory;
use crate::watch::{frame, slow_query, watch};

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
