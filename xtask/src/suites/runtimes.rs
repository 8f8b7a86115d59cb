//! Suites of the packed package in every runtime it is for, each on a fresh host.

use super::{Run, javascript};
use crate::command;
use crate::npm_project;
use crate::setup::{find_browser, find_firefox};
use anyhow::Result;

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

/// workerd.
pub fn edge(run: &Run<'_>) -> Result<()> {
    tests(run, "edge")
}

/// The tests in `tests/runtimes/<folder>`. They find in `CODEBOLT_PROJECT` a project that has nothing but the packed
/// package, in `CODEBOLT_PACKAGE` the package's file, and the browsers in `CODEBOLT_CHROMIUM` and `CODEBOLT_FIREFOX`.
fn tests(run: &Run<'_>, folder: &str) -> Result<()> {
    let tests = run.context.root.join("tests").join("runtimes").join(folder);
    let mut node = javascript::node(run, &tests)?;
    let host = run.host()?;
    let project = host.folder().join("project");
    let package = npm_project::pack(run.context, host.folder())?;
    npm_project::create_with_package(run.context, &project, &package)?;
    host.tell(run.context, &mut node);
    node.env("CODEBOLT_PROJECT", &project)
        .env("CODEBOLT_PACKAGE", &package)
        .env("CODEBOLT_CHROMIUM", find_browser(run.context)?)
        .env("CODEBOLT_FIREFOX", find_firefox(run.context)?);
    host.finish(command::run(&mut node))
}
