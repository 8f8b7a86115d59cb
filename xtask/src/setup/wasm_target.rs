//! The compiler for wasm32-unknown-unknown: rustup's own target, or Debian's compiler where rustup's server is out of reach.

use super::debian_rust;
use super::standard_library::has_target;
use crate::command;
use crate::context::Context;
use anyhow::{Context as _, Result};
use std::env;
use std::path::PathBuf;
use std::process::Command;

pub use super::standard_library::TARGET;

/// Which compiler builds WebAssembly here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WasmCompiler {
    /// The one that builds everything else too.
    Usual,
    /// Debian's, under /usr, with this linker.
    Debian {
        /// `rust-lld`, or one that takes its arguments.
        linker: PathBuf,
    },
}

/// Makes sure of a compiler for WebAssembly.
pub fn ensure(context: &Context) -> Result<WasmCompiler> {
    if let Some(found) = find(context) {
        return Ok(found);
    }
    if !debian_rust::is_wanted() {
        let mut add = Command::new("rustup");
        add.args(["target", "add", TARGET])
            .current_dir(&context.root);
        println!("  rustup target add {TARGET}");
        match command::logged(&mut add, &context.tools.join("logs").join("rustup.log")) {
            Ok(()) => {
                return find(context)
                    .with_context(|| format!("rustup added {TARGET}, but rustc does not have it"));
            }
            Err(error) => {
                println!("  that failed, so Debian's Rust is tried; rustup said: {error:#}")
            }
        }
    }
    debian_rust::install(context)?;
    find(context).context("Debian's Rust is installed, but has no standard library for WebAssembly")
}

/// The compiler that [`ensure`] made sure of.
pub fn find(context: &Context) -> Option<WasmCompiler> {
    if !debian_rust::is_wanted() && has_target(context, "rustc") {
        return Some(WasmCompiler::Usual);
    }
    if has_target(context, debian_rust::RUSTC) {
        let linker = debian_rust::find_linker(context)?;
        return Some(WasmCompiler::Debian { linker });
    }
    None
}

/// What one types to have the tools, and the right compiler, without `cargo xtask`.
pub fn typed(context: &Context) -> String {
    let tools = format!(
        "{}:{}",
        context.cargo_tools().join("bin").display(),
        context.npm_tools().join("node_modules/.bin").display()
    );
    match find(context) {
        Some(WasmCompiler::Debian { linker }) => format!(
            "export PATH=\"{tools}:/usr/bin:$PATH\" CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=\"{}\" CARGO_TARGET_DIR=target/wasm",
            linker.display()
        ),
        _ => format!("export PATH=\"{tools}:$PATH\""),
    }
}

/// A command that builds WebAssembly: with the right compiler, and a target folder of its own, so that the
/// compilers don't undo each other's work.
pub fn command(context: &Context, program: &str) -> Result<Command> {
    let compiler = find(context).with_context(|| {
        format!("no compiler for {TARGET}; run `cargo xtask setup --only wasm`")
    })?;
    let mut command = match compiler {
        WasmCompiler::Usual => context.command(program),
        WasmCompiler::Debian { linker } => {
            let mut command = context.command_with_path(program, &[PathBuf::from("/usr/bin")]);
            command
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                .env_remove("RUSTUP_TOOLCHAIN")
                .env_remove("RUSTC");
            command
        }
    };
    command.env("CARGO_TARGET_DIR", context.target.join("wasm"));
    // Flags for the native build may name things that the other compiler or target doesn't know.
    if env::var_os("RUSTFLAGS").is_some() {
        command.env_remove("RUSTFLAGS");
    }
    Ok(command)
}
