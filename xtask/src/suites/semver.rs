//! The public API of the crates against that of the last release.

use super::{Run, Skipped};
use crate::command;
use crate::setup;
use anyhow::{Context as _, Result, bail};
use std::process::Stdio;

/// The libraries of the workspace that others write against. The host is a program, and `event-log-wasm` a JavaScript class.
const CRATES: [&str; 2] = ["codebolt-wasm", "codebolt-event-log"];

/// What cargo-semver-checks ends with when it has compared, and the version allows no such change.
const TOO_MUCH_CHANGED: i32 = 100;

/// Fails for a change that the version in `Cargo.toml` does not allow. Before the first release there is nothing to compare with.
pub fn check(run: &Run<'_>) -> Result<()> {
    let tags = command::output(run.context.command("git").args([
        // A release after its own candidates.
        "-c",
        "versionsort.suffix=-",
        "tag",
        "--list",
        "v[0-9]*",
        "--merged",
        "HEAD",
        "--sort=-version:refname",
    ]))?;
    let Some(tag) = tags.lines().next() else {
        let why = "no release to compare with: there is no tag v* below HEAD (a clone without its history has none, `git fetch --unshallow --tags` brings them)";
        return Err(Skipped(why.to_owned()).into());
    };
    setup::semver_checks(run.context).with_context(|| {
        format!("cargo-semver-checks is to compare the crates with {tag}, and cannot be installed")
    })?;
    let mut compare = run.context.command("cargo-semver-checks");
    // Not all features: `published` is for the module, and those of the event log are for our own host.
    compare.args(["semver-checks", "--baseline-rev", tag, "--default-features"]);
    for name in CRATES {
        compare.args(["--package", name]);
    }
    let status = compare
        .args(run.passed_on)
        .stdin(Stdio::null())
        .status()
        .context("cannot start cargo-semver-checks")?;
    match status.code() {
        Some(0) => Ok(()),
        Some(TOO_MUCH_CHANGED) => bail!(
            "version {} does not allow what has changed since {tag}: take it back, or set the version that is named above in Cargo.toml",
            run.context.version()
        ),
        _ => bail!(
            "cargo-semver-checks could not compare with {tag} (it ended with {status}): see above. It looks up dependencies; without a network, set CARGO_NET_OFFLINE=true, and it takes those that cargo has already"
        ),
    }
}
