//! What suites need, and how it gets there.

use super::Suite;
use crate::build;
use crate::context::Context;
use crate::setup::{self, Part};
use anyhow::Result;
use std::collections::HashMap;

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

/// What could not be set up or built, each by its name and with the reason.
#[derive(Default)]
pub struct Lacking(HashMap<&'static str, String>);

impl Lacking {
    /// Why a suite cannot run, if so.
    pub fn of(&self, suite: &Suite) -> Option<&str> {
        let mut reasons = suite
            .needs
            .iter()
            .filter_map(|need| self.0.get(need.text()));
        reasons.next().map(String::as_str)
    }

    fn add(&mut self, name: &'static str, error: &anyhow::Error) {
        println!("✗ {name}: {error:#}");
        self.0.insert(name, format!("{name}: {error:#}"));
    }
}

/// Sets up and builds what the suites need; gives what failed, with the reason.
pub fn provide(context: &Context, suites: &[&Suite]) -> Lacking {
    let needs = |need: Need| {
        suites
            .iter()
            .any(|suite| suite.needs.iter().any(|has| has.brings(need)))
    };
    let mut lacking = Lacking::default();
    let mut parts = Vec::new();
    for (need, part) in [
        (Need::Wasm, Part::Wasm),
        (Need::Npm, Part::Npm),
        (Need::Browser, Part::Browser),
        (Need::Database, Part::Database),
        (Need::Runtimes, Part::Runtimes),
        (Need::ToolUsers, Part::ToolUsers),
        (Need::Tracing, Part::Tracing),
        (Need::Builds, Part::Builds),
        (Need::Docs, Part::Docs),
    ] {
        if needs(need) {
            parts.push(part);
        }
    }
    for (part, outcome) in setup::ensure(context, &parts) {
        if let Err(error) = outcome {
            lacking.add(part.text(), &error);
        }
    }
    let mut attempt = |need: Need, build: &dyn Fn() -> Result<()>| {
        if needs(need)
            && let Err(error) = build()
        {
            lacking.add(need.text(), &error);
        }
    };
    attempt(Need::Host, &|| build::quick_host(context));
    attempt(Need::Package, &|| build::package(context));
    attempt(Need::Testing, &|| build::testing_package(context));
    attempt(Need::Page, &|| build::demo_page(context).map(drop));
    lacking
}

impl Need {
    /// Whether it is the other, or needs it.
    fn brings(self, other: Self) -> bool {
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
    fn text(self) -> &'static str {
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
