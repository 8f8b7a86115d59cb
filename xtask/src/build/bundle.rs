//! The package's JavaScript in few files, for Node takes half a millisecond for each that it loads, and a page a request; and
//! its declarations.

use super::folders;
use crate::command;
use crate::context::Context;
use anyhow::Result;
use std::fs;
use std::path::Path;

/// Makes the folder `bundled` of the folder `sources`: its JavaScript by esbuild, its declarations where every caller can read
/// them, and everything else as it is.
pub fn make(context: &Context, sources: &Path, bundled: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(bundled);
    folders::copy(sources, bundled, |file| {
        file.extension()
            .is_none_or(|extension| extension != "js" && extension != "ts" && extension != "cts")
    })?;
    for program in ["bundle.mjs", "declarations.mjs"] {
        let program = context.root.join("xtask/src/build").join(program);
        command::run(
            context
                .command("node")
                .arg(program)
                .args([sources, bundled]),
        )?;
    }
    Ok(())
}
