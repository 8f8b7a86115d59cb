//! The local host of the Codebolt agent protocol: a durable event log over a WebSocket.
//!
//! The modules; each uses only those after it:
//! [`service`] (sockets, bounds, metrics) → [`operations`] (what a request means) →
//! [`store`] (SQLite or PostgreSQL) → [`query`] (the query language, checked).
//! [`operations`], [`query`] and what a store promises need no I/O, and are the crate `codebolt-event-log`.
//! [`transfer`] takes instances out and in as JSON Lines, [`options`] is the command line,
//! [`log`] the log on stderr.

pub mod log;
pub mod options;
pub mod service;
pub mod store;
pub mod transfer;

pub use codebolt_event_log::{operations, query};

#[cfg(all(test, feature = "store-cases"))]
extern crate self as codebolt_host;

/// The cases that every store is held to, as unit tests: see the feature's line in Cargo.toml.
macro_rules! store_cases {
    ($($path:literal $name:ident;)*) => {
        $(#[cfg(all(test, feature = "store-cases"))]
        #[path = $path]
        #[allow(
            dead_code,
            clippy::unwrap_used,
            clippy::expect_used,
            clippy::indexing_slicing,
            reason = "tests of another crate, which uses more of them"
        )]
        mod $name;)*
    };
}

store_cases! {
    "../tests/suite/ambiguous_reference.rs" ambiguous_reference;
    "../tests/suite/asking.rs" asking;
    "../tests/suite/evaluator.rs" evaluator;
    "../tests/suite/log_lines.rs" log_lines;
    "../tests/suite/outage.rs" outage;
    "../tests/suite/postgres_cluster.rs" postgres_cluster;
    "../tests/suite/postgres_conflicts.rs" postgres_conflicts;
    "../tests/suite/postgres_health.rs" postgres_health;
    "../tests/suite/postgres_locks.rs" postgres_locks;
    "../tests/suite/postgres_opening.rs" postgres_opening;
    "../tests/suite/postgres_pair.rs" postgres_pair;
    "../tests/suite/postgres_server.rs" postgres_server;
    "../tests/suite/postgres_sessions.rs" postgres_sessions;
    "../tests/suite/postgres_settings.rs" postgres_settings;
    "../tests/suite/postgres_upgrade.rs" postgres_upgrade;
    "../tests/suite/query_agreement.rs" query_agreement;
    "../tests/suite/query_cases/mod.rs" query_cases;
    "../tests/suite/refusal_codes.rs" refusal_codes;
    "../tests/suite/several_servers.rs" several_servers;
    "../tests/suite/store_promises/mod.rs" store_promises;
    "../tests/suite/stores.rs" stores;
    "../tests/suite/transfer.rs" transfers;
}
