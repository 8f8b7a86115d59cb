//! What suites need to have been set up or built.

use crate::setup::Part;

/// What a suite needs to have been set up or built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The wasm32 target, wasm-pack, wasm-bindgen's programs.
    Wasm,
    /// The npm tools, and `node_modules` with them and the package.
    Npm,
    /// A browser and its driver.
    Browser,
    /// PostgreSQL's server programs.
    Database,
    /// The runtimes of `tests/runtimes`; brings Package, Browser and Host, which they are tested with.
    Runtimes,
    /// The MCP SDK and the tokenizer of `tests/tools-in-use`.
    ToolUsers,
    /// OpenTelemetry, of `tests/tracing`.
    Tracing,
    /// The toolchains of `tests/builds/core`; brings Runtimes.
    Builds,
    /// VitePress; brings Package, whose reference pages the site shows.
    Docs,
    /// The package in `pkg/`; brings Wasm and Npm.
    Package,
    /// The package for the tests of agents in `pkg-testing/`; brings Package.
    Testing,
    /// The host's program.
    Host,
    /// The demo page in `www/dist`, with the event log in memory; brings Package.
    Page,
}

impl Need {
    /// Whether it is the other, or needs it.
    pub(super) fn brings(self, other: Self) -> bool {
        self == other
            || match self {
                Self::Package => matches!(other, Self::Wasm | Self::Npm),
                Self::Page | Self::Testing => {
                    matches!(other, Self::Wasm | Self::Npm | Self::Package)
                }
                Self::Runtimes => matches!(
                    other,
                    Self::Wasm | Self::Npm | Self::Browser | Self::Package | Self::Host
                ),
                Self::Docs => matches!(other, Self::Wasm | Self::Npm | Self::Package),
                Self::Builds => other == Self::Runtimes || Self::Runtimes.brings(other),
                Self::Wasm
                | Self::Npm
                | Self::Browser
                | Self::Database
                | Self::ToolUsers
                | Self::Tracing
                | Self::Host => false,
            }
    }

    /// What it is, for a person; for what is set up, the name that the set-up has for it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Wasm => Part::Wasm.text(),
            Self::Npm => Part::Npm.text(),
            Self::Browser => Part::Browser.text(),
            Self::Database => Part::Database.text(),
            Self::Runtimes => Part::Runtimes.text(),
            Self::ToolUsers => Part::ToolUsers.text(),
            Self::Tracing => Part::Tracing.text(),
            Self::Builds => Part::Builds.text(),
            Self::Docs => Part::Docs.text(),
            Self::Package => "the package",
            Self::Testing => "the package for tests",
            Self::Host => "the host",
            Self::Page => "the page",
        }
    }
}
