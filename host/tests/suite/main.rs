//! The host's tests: by what a user does, on every store, with real databases and real processes.
//!
//! PostgreSQL is started by the tests from the machine's server package (Debian: `postgresql`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod ambiguous_reference;
mod asking;
mod bare_socket;
mod citus;
mod command_line;
mod commit_truth;
mod connection_limit;
mod crash;
mod database_errors;
mod evaluator;
mod failover;
mod faults;
mod file_size;
mod full_disk;
mod host_process;
mod hostile_clients;
mod hostile_input;
mod killed_import;
mod large_requests;
mod limits;
mod log_lines;
mod memory;
mod outage;
mod outputs;
mod over_bounds;
mod own_files;
mod postgres_cluster;
mod postgres_conflicts;
mod postgres_health;
mod postgres_locks;
mod postgres_newer_host;
mod postgres_opening;
mod postgres_pair;
mod postgres_server;
mod postgres_sessions;
mod postgres_settings;
mod postgres_unreachable;
mod postgres_upgrade;
mod query_agreement;
mod query_cases;
mod refusal_codes;
mod service;
mod several_servers;
mod shared_servers;
mod slow_clients;
mod slow_import;
mod slow_queries;
mod small_disk;
mod staged_imports;
mod starting;
mod store_promises;
mod stores;
mod transfer;
mod two_hosts;
mod unindexed;
mod workload;
mod writer_panic;
