//! What the example of tracing makes spans with, from the lock of `tests/tracing`: OpenTelemetry.

use super::npm_tools;
use crate::context::Context;
use anyhow::Result;

/// Installs what is missing, and links it to where the tests import it from.
pub fn ensure(context: &Context) -> Result<()> {
    let folder = context.tools.join("tracing");
    npm_tools::install(context, "tracing", &folder)?;
    let tests = context.root.join("tests").join("tracing");
    npm_tools::link(&folder.join("node_modules"), &tests.join("node_modules"))
}
