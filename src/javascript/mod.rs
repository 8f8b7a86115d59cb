//! What JavaScript sees of the WebAssembly module. `wasm32` only.
//!
//! The package's facade (`pkg-template/`) makes a [`client::Client`], and hands it ready-made message texts but for
//! `createInstance`, which is made here. `by_itself` has what works without the facade.

#[cfg(not(feature = "published"))]
pub mod by_itself;
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
