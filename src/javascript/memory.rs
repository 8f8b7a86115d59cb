//! The module's memory.

/// A third of the download of Rust's own allocator, and as fast. The module runs in one thread, which it checks.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
