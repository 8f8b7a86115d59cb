//! Suites of what people read: the code blocks, the site, the links.

use super::test_host::TestHost;
use super::{Run, javascript};
use crate::addresses;
use crate::command;
use crate::docs;
use crate::npm_project;
use anyhow::Result;

/// The code blocks, in a project that has nothing but the packed package.
pub fn code_blocks(run: &Run<'_>) -> Result<()> {
    let mut node = javascript::node(run, &run.context.root.join("tests/documented"))?;
    let host = TestHost::start(run.context)?;
    let project = host.folder().join("project");
    let package = npm_project::pack(run.context, host.folder())?;
    npm_project::create_with_package(run.context, &project, &package)?;
    host.tell(run.context, &mut node);
    node.env("CODEBOLT_PROJECT", &project);
    host.finish(command::run(&mut node))
}

/// The site in a browser.
pub fn site(run: &Run<'_>) -> Result<()> {
    on_the_site(run, "tests/site")
}

/// The links of all Markdown and of the site.
pub fn links(run: &Run<'_>) -> Result<()> {
    on_the_site(run, "tests/links")
}

/// Tests that find in `CODEBOLT_SITE` the site as GitHub Pages will have it, and in `CODEBOLT_SITE_BASE` its path there.
fn on_the_site(run: &Run<'_>, folder: &str) -> Result<()> {
    let base = addresses::site_path();
    let site = docs::build(run.context, &base)?;
    let mut node = javascript::node(run, &run.context.root.join(folder))?;
    command::run(
        node.env("CODEBOLT_SITE", site)
            .env("CODEBOLT_SITE_BASE", base),
    )
}
