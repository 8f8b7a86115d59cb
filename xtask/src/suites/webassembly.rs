//! Suites of what runs as WebAssembly.

use super::Run;
use crate::command;
use crate::setup::{find_driver, wasm_target};
use anyhow::Result;
use std::process::Command;

/// `cargo clippy` for WebAssembly.
pub fn clippy(run: &Run<'_>) -> Result<()> {
    command::run(wasm_target::command(run.context, "cargo")?.args([
        "clippy",
        "--quiet",
        "--locked",
        "--package",
        "codebolt-wasm",
        "--all-targets",
        "--target",
        wasm_target::TARGET,
        "--",
        "-D",
        "warnings",
    ]))
}

/// The crate's tests in Node.
pub fn node(run: &Run<'_>) -> Result<()> {
    let mut command = wasm_pack_test(run)?;
    command.arg("--node");
    // The tests' script is CommonJS below target/, from where it would not find the tools.
    command.env("NODE_PATH", run.context.npm_tools().join("node_modules"));
    if !has_web_socket(run) {
        command.env("NODE_OPTIONS", "--experimental-websocket");
    }
    on_a_host(run, command)
}

/// The crate's tests in a browser.
pub fn browser(run: &Run<'_>) -> Result<()> {
    let mut command = wasm_pack_test(run)?;
    command
        .args(["--headless", "--chrome", "--chromedriver"])
        .arg(find_driver(run.context)?);
    // Also the tests that don't ask for a browser.
    command.env("WASM_BINDGEN_USE_BROWSER", "1");
    on_a_host(run, command)
}

fn wasm_pack_test(run: &Run<'_>) -> Result<Command> {
    let mut command = wasm_target::command(run.context, "wasm-pack")?;
    command.args(["--log-level", "warn", "test", "--mode", "no-install"]);
    Ok(command)
}

/// wasm-pack hands what stands behind the first `--` to `cargo build` and `cargo test`, behind the second to the tests.
/// `--lib --test *` leaves the documentation's examples out, which are tested natively, and fails when there is no test.
///
/// The tests read the host's address from `CODEBOLT_TEST_URL` when they are compiled (`option_env!`), since in a browser
/// there is no environment.
fn on_a_host(run: &Run<'_>, mut command: Command) -> Result<()> {
    command
        .args(["--", "--locked", "--lib", "--test", "*", "--"])
        .args(run.passed_on);
    let host = run.host()?;
    host.tell(run.context, &mut command);
    host.finish(command::run(&mut command))
}

/// Node has had a WebSocket of its own since 22; 20 has it behind a flag.
fn has_web_socket(run: &Run<'_>) -> bool {
    let mut node = run.context.command("node");
    command::succeeds(node.args([
        "--eval",
        "process.exit(typeof WebSocket === 'function' ? 0 : 1)",
    ]))
}
