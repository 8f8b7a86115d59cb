//! Suites of the packed package in every runtime it is for, each on a fresh host.

use super::test_host::TestHost;
use super::{Run, javascript};
use crate::command;
use crate::npm_project;
use crate::setup::{Toolchains, ensure_toolchains, find_browser, find_firefox};
use anyhow::Result;
use std::process::Command;

/// The Nodes, Deno and Bun.
pub fn node(run: &Run<'_>) -> Result<()> {
    tests(run, "node")
}

/// The browsers, as they are.
pub fn browser(run: &Run<'_>) -> Result<()> {
    tests(run, "browser")
}

/// The bundlers.
pub fn bundlers(run: &Run<'_>) -> Result<()> {
    tests(run, "bundlers")
}

/// The toolchains of `tests/builds`: those of its folder `core`, and with `--all` those of `more` too.
pub fn builds(run: &Run<'_>) -> Result<()> {
    let all = |argument: &String| argument == "--all";
    let passed_on: Vec<String> = run
        .passed_on
        .iter()
        .filter(|argument| !all(argument))
        // A build takes a core and waits for the disk between.
        .chain([&"--test-concurrency=2".to_owned()])
        .cloned()
        .collect();
    let whole = run.passed_on.iter().any(all);
    if whole {
        ensure_toolchains(run.context, Toolchains::More)?;
    }
    let run = &Run {
        context: run.context,
        passed_on: &passed_on,
    };
    let folder = if whole {
        "tests/builds"
    } else {
        "tests/builds/core"
    };
    on_the_package(run, folder, |node| {
        node.env("CODEBOLT_CHROMIUM", find_browser(run.context)?);
        Ok(())
    })
}

/// Beside what the tests of agents fake requests, proxies and clocks with.
pub fn mocks(run: &Run<'_>) -> Result<()> {
    ensure_toolchains(run.context, Toolchains::Mocks)?;
    on_the_package(run, "tests/mocks", |_| Ok(()))
}

/// workerd.
pub fn edge(run: &Run<'_>) -> Result<()> {
    tests(run, "edge")
}

/// A project written for the reference SDK, with the package under its name.
pub fn drop_in(run: &Run<'_>) -> Result<()> {
    on_the_package(run, "tests/drop-in", |_| Ok(()))
}

/// Programs in the ways that public ones are written, with the package under the old name.
pub fn consumers(run: &Run<'_>) -> Result<()> {
    on_the_package(run, "tests/consumers", |_| Ok(()))
}

/// Beside packages that want the reference as a peer, with each package manager.
pub fn peers(run: &Run<'_>) -> Result<()> {
    npm_project::install_locked(run.context, &run.context.root.join("tests/peers"))?;
    on_the_package(run, "tests/peers", |_| Ok(()))
}

/// What the package holds, and that importing it does nothing.
pub fn contents(run: &Run<'_>) -> Result<()> {
    on_the_package(run, "tests/package-contents", |_| Ok(()))
}

/// The tests in `tests/runtimes/<folder>`; they find the browsers in `CODEBOLT_CHROMIUM` and `CODEBOLT_FIREFOX`.
fn tests(run: &Run<'_>, folder: &str) -> Result<()> {
    on_the_package(run, &format!("tests/runtimes/{folder}"), |node| {
        node.env("CODEBOLT_CHROMIUM", find_browser(run.context)?)
            .env("CODEBOLT_FIREFOX", find_firefox(run.context)?);
        Ok(())
    })
}

/// Tests that find a host, in `CODEBOLT_PROJECT` a project that has nothing but the packed package, and in
/// `CODEBOLT_PACKAGE` the package's file.
fn on_the_package(
    run: &Run<'_>,
    folder: &str,
    tell: impl Fn(&mut Command) -> Result<()>,
) -> Result<()> {
    let mut node = javascript::node(run, &run.context.root.join(folder))?;
    let host = TestHost::start(run.context)?;
    let project = host.folder().join("project");
    let package = npm_project::pack(run.context, host.folder())?;
    npm_project::create_with_package(run.context, &project, &package)?;
    host.tell(run.context, &mut node);
    tell(&mut node)?;
    node.env("CODEBOLT_PROJECT", &project)
        .env("CODEBOLT_PACKAGE", &package);
    host.finish(command::run(&mut node))
}
