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
mod citus;
mod commit_truth;
mod crash;
mod evaluator;
mod failover;
mod faults;
mod full_disk;
mod host_process;
mod hostile_input;
mod load;
mod memory;
mod outputs;
mod own_files;
mod postgres_cluster;
mod postgres_server;
mod postgres_unreachable;
mod postgres_upgrade;
mod query_agreement;
mod query_cases;
mod refusal_codes;
mod service;
mod small_disk;
mod standing;
mod starting;
mod store_promises;
mod stores;
mod transfer;
mod two_hosts;
mod workload;
