//! Installs what is missing; what is there already is left alone.

mod apt;
mod browser;
mod builds;
mod cargo_tools;
mod database;
mod debian_rust;
mod docs_site;
mod doctor;
mod npm_tools;
mod runtimes;
mod standard_library;
mod tool_users;
mod tracing;
pub mod wasm_target;

use crate::context::Context;
use crate::steps::step;
use anyhow::{Result, bail};
use clap::ValueEnum;
use std::thread;

pub use browser::{find_browser, find_driver};
pub use builds::{Toolchains, ensure as ensure_toolchains};
pub use docs_site::tools as docs_tools;
pub use doctor::run as doctor;
pub use npm_tools::{link as link_folder, link_modules};
pub use runtimes::find_firefox;

/// Installs the linters of `tests/architecture`.
pub fn architecture(context: &Context) -> Result<()> {
    let folder = context.tools.join("architecture");
    npm_tools::install(context, "architecture", &folder)?;
    let tests = context.root.join("tests").join("architecture");
    npm_tools::link(&folder.join("node_modules"), &tests.join("node_modules"))
}

/// Installs cargo-mutants.
pub fn mutants(context: &Context) -> Result<()> {
    cargo_tools::ensure_mutants(context)
}

/// Installs StrykerJS, of `tests/mutants`.
pub fn stryker(context: &Context) -> Result<()> {
    let folder = context.tools.join("mutants");
    npm_tools::install(context, "mutants", &folder)?;
    let tests = context.root.join("tests").join("mutants");
    npm_tools::link(&folder.join("node_modules"), &tests.join("node_modules"))
}

/// Installs cargo-semver-checks.
pub fn semver_checks(context: &Context) -> Result<()> {
    cargo_tools::ensure_semver_checks(context)
}

/// What to set up.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only this part; may be given more than once.
    #[arg(long, value_enum)]
    only: Vec<Part>,
}

/// A part of the set-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Part {
    /// The wasm32-unknown-unknown target, wasm-pack and wasm-bindgen's programs.
    Wasm,
    /// The npm tools of tests/tools.
    Npm,
    /// Chromium and its driver.
    Browser,
    /// PostgreSQL's server programs.
    Database,
    /// The runtimes and bundlers of tests/runtimes, and Firefox.
    Runtimes,
    /// The MCP SDK and the tokenizer of tests/tools-in-use.
    ToolUsers,
    /// OpenTelemetry, of tests/tracing.
    Tracing,
    /// The toolchains of tests/builds/core.
    Builds,
    /// VitePress, of docs/site.
    Docs,
}

/// `cargo xtask setup`.
pub fn run(context: &Context, arguments: &Arguments) -> Result<()> {
    let parts = if arguments.only.is_empty() {
        Part::value_variants().to_vec()
    } else {
        arguments.only.clone()
    };
    let failed: Vec<Part> = ensure(context, &parts)
        .into_iter()
        .filter_map(|(part, outcome)| {
            let error = outcome.err()?;
            eprintln!("error: {}: {error:#}", part.text());
            Some(part)
        })
        .collect();
    if !failed.is_empty() {
        bail!(
            "{} of {} parts could not be set up",
            failed.len(),
            parts.len()
        );
    }
    println!("All set up; the tools are in {}", context.tools.display());
    println!("To type wasm-pack and the like yourself:");
    println!("{}", wasm_target::typed(context));
    Ok(())
}

/// Sets the parts up side by side: one waits for the network while another compiles.
pub fn ensure(context: &Context, parts: &[Part]) -> Vec<(Part, Result<()>)> {
    thread::scope(|scope| {
        let running: Vec<_> = parts
            .iter()
            .map(|&part| {
                (
                    part,
                    scope.spawn(move || step(part.text(), || part.ensure(context))),
                )
            })
            .collect();
        running
            .into_iter()
            .map(|(part, thread)| {
                (
                    part,
                    thread
                        .join()
                        .unwrap_or_else(|_| Err(anyhow::anyhow!("setting up panicked"))),
                )
            })
            .collect()
    })
}

/// Like [`ensure`], with the first failure as the error.
pub fn require(context: &Context, parts: &[Part]) -> Result<()> {
    for (part, outcome) in ensure(context, parts) {
        outcome.map_err(|error| error.context(format!("cannot set up {}", part.text())))?;
    }
    Ok(())
}

impl Part {
    /// What it is, for a person.
    pub fn text(self) -> &'static str {
        match self {
            Self::Wasm => "WebAssembly target and tools",
            Self::Npm => "npm tools",
            Self::Browser => "browser",
            Self::Database => "PostgreSQL",
            Self::Runtimes => "runtimes, bundlers and Firefox",
            Self::ToolUsers => "MCP SDK and tokenizer",
            Self::Tracing => "OpenTelemetry",
            Self::Builds => "toolchains",
            Self::Docs => "VitePress",
        }
    }

    fn ensure(self, context: &Context) -> Result<()> {
        match self {
            Self::Wasm => {
                wasm_target::ensure(context)?;
                cargo_tools::ensure(context)
            }
            Self::Npm => npm_tools::ensure(context),
            Self::Browser => browser::ensure(context),
            Self::Database => database::ensure(context),
            Self::Runtimes => runtimes::ensure(context),
            Self::ToolUsers => tool_users::ensure(context),
            Self::Tracing => tracing::ensure(context),
            Self::Builds => builds::ensure(context, Toolchains::Core),
            Self::Docs => docs_site::ensure(context),
        }
    }
}
