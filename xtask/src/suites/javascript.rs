//! Suites of JavaScript tests.

use super::Run;
use super::test_host::TestHost;
use crate::bench;
use crate::command;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tests of the modules made from `definitions/`, in the files that the package is bundled from; they speak to no host.
pub fn definitions(run: &Run<'_>) -> Result<()> {
    node_tests_of_sources(run, "tests/definitions")
}

/// The tools for models, most of them without a host.
pub fn tools(run: &Run<'_>) -> Result<()> {
    node_tests_of_sources(run, "tests/tools-for-models")
}

/// `node --test` below a folder, for tests of the files that the package is bundled from.
fn node_tests_of_sources(run: &Run<'_>, folder: &str) -> Result<()> {
    let mut node = node(run, &run.context.root.join(folder))?;
    node.env("CODEBOLT_PACKAGE_SOURCES", run.context.package_sources());
    // CARGO_TARGET_DIR may lie where they would not find `ws`.
    node.env("NODE_PATH", run.context.npm_tools().join("node_modules"));
    command::run(&mut node)
}

/// The names, in the declarations and at run time.
pub fn names(run: &Run<'_>) -> Result<()> {
    node_tests(run, "tests/names")
}

/// What an editor shows and offers.
pub fn editor(run: &Run<'_>) -> Result<()> {
    node_tests(run, "tests/editor")
}

/// The session against a host of the tests' own, which misbehaves.
pub fn session(run: &Run<'_>) -> Result<()> {
    node_tests_of_sources(run, "tests/session")
}

/// What goes over the wire for the event log, and what it has on top.
pub fn event_log(run: &Run<'_>) -> Result<()> {
    node_tests_on_a_host(run, "tests/event-log")
}

/// The example of tracing.
pub fn tracing(run: &Run<'_>) -> Result<()> {
    node_tests_on_a_host(run, "tests/tracing")
}

/// The size budget.
pub fn size(run: &Run<'_>) -> Result<()> {
    let mut node = node(run, &run.context.root.join("bench"))?;
    let few_modules = bench::event_log_only::build(run.context)?;
    command::run(node.env("CODEBOLT_EVENT_LOG_ONLY", few_modules))
}

/// `node --test` for all `*.test.mjs` and `*.test.cjs` below a folder of the checkout.
pub fn node_tests(run: &Run<'_>, folder: &str) -> Result<()> {
    command::run(&mut node(run, &run.context.root.join(folder))?)
}

/// Like [`node_tests`], with a fresh host.
pub fn node_tests_on_a_host(run: &Run<'_>, folder: &str) -> Result<()> {
    let mut node = node(run, &run.context.root.join(folder))?;
    let host = TestHost::start(run.context)?;
    host.tell(run.context, &mut node);
    host.finish(command::run(&mut node))
}

/// The command that runs the tests below a folder.
pub fn node(run: &Run<'_>, folder: &Path) -> Result<Command> {
    let mut node = run.context.command("node");
    node.args(["--test", "--test-reporter=spec"]);
    node.args(run.passed_on).args(test_files(folder)?);
    Ok(node)
}

/// The same, one file after another: for those that share a folder.
pub fn node_one_by_one(run: &Run<'_>, folder: &Path) -> Result<Command> {
    let mut node = run.context.command("node");
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"]);
    node.args(run.passed_on).args(test_files(folder)?);
    Ok(node)
}

/// The test files below a folder; none is an error.
fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    if files.is_empty() {
        bail!(
            "there are no tests (*.test.mjs, *.test.cjs) in {}",
            folder.display()
        );
    }
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if path.is_dir() && name != "node_modules" {
            collect(&path, files)?;
        } else if name.ends_with(".test.mjs") || name.ends_with(".test.cjs") {
            files.push(path);
        }
    }
    Ok(())
}
