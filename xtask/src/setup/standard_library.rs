//! Which compiler has a standard library for WebAssembly.

use crate::command;
use crate::context::Context;
use std::fs;
use std::path::Path;

/// The target's name.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Whether this compiler has a standard library for WebAssembly.
pub fn has_target(context: &Context, rustc: &str) -> bool {
    let folder = command::output(context.command(rustc).args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]));
    let Ok(folder) = folder else { return false };
    fs::read_dir(Path::new(&folder)).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    })
}
