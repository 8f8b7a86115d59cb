//! What every store promises, and what queries mean, with the store in memory alone: the host's own cases, without a host.
//!
//! They take seconds, so that `cargo xtask mutants event-log` can go by them.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "../../../host/tests/suite/asking.rs"]
mod asking;
#[path = "../../../host/tests/suite/evaluator.rs"]
mod evaluator;
#[path = "../../../host/tests/suite/query_agreement.rs"]
mod query_agreement;
#[path = "../../../host/tests/suite/query_cases/mod.rs"]
mod query_cases;
#[path = "../../../host/tests/suite/refusal_codes.rs"]
mod refusal_codes;
mod reply_bounds;
mod snapshots;
#[path = "../../../host/tests/suite/store_promises/mod.rs"]
mod store_promises;
mod stores;
