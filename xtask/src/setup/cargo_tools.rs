//! wasm-pack, and wasm-bindgen's programs of exactly the version that `Cargo.lock` has of the library.

use crate::command;
use crate::context::Context;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

const WASM_PACK: &str = "0.15.1";
const MUTANTS: &str = "27.1.0";
const SEMVER_CHECKS: &str = "0.51.0";
const GECKODRIVER: &str = "0.36.0";

/// Installs them where they are missing or of another version.
pub fn ensure(context: &Context) -> Result<()> {
    let lock =
        fs::read_to_string(context.root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let wasm_bindgen =
        locked_version(&lock, "wasm-bindgen").context("Cargo.lock names no wasm-bindgen")?;
    install_missing(
        context,
        &[
            ("wasm-pack", "wasm-pack", WASM_PACK),
            ("wasm-bindgen", "wasm-bindgen-cli", wasm_bindgen),
        ],
    )
}

/// Installs Firefox's WebDriver where there is none.
pub fn ensure_geckodriver(context: &Context) -> Result<()> {
    if context.find_program("geckodriver").is_some() {
        return Ok(());
    }
    install_missing(context, &[("geckodriver", "geckodriver", GECKODRIVER)])
}

/// Installs what `cargo xtask mutants` runs.
pub fn ensure_mutants(context: &Context) -> Result<()> {
    install_missing(context, &[("cargo-mutants", "cargo-mutants", MUTANTS)])
}

/// Installs what the suite `semver` runs.
pub fn ensure_semver_checks(context: &Context) -> Result<()> {
    let program = "cargo-semver-checks";
    install_missing(context, &[(program, program, SEMVER_CHECKS)])
}

/// Installs programs of packages where they are missing or of another version.
fn install_missing(context: &Context, wanted: &[(&str, &str, &str)]) -> Result<()> {
    let mut installed = false;
    // One folder, so that what they all need is compiled once; not that of another call, which may run at the same time.
    let names: Vec<&str> = wanted.iter().map(|&(program, ..)| program).collect();
    let build = context.tools.join("build").join(names.join("-"));
    for &(program, package, version) in wanted {
        if has_version(context, program, version) {
            continue;
        }
        println!("  {package} {version}: compiling, some minutes the first time");
        // Some versions' own lock names crates that not every index has; what they ask for in Cargo.toml works too.
        install(context, package, version, &build, true).or_else(|_| {
            println!(
                "  {package} {version}: not with its own lock file; trying newer dependencies"
            );
            install(context, package, version, &build, false)
        })?;
        installed = true;
    }
    quiet_wasm_pack(context)?;
    if installed {
        // What was compiled on the way is of no more use.
        let _ = fs::remove_dir_all(build);
    }
    Ok(())
}

/// wasm-pack asks crates.io for a newer version of itself, and warns where it cannot. What it keeps of that beside its program
/// says here that it has asked.
fn quiet_wasm_pack(context: &Context) -> Result<()> {
    let stamp = context.cargo_tools().join("bin").join("wasm-pack.stamp");
    let asked = "created 9999-01-01T00:00:00+00:00";
    if stamp.parent().is_some_and(std::path::Path::is_dir)
        && !fs::read_to_string(&stamp).is_ok_and(|said| said == asked)
    {
        fs::write(&stamp, asked).with_context(|| format!("cannot write {}", stamp.display()))?;
    }
    Ok(())
}

fn install(
    context: &Context,
    package: &str,
    version: &str,
    build: &Path,
    locked: bool,
) -> Result<()> {
    let mut command = context.command("cargo");
    command
        .args(["install", package, "--version", version, "--root"])
        .arg(context.cargo_tools())
        .env("CARGO_TARGET_DIR", build)
        // They run for a second at a time: compiling them fast matters more.
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "false")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false");
    if locked {
        command.arg("--locked");
    }
    if package == "wasm-bindgen-cli" {
        // It speaks to a browser's driver on this machine: no TLS.
        command.arg("--no-default-features");
    }
    command::logged(
        &mut command,
        &context.tools.join("logs").join(format!("{package}.log")),
    )
}

fn has_version(context: &Context, program: &str, version: &str) -> bool {
    command::output(context.command(program).arg("--version"))
        .is_ok_and(|said| said.split_whitespace().nth(1) == Some(version))
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version<'lock>(lock: &'lock str, package: &str) -> Option<&'lock str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines.by_ref().find(|line| *line == name)?;
    lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn the_locked_version_is_that_of_the_package_with_exactly_this_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
