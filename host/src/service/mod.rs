//! Sockets: who may connect, how much they may send, how they are told that the host goes down.

mod admission;
mod connection;
mod files;
mod log_rate_limit;
mod memory_budget;
mod metrics;
mod outbound;
mod pipeline;
mod routes;
mod server;
mod shutdown;
mod websocket;
mod write_timeout;

pub use metrics::Metrics;
pub use server::{ServeFailure, bind, serve};
