//! Sockets: who may connect, how much they may send, how they are told that the host goes down.

mod admission;
mod connection;
mod files;
mod front_page;
mod memory;
mod metrics;
mod outbound;
mod pipeline;
mod routes;
mod seldom;
mod server;
mod shutdown;
mod stalls;
mod websocket;

pub use metrics::Metrics;
pub use server::{ServeFailure, bind, serve};
