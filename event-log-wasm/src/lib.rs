//! The event log of `codebolt-host` in memory, in WebAssembly: the same operations, checks, query planning and error
//! texts, behind one JavaScript class, `MemoryHost`. Natively it is empty.
//!
//! The modules; each uses only those after it: `host` (the class) → `options` → `clock` → `fault` (errors for JavaScript).

#[cfg(target_arch = "wasm32")]
mod clock;
#[cfg(target_arch = "wasm32")]
mod fault;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod options;

#[cfg(target_arch = "wasm32")]
pub use host::MemoryHost;
