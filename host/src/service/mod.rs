//! Sockets: who may connect, how much they may send, how they are told that the host goes down.

mod connection;
mod server;

pub use server::{ServeFailure, serve};
