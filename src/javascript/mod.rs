//! What JavaScript sees of the WebAssembly module. `wasm32` only.
//!
//! - [`client`] is Rust's half of the bridge: what JavaScript calls. [`bridge`] is what it calls of JavaScript's half
//!   (`pkg-template/session/bridge.js`).
//! - `driver` carries out the actions of the sans-I/O core ([`crate::session`]) and hands it what happens.
//! - `standalone` has what works without the package's JavaScript.

pub mod bridge;
pub mod client;
pub mod connection_options;
pub mod event_log;
pub mod failure;
pub mod json;
#[cfg(not(feature = "published"))]
pub mod standalone;

mod driver;
mod driver_socket;
mod events;
mod fast_path;
mod inbound_frame;
mod runtime;
mod waiters;
