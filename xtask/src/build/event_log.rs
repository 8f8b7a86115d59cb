//! The event log in memory as a WebAssembly module: `event-log.js`, `event-log_bg.wasm` and `event-log.d.ts`, for `codebolt-wasm-testing`
//! and for the page without a host. Fast first: its users have it on their disk, or load it when they choose it.

use super::wasm::{FEATURES, without_paths};
use crate::command;
use crate::context::Context;
use crate::fingerprint::Fingerprint;
use crate::setup::wasm_target;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::PathBuf;

const SCRIPT: &str = "event-log.js";
const MODULE: &str = "event-log_bg.wasm";
const TYPES: &str = "event-log.d.ts";

/// Builds it if its sources changed, and gives the folder with the three files.
pub fn build(context: &Context) -> Result<PathBuf> {
    let folder = context.scratch("event-log");
    let inputs = [
        "src",
        "event-log",
        "event-log-wasm",
        "Cargo.toml",
        "Cargo.lock",
        "xtask/src/build/event_log.rs",
        "xtask/src/build/wasm.rs",
    ];
    let fingerprint = Fingerprint::of(
        context.scratch("event-log.stamp"),
        &inputs.map(|input| context.root.join(input)),
        &format!("{:?}", wasm_target::find(context)),
    )?;
    let module = folder.join(MODULE);
    if module.is_file() && fingerprint.is_unchanged() {
        println!("  unchanged");
        return Ok(folder);
    }
    let packed = context.scratch("event-log-packed");
    let _ = fs::remove_dir_all(&packed);
    command::run(
        wasm_target::command(context, "wasm-pack")?
            .env("CARGO_ENCODED_RUSTFLAGS", without_paths(context))
            .args(["--log-level", "warn", "build"])
            .arg(context.root.join("event-log-wasm"))
            .args(["--target", "web", "--no-pack", "--no-opt", "--no-gitignore"])
            .args(["--mode", "no-install", "--profile", "wasm-fast"])
            .args(["--out-name", "event-log", "--out-dir"])
            .arg(&packed)
            .args(["--", "--locked"]),
    )?;
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for name in [SCRIPT, TYPES] {
        fs::copy(packed.join(name), folder.join(name))
            .with_context(|| format!("wasm-pack made no {name}"))?;
    }
    command::run(
        context
            .command("wasm-opt")
            .args(["-O3", "--strip-debug", "--strip-producers"])
            .args(FEATURES)
            .arg(packed.join(MODULE))
            .arg("--output")
            .arg(&module),
    )?;
    let bytes = fs::metadata(&module)
        .with_context(|| format!("wasm-opt made no {}", module.display()))?
        .len();
    if bytes == 0 {
        bail!("{} is empty", module.display());
    }
    println!("  {bytes} bytes");
    fingerprint.keep()?;
    Ok(folder)
}
