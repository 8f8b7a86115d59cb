//! Queries by hand, on every store.

mod conditions;
mod numbered_log;
mod pages;
mod reductions;
mod refusals;
