//! The runtimes that the package is tested in: other Nodes, Deno, Bun, workerd, the bundlers and the browsers' driver from
//! the lock of `tests/runtimes`, and Firefox.

use super::{apt, cargo_tools, npm_tools};
use crate::context::Context;
use anyhow::{Context as _, Result};
use std::path::PathBuf;

/// The names that Firefox goes by.
const FIREFOX: [&str; 2] = ["firefox-esr", "firefox"];

/// Installs what is missing, and links the npm packages to where the tests import them from.
pub fn ensure(context: &Context) -> Result<()> {
    let folder = context.tools.join("runtimes");
    npm_tools::install(context, "runtimes", &folder)?;
    let link = context
        .root
        .join("tests")
        .join("runtimes")
        .join("node_modules");
    npm_tools::link(&folder.join("node_modules"), &link)?;
    if find_firefox(context).is_err() {
        apt::install(
            context,
            &["firefox-esr"],
            "install Firefox, so that `firefox` is on PATH",
        )?;
        find_firefox(context)?;
    }
    cargo_tools::ensure_geckodriver(context)
}

/// Firefox's program.
pub fn find_firefox(context: &Context) -> Result<PathBuf> {
    FIREFOX
        .iter()
        .find_map(|name| context.find_program(name))
        .with_context(|| format!("no Firefox on PATH (looked for {})", FIREFOX.join(", ")))
}
