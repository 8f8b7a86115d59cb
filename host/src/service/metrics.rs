//! The host's metrics: counters and histograms.

use std::fmt::Write as _;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use codebolt_wasm::wire::event_log::Operation;

use super::histogram::{Histogram, count, read};
use super::log_rate_limit::LogRateLimit;
use crate::operations::{Asked, Failure};

/// Upper bounds of latencies, in microseconds.
const LATENCIES: [u64; 14] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    5_000_000, 30_000_000,
];
/// Upper bounds of how many requests a commit holds.
const COMMIT_SIZES: [u64; 10] = [1, 2, 4, 8, 16, 32, 64, 256, 1024, 4096];
/// The nine operations, and everything else.
const KINDS: usize = Operation::ALL.len() + 1;

/// Counters, which only grow, and the number of open connections.
#[derive(Debug, Default)]
pub struct Metrics {
    operations: [OperationCounts; KINDS],
    commits: Histogram<{ COMMIT_SIZES.len() }>,
    commit_times: Histogram<{ LATENCIES.len() }>,
    /// Connections that are open.
    pub open_connections: AtomicU64,
    /// Connections that were accepted.
    pub accepted_connections: AtomicU64,
    /// Connections that were refused, by reason.
    refused: [AtomicU64; Refused::ALL.len()],
    /// Requests that met a damaged page.
    damaged: AtomicU64,
    /// Queries that read very many events because there is no index.
    unindexed: AtomicU64,
    refusals: LogRateLimit,
    failures: LogRateLimit,
    /// Connections that were cut off: too slow, silent, or over a bound.
    pub cut_connections: AtomicU64,
}

/// Why a client was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There are too many connections.
    Limit,
    /// The page's origin.
    Origin,
    /// No token, or a wrong one.
    Token,
    /// The name in the `Host` header.
    Host,
}

impl Refused {
    const ALL: [Self; 4] = [Self::Limit, Self::Origin, Self::Token, Self::Host];

    /// The metric's label.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Origin => "origin",
            Self::Token => "token",
            Self::Host => "host",
        }
    }
}

#[derive(Debug, Default)]
struct OperationCounts {
    refused: AtomicU64,
    failed: AtomicU64,
    latency: Histogram<{ LATENCIES.len() }>,
}

fn microseconds(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

fn index_of(asked: Asked) -> usize {
    Operation::ALL
        .iter()
        .position(|operation| Some(*operation) == asked)
        .unwrap_or(KINDS - 1)
}

impl Metrics {
    /// Counts a query that read very many events because there is no index.
    pub fn read_all(&self) {
        count(&self.unindexed);
    }

    /// Counts an answer, and logs it when the host was at fault.
    pub fn answered(&self, asked: Asked, failure: Option<&Failure>, took: Duration) {
        let index = index_of(asked);
        let Some(counts) = self.operations.get(index) else {
            return;
        };
        counts.latency.add(&LATENCIES, microseconds(took));
        let Some(failure) = failure else { return };
        if failure.is_damage() {
            count(&self.damaged);
        }
        if !failure.is_internal() {
            count(&counts.refused);
            return;
        }
        count(&counts.failed);
        if let Some(suppressed) = self.may_log_failure() {
            let asked = type_name(index);
            tracing::error!(
                asked,
                error = failure.text(),
                suppressed,
                "a request failed"
            );
        }
    }

    /// Counts a client that was refused. Returns whether to log it, with the number of suppressed lines.
    pub fn refused(&self, reason: Refused) -> Option<u64> {
        if let Some(counter) = self.refused.get(reason as usize) {
            count(counter);
        }
        self.refusals.allow()
    }

    /// Whether to log a failure, with the number of suppressed lines.
    pub fn may_log_failure(&self) -> Option<u64> {
        self.failures.allow()
    }

    /// Counts a commit.
    pub fn committed(&self, requests: usize, took: Duration) {
        self.commits
            .add(&COMMIT_SIZES, u64::try_from(requests).unwrap_or(u64::MAX));
        self.commit_times.add(&LATENCIES, microseconds(took));
    }

    /// All of it as Prometheus text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::with_capacity(16 * 1024);
        let name = "codebolt_host_request_seconds";
        head(
            &mut out,
            name,
            "histogram",
            "Time from a request to its answer.",
        );
        for (index, counts) in self.operations.iter().enumerate() {
            let labels = format!("type=\"{}\"", type_name(index));
            counts
                .latency
                .write(&mut out, name, &labels, &LATENCIES, 1e6);
        }
        let name = "codebolt_host_request_errors_total";
        head(
            &mut out,
            name,
            "counter",
            "Requests answered with success:false.",
        );
        for (index, counts) in self.operations.iter().enumerate() {
            let kind = type_name(index);
            for (fault, counter) in [("client", &counts.refused), ("host", &counts.failed)] {
                let _ = writeln!(
                    out,
                    "{name}{{type=\"{kind}\",fault=\"{fault}\"}} {}",
                    read(counter)
                );
            }
        }
        let name = "codebolt_host_commit_requests";
        head(&mut out, name, "histogram", "Requests in one commit.");
        self.commits.write(&mut out, name, "", &COMMIT_SIZES, 1.0);
        let name = "codebolt_host_commit_seconds";
        head(&mut out, name, "histogram", "Time that one commit took.");
        self.commit_times.write(&mut out, name, "", &LATENCIES, 1e6);
        for (name, kind, help, counter) in [
            ("open", "gauge", "Open connections.", &self.open_connections),
            (
                "accepted_total",
                "counter",
                "Accepted connections.",
                &self.accepted_connections,
            ),
            (
                "cut_total",
                "counter",
                "Connections cut off.",
                &self.cut_connections,
            ),
        ] {
            let name = format!("codebolt_host_connections_{name}");
            head(&mut out, &name, kind, help);
            let _ = writeln!(out, "{name} {}", read(counter));
        }
        let name = "codebolt_host_connections_refused_total";
        head(&mut out, name, "counter", "Refused connections.");
        for (reason, counter) in Refused::ALL.iter().zip(&self.refused) {
            let reason = reason.name();
            let _ = writeln!(out, "{name}{{reason=\"{reason}\"}} {}", read(counter));
        }
        let name = "codebolt_host_damaged_total";
        let help = "Requests that met a damaged page of the database.";
        head(&mut out, name, "counter", help);
        let _ = writeln!(out, "{name} {}", read(&self.damaged));
        let name = "codebolt_host_queries_unindexed_total";
        let help = "Queries that read every event of an instance where an --index would have led to a few.";
        head(&mut out, name, "counter", help);
        let _ = writeln!(out, "{name} {}", read(&self.unindexed));
        let name = "codebolt_host_log_lines_lost_total";
        let help = "Lines of the log that could not be written.";
        head(&mut out, name, "counter", help);
        let _ = writeln!(out, "{name} {}", crate::log::lost());
        out
    }
}

fn type_name(index: usize) -> &'static str {
    Operation::ALL
        .get(index)
        .map_or("other", |operation| operation.message_type())
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use codebolt_wasm::wire::event_log::Operation;

    use super::{Metrics, Refused};
    use crate::operations::Failure;

    #[test]
    fn answers_and_commits_are_counted_in_their_buckets() {
        let metrics = Metrics::default();
        metrics.answered(
            Some(Operation::AppendEvent),
            None,
            Duration::from_micros(300),
        );
        metrics.answered(
            Some(Operation::AppendEvent),
            Some(&Failure::internal("the database failed".into())),
            Duration::from_millis(3),
        );
        metrics.committed(5, Duration::from_millis(1));
        metrics.refused(Refused::Token);
        let text = metrics.text();
        for line in [
            "codebolt_host_connections_refused_total{reason=\"token\"} 1",
            "codebolt_host_connections_refused_total{reason=\"origin\"} 0",
            "codebolt_host_damaged_total 0",
            "codebolt_host_request_seconds_bucket{type=\"eventLog.appendEvent\",le=\"0.00025\"} 0",
            "codebolt_host_request_seconds_bucket{type=\"eventLog.appendEvent\",le=\"0.0005\"} 1",
            "codebolt_host_request_seconds_count{type=\"eventLog.appendEvent\"} 2",
            "codebolt_host_request_errors_total{type=\"eventLog.appendEvent\",fault=\"host\"} 1",
            "codebolt_host_commit_requests_bucket{le=\"4\"} 0",
            "codebolt_host_commit_requests_bucket{le=\"8\"} 1",
            "codebolt_host_commit_requests_count 1",
            "codebolt_host_connections_open 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        let labels: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("codebolt_host_commit_seconds_bucket"))
            .filter_map(|line| line.split('"').nth(1))
            .collect();
        assert_eq!(
            labels,
            [
                "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05",
                "0.1", "0.25", "1", "5", "30", "+Inf"
            ]
        );
    }
}
