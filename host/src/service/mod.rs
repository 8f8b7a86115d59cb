//! Sockets: who may connect, how much they may send, how they are told that the host goes down.

mod admission;
mod connection;
mod files;
mod metrics;
mod outbound;
mod pipeline;
mod server;
mod shutdown;

pub use metrics::Metrics;
pub use server::{ServeFailure, serve};
