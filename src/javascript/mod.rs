//! What JavaScript sees of the WebAssembly module. `wasm32` only.
//!
//! The package's facade (`pkg-template/`) makes a [`client::Client`] and hands it ready-made message texts; the
//! module's own `createInstance` works without the facade.

pub mod client;
pub mod connection_options;
pub mod event_log;
pub mod failure;
pub mod json;

mod driver;
mod incoming;
pub mod platform;
mod runtime;
mod short_way;
mod told;
