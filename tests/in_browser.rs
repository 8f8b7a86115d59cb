//! The tests of `tests/module/` in a browser: `wasm-pack test --headless --chrome`, or `--firefox`. `in_node.rs` has the same
//! for Node.
#![cfg(target_arch = "wasm32")]

#[path = "module/mod.rs"]
mod module;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
