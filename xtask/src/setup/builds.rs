//! The toolchains that the package is built with, from the locks of `tests/builds`.

use super::npm_tools;
use crate::context::Context;
use anyhow::Result;

/// Which toolchains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toolchains {
    /// Those of the ordinary run.
    Core,
    /// The others, which are many.
    More,
}

/// Installs what is missing. The tests make their projects below the folder.
pub fn ensure(context: &Context, toolchains: Toolchains) -> Result<()> {
    let set = match toolchains {
        Toolchains::Core => "core",
        Toolchains::More => "more",
    };
    npm_tools::install(
        context,
        &format!("builds/{set}"),
        &context.tools.join(format!("builds-{set}")),
    )
}
