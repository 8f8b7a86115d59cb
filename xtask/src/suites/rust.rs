//! Suites of what runs natively.

use super::Run;
use crate::command;
use anyhow::Result;
use std::process::Command;

/// `cargo fmt --check`.
pub fn format(run: &Run<'_>) -> Result<()> {
    command::run(
        run.context
            .command("cargo")
            .args(["fmt", "--all", "--check"]),
    )
}

/// `cargo clippy` of the workspace.
pub fn clippy(run: &Run<'_>) -> Result<()> {
    command::run(run.context.command("cargo").args([
        "clippy",
        "--quiet",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

/// The tests of all but the host.
pub fn unit(run: &Run<'_>) -> Result<()> {
    command::run(&mut cargo_test(
        run,
        &["--workspace", "--exclude", "codebolt-host"],
    ))
}

/// `cargo doc` of the workspace, private items too: a link that leads nowhere is an error.
pub fn documentation(run: &Run<'_>) -> Result<()> {
    command::run(
        run.context
            .command("cargo")
            // Doc comments of options are what `--help` prints: no links there.
            .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::bare-urls")
            .args([
                "doc",
                "--quiet",
                "--locked",
                "--workspace",
                "--no-deps",
                "--document-private-items",
            ]),
    )
}

/// `cargo test` of some packages, with what stood behind `--`.
pub fn cargo_test(run: &Run<'_>, packages: &[&str]) -> Command {
    let mut command = run.context.command("cargo");
    command
        .args(["test", "--quiet", "--locked", "--no-fail-fast"])
        .args(packages)
        .args(run.passed_on);
    command
}
