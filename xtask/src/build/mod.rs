//! `cargo xtask build`: the npm package in `pkg/`, and the host.

mod bundle;
mod event_log;
pub mod folders;
mod late_globals;
pub mod package;
mod page;
mod short_names;
mod small_script;
pub mod testing;
pub mod wasm;

use crate::context::Context;
use crate::setup::{self, Part};
use crate::steps::step;
use crate::{build_lock, command};
use anyhow::Result;
use std::path::PathBuf;

/// What to build.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only this; may be given more than once.
    #[arg(long, value_enum)]
    only: Vec<Product>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Product {
    /// The npm package in pkg/.
    Package,
    /// The event log in memory, in target/xtask/event-log, and for the page in www/event-log.
    EventLog,
    /// The host in target/release.
    Host,
    /// The package for the tests of agents in pkg-testing/, with the package.
    Testing,
    /// The demo page in www/dist, with the package and the event log in memory.
    Page,
}

/// `cargo xtask build`.
pub fn run(context: &Context, arguments: &Arguments) -> Result<()> {
    let wants = |product| arguments.only.contains(&product);
    let default = arguments.only.is_empty();
    let [page, testing] = [Product::Page, Product::Testing].map(wants);
    if default || wants(Product::Package) || page || testing {
        setup::require(context, &[Part::Wasm, Part::Npm])?;
        package(context)?;
    }
    if wants(Product::EventLog) {
        setup::require(context, &[Part::Wasm, Part::Npm])?;
        event_log_module(context)?;
    }
    if default || testing {
        testing_package(context)?;
    }
    if page {
        demo_page(context)?;
    }
    if default || wants(Product::Host) {
        host(context)?;
        println!("The host is {}", context.host_binary().display());
    }
    Ok(())
}

/// Builds `pkg/`; the set-up for it has been done.
pub fn package(context: &Context) -> Result<()> {
    let _alone = build_lock::wait(context)?;
    let module = step("WebAssembly module", || wasm::build(context))?;
    step("npm package in pkg/", || {
        package::assemble(context, &module)
    })
}

/// Builds the event log in memory, and gives the folder with its files; the set-up for it has been done. The page has
/// them in a folder of its own.
pub fn event_log_module(context: &Context) -> Result<PathBuf> {
    let _alone = build_lock::wait(context)?;
    step("event log in memory", || {
        let built = event_log::build(context)?;
        folders::mirror(&built, &page::event_log(context))?;
        Ok(built)
    })
}

/// Builds the page with its own host, and gives the folder to serve; the package has been built.
pub fn demo_page(context: &Context) -> Result<PathBuf> {
    event_log_module(context)?;
    let _alone = build_lock::wait(context)?;
    page::build(context)
}

/// Builds `pkg-testing/` of the event log in memory and of what the package is made of; that has been built.
pub fn testing_package(context: &Context) -> Result<()> {
    let event_log = event_log_module(context)?;
    let _alone = build_lock::wait(context)?;
    step("npm package in pkg-testing/", || {
        testing::assemble(context, &event_log)
    })
}

/// Builds the host as it is published.
pub fn host(context: &Context) -> Result<()> {
    step("host", || cargo_build_host(context, &["--release"]))
}

/// Builds the host fast, for the demo and the tests.
pub fn quick_host(context: &Context) -> Result<()> {
    step("host, compiled fast", || cargo_build_host(context, &[]))
}

fn cargo_build_host(context: &Context, profile: &[&str]) -> Result<()> {
    command::run(
        context
            .command("cargo")
            .args(["build", "--quiet", "--locked", "--package", "codebolt-host"])
            .args(profile)
            .env("CARGO_TARGET_DIR", &context.target),
    )
}
