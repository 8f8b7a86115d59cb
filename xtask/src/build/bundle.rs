//! The package's JavaScript in few files: Node takes half a millisecond for each that it loads, and a page a request.

use super::folders;
use crate::command;
use crate::context::Context;
use anyhow::Result;
use std::fs;
use std::path::Path;

/// Makes the folder `bundled` of the folder `sources`: its JavaScript by esbuild, and everything else as it is.
pub fn make(context: &Context, sources: &Path, bundled: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(bundled);
    folders::copy(sources, bundled, |file| {
        file.extension().is_none_or(|extension| extension != "js")
    })?;
    let program = context.root.join("xtask/src/build/bundle.mjs");
    command::run(
        context
            .command("node")
            .arg(program)
            .args([sources, bundled]),
    )
}
