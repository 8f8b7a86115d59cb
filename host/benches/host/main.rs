//! The host's benchmark: `cargo bench -p codebolt-host --bench host [-- --write FILE] [--quick]`.
//!
//! Durable appends over real sockets beside a bare SQLite loop that does the same transactions, and
//! queries over a million events beside the same SQL by hand; alternating, in one run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on fails"
)]

mod appends;
mod bare;
mod events;
mod host;
mod memory;
mod queries;
mod report;

use std::time::Duration;

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
    let appends = runtime.block_on(appends::measure(effort));
    let queries = runtime.block_on(queries::measure(effort));
    let text = report::text(effort, &appends, &queries);
    println!("{text}");
    if let Some(file) = file {
        std::fs::write(file, text).expect("the report can be written");
    }
}
