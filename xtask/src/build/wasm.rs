//! The WebAssembly module and wasm-bindgen's JavaScript for it, made by wasm-pack and made small by wasm-opt.

use super::{late_globals, short_names, small_script};
use crate::command;
use crate::context::Context;
use crate::fingerprint::Fingerprint;
use crate::setup::wasm_target;
use anyhow::{Context as _, Result, bail};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// What the module may use: all that Rust turns on by itself for this target, and that every runtime has that we support.
/// wasm-opt allows only these, so it refuses the module if one is missing here.
pub(super) const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds it if its sources changed, and gives the folder where it is.
pub fn build(context: &Context) -> Result<PathBuf> {
    let folder = context.scratch("module");
    let optimized = folder.join("codebolt_wasm_bg.wasm");
    let inputs = [
        "src",
        "Cargo.toml",
        "Cargo.lock",
        "tests/tools/package-lock.json",
        "xtask/src/build/wasm.rs",
        "xtask/src/build/short_names.rs",
        "xtask/src/build/late_globals.rs",
        "xtask/src/build/small_script.rs",
    ];
    let fingerprint = Fingerprint::of(
        context.scratch("module.stamp"),
        &inputs.map(|input| context.root.join(input)),
        &format!("{:?}", wasm_target::find(context)),
    )?;
    if optimized.is_file() && fingerprint.is_unchanged() {
        println!("  unchanged ({})", size(&optimized)?);
        return Ok(folder);
    }
    let packed = context.scratch("wasm-pack");
    let _ = fs::remove_dir_all(&packed);
    command::run(
        wasm_target::command(context, "wasm-pack")?
            .env("CARGO_ENCODED_RUSTFLAGS", without_paths(context))
            .args([
                "--log-level",
                "warn",
                "build",
                "--target",
                "web",
                "--no-pack",
                "--no-opt",
                "--no-gitignore",
            ])
            .args(["--mode", "no-install", "--profile", "wasm", "--out-dir"])
            .arg(&packed)
            .args(["--", "--locked", "--features", "published"]),
    )?;
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for entry in
        fs::read_dir(&packed).with_context(|| format!("cannot read {}", packed.display()))?
    {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".js") || name.ends_with(".d.ts") {
            fs::copy(entry.path(), folder.join(entry.file_name()))?;
        }
    }
    let plain = packed.join("codebolt_wasm_bg.wasm");
    if !plain.is_file() {
        bail!("wasm-pack made no {}", plain.display());
    }
    let names = optimize(
        context,
        &plain,
        &optimized,
        &["--strip-debug", "--strip-producers"],
    )?;
    short_names::carry_over(&names, &folder)?;
    let script = folder.join("codebolt_wasm.js");
    fs::write(
        &script,
        small_script::made_small(&late_globals::made_late(&fs::read_to_string(&script)?)?)?,
    )?;
    use_clock(&script)?;
    println!(
        "  {} from the compiler, {} after wasm-opt",
        size(&plain)?,
        size(&optimized)?
    );
    fingerprint.keep()?;
    Ok(folder)
}

/// Lets wasm-bindgen's JavaScript have the clock and the timers from the package's own file, by their names.
fn use_clock(script: &Path) -> Result<()> {
    let text =
        fs::read_to_string(script).with_context(|| format!("cannot read {}", script.display()))?;
    for name in [
        "setTimeout(",
        "clearTimeout(",
        "performance.now(",
        "Date.now(",
    ] {
        if !text.contains(name) {
            bail!("wasm-bindgen's JavaScript does not use {name}…): let it be imported no more");
        }
    }
    let import =
        "import { Date, clearTimeout, performance, setTimeout } from './platform/clock.js';\n\n";
    fs::write(script, format!("{import}{text}"))
        .with_context(|| format!("cannot write {}", script.display()))
}

/// Flags that keep this machine's paths out of the module, which contains the source positions of panics.
pub(super) fn without_paths(context: &Context) -> String {
    let cargo = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let mut flags = vec![format!(
        "--remap-path-prefix={}=codebolt-wasm",
        context.root.display()
    )];
    if let Some(cargo) = cargo {
        let crates = cargo.join("registry").join("src");
        // The registry's own folder too: its name differs from machine to machine.
        flags.push(format!("--remap-path-prefix={}=crates", crates.display()));
        for registry in fs::read_dir(&crates).into_iter().flatten().flatten() {
            flags.push(format!(
                "--remap-path-prefix={}=crates",
                registry.path().display()
            ));
        }
    }
    flags.join("\u{1f}")
}

/// The same module with the names of its functions, for profiles.
pub fn named(context: &Context) -> Result<PathBuf> {
    let plain = context.scratch("wasm-pack").join("codebolt_wasm_bg.wasm");
    let named = context.scratch("named.wasm");
    optimize(context, &plain, &named, &["--debuginfo"])?;
    Ok(named)
}

/// Makes a module small; gives the names that it shortened.
fn optimize(context: &Context, plain: &Path, optimized: &Path, names: &[&str]) -> Result<String> {
    // -Oz gives the smallest module; what it inlines makes it smaller plain and larger compressed. --converge and -O3
    // change it by under 1 %.
    command::output(
        context
            .command("wasm-opt")
            .args([
                "-Oz",
                "--always-inline-max-function-size=0",
                "--flexible-inline-max-function-size=0",
                "--one-caller-inline-max-function-size=0",
                short_names::ARGUMENT,
            ])
            .args(names)
            .args(FEATURES)
            .arg(plain)
            .arg("--output")
            .arg(optimized),
    )
}

fn size(file: &Path) -> Result<String> {
    let bytes = fs::metadata(file)
        .with_context(|| format!("cannot read {}", file.display()))?
        .len();
    Ok(format!("{bytes} bytes"))
}
