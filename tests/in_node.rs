//! The tests of `tests/module/` in Node: `wasm-pack test --node`. `in_browser.rs` has the same for browsers, since a test
//! program is configured for one of them.
#![cfg(target_arch = "wasm32")]

#[path = "module/mod.rs"]
mod module;
