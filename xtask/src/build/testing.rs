//! Puts `pkg-testing/` together: the sources in `testing/`, the event log in memory, and what `tables.mjs` makes of the definitions and
//! of the package's types.

use super::folders;
use super::package::{describe, write_readme};
use crate::command;
use crate::context::Context;
use crate::generate;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

/// Makes `pkg-testing/` anew; files that did not change are not touched.
pub fn assemble(context: &Context, event_log: &Path) -> Result<()> {
    let sources = context.root.join("testing");
    let staged = context.scratch("testing-package");
    let _ = fs::remove_dir_all(&staged);
    folders::copy(&sources.join("package"), &staged, |_| true)?;
    folders::copy(event_log, &staged, |_| true)?;
    describe(context, &staged.join("package.json"))?;
    write_readme(
        context,
        "testing/package/README.md",
        &staged.join("README.md"),
    )?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(context.root.join(licence), staged.join(licence))
            .with_context(|| format!("cannot copy {licence}"))?;
    }
    let wire = context.scratch("wire.json");
    fs::write(
        &wire,
        generate::wire(&context.root, &sources.join("custom-messages.toml"))?,
    )
    .with_context(|| format!("cannot write {}", wire.display()))?;
    let tools = context.npm_tools().join("node_modules");
    for (program, arguments) in [
        ("tables.mjs", vec![&wire, &context.package(), &staged]),
        ("commonjs.mjs", vec![&staged]),
    ] {
        command::run(
            context
                .command("node")
                .arg(sources.join(program))
                .args(arguments)
                .env("NODE_PATH", &tools),
        )?;
    }
    folders::mirror(&staged, &context.testing_package())
}
