//! The figures as a page.

use std::fmt::Write as _;
use std::process::Command;

use crate::Effort;
use crate::quantile::quantile;
use crate::starvation::Seen;
use crate::watch::Figure;
use crate::{appends, queries};

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{model}, {cores} cores, {} {}",
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

fn date() -> String {
    let output = Command::new("date")
        .args(["-u", "+%Y-%m-%d %H:%M UTC"])
        .output();
    output
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default()
}

pub fn head(effort: Effort) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# Benchmark of the local host\n");
    let _ = writeln!(
        out,
        "Made by `cargo bench -p codebolt-host --bench host -- --write docs/host-benchmark.md` on {} ({}), {} round(s) of {} s for each row of appends; the median counts.",
        date(),
        machine(),
        effort.rounds,
        effort.span.as_secs_f64()
    );
    let _ = writeln!(
        out,
        "Host, clients and the bare loop share the machine. Other work on it shows in the figures; compare within a row, not between runs.\n"
    );
    out
}

pub fn appends(appends: &[appends::Row]) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "## Durable appends (SQLite, WAL, `synchronous=FULL`)\n"
    );
    let _ = writeln!(
        out,
        "Each client is a WebSocket with one request in flight. The bare loop is rusqlite on the same tables and indexes, in the same number of events a transaction (single appends: as many as there are clients), with no socket, no JSON and no replies.\n"
    );
    let _ = writeln!(
        out,
        "| clients | events a request | host, events/s | bare loop, events/s | host ÷ bare | host, CPU µs an event | bare, CPU µs | request p50, ms | p99, ms |\n|---|---|---|---|---|---|---|---|---|"
    );
    for row in appends {
        let (host, bare) = (quantile(&row.host, 0.5), quantile(&row.bare, 0.5));
        let _ = writeln!(
            out,
            "| {} | {} | {host:.0} | {bare:.0} | {:.2} | {:.1} | {:.1} | {:.2} | {:.2} |",
            row.clients,
            row.batch,
            host / bare,
            quantile(&row.host_work, 0.5),
            quantile(&row.bare_work, 0.5),
            quantile(&row.latencies, 0.5),
            quantile(&row.latencies, 0.99)
        );
    }
    let _ = writeln!(out, "\n### Aims\n\n| aim | reached | |\n|---|---|---|");
    let rate = |clients, batch| {
        appends
            .iter()
            .find(|row| row.clients == clients && row.batch == batch)
            .map_or(f64::NAN, |row| quantile(&row.host, 0.5))
    };
    let ratio = rate(256, 1) / rate(1, 1);
    let _ = writeln!(
        out,
        "| 256 clients ≥ 10 × one client, single appends | {ratio:.1} × | {} |",
        verdict(ratio >= 10.0)
    );
    for row in appends.iter().filter(|row| row.batch > 1) {
        let ratio = quantile(&row.host, 0.5) / quantile(&row.bare, 0.5);
        let _ = writeln!(
            out,
            "| batches of {} from {} client(s) ≥ 0.9 of the bare loop | {ratio:.2} | {} |",
            row.batch,
            row.clients,
            verdict(ratio >= 0.9)
        );
    }
    out
}

pub fn queries(effort: Effort, queries: &[queries::Row]) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "\n## Queries over {} events (SQLite)\n", effort.events);
    let _ = writeln!(
        out,
        "Over one WebSocket, one at a time, from sending the frame to having the reply; beside the same question in bare SQL with rusqlite, rows read and thrown away.\n"
    );
    let _ = writeln!(
        out,
        "| query | host p50, ms | host p99, ms | bare SQL p50, ms | bare SQL p99, ms |\n|---|---|---|---|---|"
    );
    for row in queries {
        let _ = writeln!(
            out,
            "| {} | {:.2} | {:.2} | {:.2} | {:.2} |",
            row.name,
            quantile(&row.host, 0.5),
            quantile(&row.host, 0.99),
            quantile(&row.bare_sql, 0.5),
            quantile(&row.bare_sql, 0.99)
        );
    }
    let _ = writeln!(
        out,
        "\n`count by type` is answered from counters that the host keeps; bare SQL counts.\n"
    );
    let _ = writeln!(out, "### Aims\n\n| aim | reached | |\n|---|---|---|");
    for row in queries.iter().filter(|row| row.indexed) {
        let p99 = quantile(&row.host, 0.99);
        let _ = writeln!(
            out,
            "| p99 below 10 ms: {} | {p99:.2} ms | {} |",
            row.name,
            verdict(p99 < 10.0)
        );
    }
    out
}

/// What others saw while one misbehaved, and the figures beside it.
pub fn load(effort: Effort, seen: &[Seen], figures: &[Figure]) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "\n## Under load\n\nA log of {} events (PostgreSQL: a quarter); another client asks for an instance, and appends an event, one after the other.\n",
        effort.events
    );
    let _ = writeln!(
        out,
        "| store | meanwhile | small read p50 · p99, ms | small append p50 · p99, ms | memory before · at most, MiB |\n|---|---|---|---|---|"
    );
    for row in seen {
        let both = |values: &[f64]| {
            format!(
                "{:.1} · {:.1}",
                quantile(values, 0.5),
                quantile(values, 0.99)
            )
        };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {:.0} · {:.0} |",
            row.store,
            row.what,
            both(&row.reads),
            both(&row.appends),
            row.before,
            row.peak
        );
    }
    let _ = writeln!(out, "\n| SQLite | |\n|---|---|");
    for figure in figures {
        let _ = writeln!(out, "| {} | {} |", figure.what, figure.value);
    }
    out
}

const fn verdict(reached: bool) -> &'static str {
    if reached { "yes" } else { "**missed**" }
}
