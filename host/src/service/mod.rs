//! Sockets: who may connect, how much they may send, and how connections end when the host stops.

mod acceptor;
mod admission;
mod connection;
mod control_frames;
mod cut_off;
mod files;
mod front_page;
mod histogram;
mod log_rate_limit;
mod memory_budget;
mod metrics;
mod outbound;
mod pipeline;
mod routes;
mod server;
mod shutdown;
mod unsent_bytes;
mod websocket;
mod write_timeout;

pub use metrics::Metrics;
pub use server::{ServeFailure, bind, serve};
