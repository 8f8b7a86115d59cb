//! The package for the tests of agents, as its users get it: packed, and installed by its name beside the package.

use super::test_host::TestHost;
use super::{Run, javascript};
use crate::build::folders;
use crate::command;
use crate::npm_project;
use crate::setup::{Toolchains, ensure_toolchains, find_browser};
use anyhow::Result;

/// The tests of `tests/testing`, copied into a project that has nothing but the two packed packages.
pub fn from_tarball(run: &Run<'_>) -> Result<()> {
    let context = run.context;
    ensure_toolchains(context, Toolchains::Mocks)?;
    let host = TestHost::start(run.context)?;
    let project = host.folder().join("project");
    let package = npm_project::pack(context, host.folder())?;
    let testing = npm_project::pack_testing(context, host.folder())?;
    npm_project::create_with_package(context, &project, &package)?;
    npm_project::install(context, &project, &testing)?;
    folders::copy(&context.root.join("tests/testing"), &project, |_| true)?;
    let mut node = javascript::node(run, &project)?;
    host.tell(context, &mut node);
    node.current_dir(&project)
        .env("CODEBOLT_WIRE", context.scratch("wire.json"))
        .env("CODEBOLT_PACKAGE", &package)
        .env("CODEBOLT_TESTING_PACKAGE", &testing)
        .env("CODEBOLT_REPOSITORY", &context.root)
        .env("CODEBOLT_CHROMIUM", find_browser(context)?);
    host.finish(command::run(&mut node))
}
