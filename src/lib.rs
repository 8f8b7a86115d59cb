//! The Codebolt agent SDK in Rust and WebAssembly.
//!
//! The modules, from the wire up; each uses only those before it:
//! [`wire`] (what is on the wire), [`session`] (requests and connection states, no I/O),
//! and, on `wasm32` only, `transport` (the JavaScript WebSocket) and `javascript` (what JavaScript sees).

#![no_std]

extern crate alloc;
// What is published brings its own panic handler (`javascript::runtime`), which is smaller than the standard library's.
#[cfg(any(test, not(feature = "published")))]
extern crate std;

pub mod session;
pub mod wire;

#[cfg(all(target_arch = "wasm32", feature = "javascript"))]
pub mod javascript;
#[cfg(all(target_arch = "wasm32", feature = "javascript"))]
pub mod transport;
