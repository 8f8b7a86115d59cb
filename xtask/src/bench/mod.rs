//! `cargo xtask bench`: the built package against a hand-written client, and the local host's own benchmark.

pub mod event_log_only;

use crate::build;
use crate::command;
use crate::context::Context;
use crate::setup::{self, Part, find_browser};
use anyhow::{Result, bail};

/// What to measure.
#[derive(clap::Args)]
#[command(
    after_help = "Results: a table, and target/bench/results.json. docs/performance.md says what is measured and how."
)]
pub struct Arguments {
    /// `client` (the package, in Node and Chromium) or `host` (the local host's stores).
    #[arg(value_enum, default_value = "client")]
    subject: Subject,
    /// Only rows whose name or group (create, append, large) holds this text.
    #[arg(long)]
    rows: Option<String>,
    /// Rounds a row that count.
    #[arg(long)]
    rounds: Option<u32>,
    /// Fewer calls and rounds: for a look, not for figures to publish.
    #[arg(long)]
    quick: bool,
    /// No browser.
    #[arg(long)]
    no_chromium: bool,
    /// Write the result into docs/performance.md and its chart.
    #[arg(long)]
    record: bool,
    /// Leave CPU profiles of the rows in target/bench/ instead of measuring; they open in Chrome's tools.
    #[arg(long)]
    profile: bool,
    /// What stands behind `--` is handed to the host's benchmark.
    #[arg(last = true)]
    passed_on: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Subject {
    Client,
    Host,
}

/// `cargo xtask bench`.
pub fn run(context: &Context, arguments: &Arguments) -> Result<()> {
    match arguments.subject {
        Subject::Client => client(context, arguments),
        Subject::Host => host(context, arguments),
    }
}

fn client(context: &Context, arguments: &Arguments) -> Result<()> {
    if !arguments.passed_on.is_empty() {
        bail!("only `cargo xtask bench host` takes arguments behind `--`");
    }
    let browser = !arguments.no_chromium && !arguments.profile;
    let mut parts = vec![Part::Wasm, Part::Npm];
    if browser {
        parts.push(Part::Browser);
    }
    setup::require(context, &parts)?;
    build::package(context)?;
    let mut node = context.command("node");
    node.arg(context.root.join("bench").join("run.mjs"));
    if browser {
        node.arg("--browser").arg(find_browser(context)?);
    }
    if arguments.profile {
        node.arg("--named-module").arg(build::wasm::named(context)?);
    } else if arguments.rows.is_none() {
        node.arg("--event-log-only")
            .arg(event_log_only::build(context)?);
    }
    if let Some(rows) = &arguments.rows {
        node.arg("--rows").arg(rows);
    }
    if let Some(rounds) = arguments.rounds {
        node.arg("--rounds").arg(rounds.to_string());
    }
    for (wanted, flag) in [
        (arguments.quick, "--quick"),
        (arguments.no_chromium, "--no-chromium"),
        (arguments.record, "--record"),
        (arguments.profile, "--profile"),
    ] {
        if wanted {
            node.arg(flag);
        }
    }
    command::run(&mut node)
}

fn host(context: &Context, arguments: &Arguments) -> Result<()> {
    let mut cargo = context.command("cargo");
    cargo
        .args([
            "bench",
            "--quiet",
            "--locked",
            "--package",
            "codebolt-host",
            "--bench",
            "host",
            "--",
        ])
        .args(&arguments.passed_on);
    command::run(&mut cargo)
}
