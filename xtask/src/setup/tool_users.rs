//! What programs use the tools for models with, from the lock of `tests/tools-in-use`: the MCP SDK and a tokenizer.

use super::npm_tools;
use crate::context::Context;
use anyhow::Result;

/// Installs what is missing, and links it to where the tests import it from.
pub fn ensure(context: &Context) -> Result<()> {
    let folder = context.tools.join("tools-in-use");
    npm_tools::install(context, "tools-in-use", &folder)?;
    let tests = context.root.join("tests").join("tools-in-use");
    npm_tools::link(&folder.join("node_modules"), &tests.join("node_modules"))
}
