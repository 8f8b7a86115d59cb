//! The host's benchmark: `cargo bench -p codebolt-host --bench host [-- --write FILE] [--quick] [--only PART]`.
//!
//! Durable appends over real sockets beside a bare SQLite loop that does the same transactions, and
//! queries over a million events beside the same question in bare SQL; alternating, in one run. Then what other
//! clients see while one misbehaves, and what the host takes. The parts: `appends`, `queries`, `load`.
//! `CODEBOLT_HOST_BINARY` names another host to measure; `CODEBOLT_BENCH_STORE` a PostgreSQL database,
//! whose rows are left out when it names none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on fails"
)]

mod appends;
mod bare;
mod connections;
mod events;
mod host;
mod lifetime;
mod memory;
mod process;
mod quantile;
mod queries;
mod report;
mod starvation;
mod watch;

use std::time::Duration;

use codebolt_host::store::Store;
use codebolt_host::store::sqlite::{SqliteOptions, SqliteStore};

/// How much is done.
#[derive(Clone, Copy)]
pub struct Effort {
    /// How long each measurement of appends takes.
    pub span: Duration,
    /// How often each is repeated; the median counts.
    pub rounds: usize,
    /// How many events are queried.
    pub events: usize,
    /// How often each fast query is asked.
    pub asks: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let effort = if arguments.iter().any(|argument| argument == "--quick") {
        Effort {
            span: Duration::from_millis(500),
            rounds: 1,
            events: 100_000,
            asks: 100,
        }
    } else {
        Effort {
            span: Duration::from_secs(3),
            rounds: 3,
            events: 1_000_000,
            asks: 1_000,
        }
    };
    let file = arguments
        .iter()
        .position(|argument| argument == "--write")
        .and_then(|at| arguments.get(at + 1));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    if arguments.iter().any(|argument| argument == "--memory") {
        println!("{}", runtime.block_on(memory::measure()));
        return;
    }
    let only = arguments
        .iter()
        .position(|argument| argument == "--only")
        .and_then(|at| arguments.get(at + 1));
    let is_wanted = |part: &str| only.is_none_or(|only| only == part);
    let text = runtime.block_on(async {
        let mut text = report::head(effort);
        if is_wanted("appends") {
            text += &report::appends(&appends::measure(effort).await);
        }
        if !is_wanted("queries") && !is_wanted("load") {
            return text;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("events.db");
        let store = SqliteStore::open(SqliteOptions::new(&file)).unwrap();
        queries::fill(&store, effort.events).await;
        store.close().await;
        if is_wanted("queries") {
            text += &report::queries(effort, &queries::measure(&file, effort).await);
        }
        if is_wanted("load") {
            let is_quick = effort.rounds == 1;
            let sqlite = ["--data", file.to_str().unwrap()];
            let mut seen = starvation::starvation("SQLite", &sqlite, is_quick).await;
            if let Ok(url) = std::env::var("CODEBOLT_BENCH_STORE") {
                let store = ["--store", url.as_str()];
                watch::fill(&store, effort.events / 4).await;
                seen.extend(starvation::starvation("PostgreSQL", &store, is_quick).await);
            }
            let mut figures = lifetime::figures(&file, effort).await;
            figures.extend(connections::connections(if is_quick { 500 } else { 5_000 }).await);
            text += &report::load(effort, &seen, &figures);
        }
        text
    });
    println!("{text}");
    if let Some(file) = file {
        std::fs::write(file, text).expect("the report can be written");
    }
}
