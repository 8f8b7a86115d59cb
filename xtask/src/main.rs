//! The project's chores: `cargo xtask build`, `demo`, `serve`, `test`, `docs`, `bench`, `release`, `setup`, `doctor`.
//!
//! Every chore sets up what it needs by itself and says what it does. `CODEBOLT_TOOLS` names the folder for the
//! tools (default: `.tools/` in the checkout); several checkouts may share one.

mod addresses;
mod bench;
mod build;
mod build_lock;
mod command;
mod context;
mod demo;
mod docs;
mod fingerprint;
mod generate;
mod host_process;
mod imports;
mod links;
mod mutants;
mod npm_project;
mod release;
mod serve;
mod setup;
mod shared_postgres;
mod site_map;
mod steps;
mod suites;

use clap::{Parser, Subcommand};
use context::Context;
use std::process::ExitCode;

/// The project's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install what building and testing need: the wasm32 target, wasm-pack, the npm tools, browsers.
    Setup(setup::Arguments),
    /// Say what this machine has, what the set-up installs by itself, and what you have to install.
    Doctor,
    /// Build the npm package in pkg/ and the host in target/release/codebolt-host.
    Build(build::Arguments),
    /// Run the six examples against a fresh host, through the package installed by name.
    Demo,
    /// Run the host with the demo page until Ctrl-C.
    Serve(serve::Arguments),
    /// Run the test suites: all of them, or those that you name.
    Test(suites::Arguments),
    /// Build, test, check, pack and publish a release; --dry-run does all but publish.
    Release(release::Arguments),
    /// Build the documentation site; --serve shows it.
    Docs(docs::Arguments),
    /// Change the code in small ways and check that a test fails; takes hours.
    Mutants(mutants::Arguments),
    /// Measure the package against a hand-written client, or the host.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = Context::find().and_then(|context| {
        steps::keep_times_in(context.scratch("step-times.json"));
        match arguments.chore {
            Chore::Setup(arguments) => setup::run(&context, &arguments),
            Chore::Doctor => setup::doctor(&context),
            Chore::Build(arguments) => build::run(&context, &arguments),
            Chore::Demo => demo::run(&context),
            Chore::Serve(arguments) => serve::run(&context, &arguments),
            Chore::Test(arguments) => suites::run(&context, &arguments),
            Chore::Release(arguments) => release::run(&context, &arguments),
            Chore::Docs(arguments) => docs::run(&context, &arguments),
            Chore::Mutants(arguments) => mutants::run(&context, &arguments),
            Chore::Bench(arguments) => bench::run(&context, &arguments),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // The suites have said all there is to say.
        Err(error) if error.is::<suites::SomeFailed>() => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
