//! Debian's Rust for WebAssembly: its compiler, and the standard library built once from its source.
//!
//! Its compiler is newer than Debian's ordinary one, and comes beside rustup's. It has no standard library for
//! wasm32-unknown-unknown, but Debian packages the source.

use super::apt;
use super::standard_library::{TARGET, has_target};
use crate::command;
use crate::context::Context;
use anyhow::{Context as _, Result, bail};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Debian's compiler; rustup's is found first by its bare name.
pub const RUSTC: &str = "/usr/bin/rustc";

const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];

/// Whether `CODEBOLT_WASM_RUST=debian` asks for it where rustup's would do.
pub fn is_wanted() -> bool {
    env::var_os("CODEBOLT_WASM_RUST").is_some_and(|wanted| wanted == "debian")
}

/// Installs the compiler and builds the standard library.
pub fn install(context: &Context) -> Result<()> {
    let installed = Path::new("/usr/bin/cargo-clippy").exists() && Path::new(RUSTC).exists();
    if !installed || find_linker(context).is_none() {
        let mut packages = PACKAGES.to_vec();
        if find_linker(context).is_none() {
            packages.push(
                LINKERS
                    .into_iter()
                    .find(|name| apt::is_known(context, name))
                    .unwrap_or("lld"),
            );
        }
        apt::install(
            context,
            &packages,
            "install Rust with rustup and run `rustup target add wasm32-unknown-unknown`, or give your Rust that target by other means",
        )?;
    }
    if !has_target(context, RUSTC) {
        build_standard_library(context)?;
    }
    Ok(())
}

/// Debian's lld packages, best first.
const LINKERS: [&str; 5] = ["lld-22", "lld-21", "lld-20", "lld-19", "lld"];

/// The linker: `rust-lld` of the ordinary toolchain, else Debian's lld.
pub fn find_linker(context: &Context) -> Option<PathBuf> {
    let sysroot = command::output(context.command("rustc").args(["--print", "sysroot"])).ok()?;
    let rust_lld = fs::read_dir(Path::new(&sysroot).join("lib").join("rustlib"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin").join("rust-lld"))
        .find(|candidate| candidate.is_file());
    rust_lld.or_else(|| {
        // By its name lld knows which of its linkers it is: `wasm-ld`.
        LINKERS
            .iter()
            .find_map(|name| context.find_program(&name.replace("lld", "wasm-ld")))
    })
}

fn build_standard_library(context: &Context) -> Result<()> {
    println!("  building the standard library for {TARGET}, a minute");
    let folder = context.tools.join("wasm-std");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("src").join("lib.rs"),
        "//! Nothing: the standard library is what is built.\n",
    )?;
    fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"wasm-std\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n",
    )?;
    command::logged(
        context
            .command_with_path("/usr/bin/cargo", &[PathBuf::from("/usr/bin")])
            .current_dir(&folder)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC", RUSTC)
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("RUSTFLAGS")
            .args([
                "build",
                "--release",
                "-Zbuild-std=std,panic_abort,proc_macro,test",
                "--target",
                TARGET,
            ]),
        &context.tools.join("logs").join("wasm-std.log"),
    )?;
    let library = command::output(context.command(RUSTC).args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    let library = Path::new(&library);
    fs::create_dir_all(library)
        .with_context(|| format!("cannot make the folder {}", library.display()))?;
    let built = folder
        .join("target")
        .join(TARGET)
        .join("release")
        .join("deps");
    let mut count = 0;
    for entry in fs::read_dir(&built).with_context(|| format!("cannot read {}", built.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let name_text = name.to_string_lossy();
        if name_text.ends_with(".rlib") && !name_text.starts_with("libwasm_std-") {
            fs::copy(entry.path(), library.join(&name))
                .with_context(|| format!("cannot write to {}", library.display()))?;
            count += 1;
        }
    }
    if count == 0 {
        bail!(
            "building the standard library left no .rlib file in {}",
            built.display()
        );
    }
    fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))
}
