//! What the documentation site is built and checked with, from the lock of `docs/site`.

use super::npm_tools;
use crate::context::Context;
use anyhow::Result;
use std::path::PathBuf;

/// Installs what is missing, and links it to where the tests of links import it from.
pub fn ensure(context: &Context) -> Result<()> {
    let folder = tools(context);
    npm_tools::install_from(context, "docs/site", &folder)?;
    let tests = context.root.join("tests").join("links");
    npm_tools::link(&folder.join("node_modules"), &tests.join("node_modules"))
}

/// The folder that it is installed into.
pub fn tools(context: &Context) -> PathBuf {
    context.tools.join("docs")
}
