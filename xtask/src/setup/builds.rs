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
    /// What fakes requests and clocks, from the lock of `tests/mocks`.
    Mocks,
}

/// Installs what is missing. The tests make their projects below the folder.
pub fn ensure(context: &Context, toolchains: Toolchains) -> Result<()> {
    let (project, folder) = match toolchains {
        Toolchains::Core => ("builds/core", "builds-core"),
        Toolchains::More => ("builds/more", "builds-more"),
        Toolchains::Mocks => ("mocks", "builds-mocks"),
    };
    npm_tools::install(context, project, &context.tools.join(folder))
}
