//! Suites of what runs as WebAssembly.

use super::Run;
use super::test_host::TestHost;
use crate::command;
use crate::setup::{find_driver, wasm_target};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The crates that run as WebAssembly.
const PACKAGES: [&str; 3] = [
    "codebolt-wasm",
    "codebolt-event-log",
    "codebolt-event-log-wasm",
];

/// `cargo clippy` for WebAssembly. Each crate by itself: together, each would get the features that the other wants.
pub fn clippy(run: &Run<'_>) -> Result<()> {
    for package in PACKAGES {
        command::run(wasm_target::command(run.context, "cargo")?.args([
            "clippy",
            "--quiet",
            "--locked",
            "--package",
            package,
            "--all-targets",
            "--target",
            wasm_target::TARGET,
            "--",
            "-D",
            "warnings",
        ]))?;
    }
    Ok(())
}

/// The crate's tests in Node.
pub fn node(run: &Run<'_>) -> Result<()> {
    let mut command = wasm_pack_test(run)?;
    command.arg("--node");
    if !has_web_socket(run) {
        command.env("NODE_ARGS", "--experimental-websocket");
    }
    on_a_host(run, command)
}

/// The crate's tests in Chromium.
pub fn chromium(run: &Run<'_>) -> Result<()> {
    let mut command = wasm_pack_test(run)?;
    command
        .args(["--headless", "--chrome", "--chromedriver"])
        .arg(find_driver(run.context)?);
    on_a_host(run, command)
}

/// The crate's tests in Firefox.
pub fn firefox(run: &Run<'_>) -> Result<()> {
    let mut command = wasm_pack_test(run)?;
    command.args(["--headless", "--firefox"]);
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
    let host = TestHost::start_on_usual_port(run.context)?;
    host.tell(run.context, &mut command);
    let outcome = command::run_and_keep(&mut command).and_then(|said| {
        if run.passed_on.is_empty() {
            all_have_run(&said, tests_there_are(&run.context.root)?)
        } else {
            Ok(())
        }
    });
    host.finish(outcome)
}

/// How many tests the files of `tests/module` have.
fn tests_there_are(root: &Path) -> Result<usize> {
    let folder = root.join("tests/module");
    let mut count = 0;
    for entry in
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let text = fs::read_to_string(entry?.path())?;
        count += text
            .lines()
            .filter(|line| line.starts_with("#[wasm_bindgen_test"))
            .count();
    }
    Ok(count)
}

/// Fails when the runner has counted fewer tests than there are: one that the program ends in ends well otherwise, and so do
/// programs that are configured for another runtime.
fn all_have_run(said: &str, wanted: usize) -> Result<()> {
    let passed: usize = said
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: ok. "))
        .filter_map(|rest| rest.split(' ').next()?.parse::<usize>().ok())
        .sum();
    if passed < wanted || wanted == 0 {
        bail!("{passed} tests have passed, but tests/module has {wanted}: the others did not run");
    }
    Ok(())
}

/// Node has had a WebSocket of its own since 22; 20 has it behind a flag.
fn has_web_socket(run: &Run<'_>) -> bool {
    let mut node = run.context.command("node");
    command::succeeds(node.args([
        "--eval",
        "process.exit(typeof WebSocket === 'function' ? 0 : 1)",
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_in_which_fewer_tests_are_counted_than_there_are_fails() {
        let ran = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 0 ignored\n";
        assert!(all_have_run(ran, 2).is_ok());
        assert!(all_have_run(&format!("{ran}\n{ran}"), 4).is_ok());
        assert!(all_have_run(ran, 3).is_err());
        assert!(all_have_run("running 41 tests\ntest a ... ok\n", 41).is_err());
        assert!(all_have_run("This test suite is only configured to run in node.js", 1).is_err());
        assert!(all_have_run(ran, 0).is_err());
    }
}
