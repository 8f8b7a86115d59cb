//! Runs suites: sets up what they need, runs all even when one fails, and says at the end what passed.

use super::changed;
use super::need::Need;
use super::outcome::{Outcome, summarize};
use super::run::Run;
use super::time_limit::{LIMIT, TimeLimit};
use super::{SUITES, Suite};
use crate::build;
use crate::command;
use crate::context::Context;
use crate::setup::{self, Part};
use anyhow::{Result, bail};
use std::collections::HashMap;
use std::time::Instant;

/// Which suites.
#[derive(clap::Args)]
#[command(after_help = help())]
pub struct Arguments {
    /// The suites to run; all when none is named.
    suites: Vec<String>,
    /// The suites that what has changed since a commit can touch; without one, since `main` as the origin has it, or else as it is here.
    #[arg(long, value_name = "COMMIT", num_args = 0..=1, require_equals = true, conflicts_with = "suites")]
    changed: Option<Option<String>>,
    /// Say which suites there are.
    #[arg(long)]
    list: bool,
    /// Passed on to the test runner of the suites, such as a test's name.
    #[arg(last = true)]
    passed_on: Vec<String>,
}

/// `cargo xtask test`.
pub fn run(context: &Context, arguments: &Arguments) -> Result<()> {
    if arguments.list {
        println!("{}", list());
        return Ok(());
    }
    let suites = match &arguments.changed {
        None => chosen(&arguments.suites)?,
        Some(base) => {
            let base = base.as_deref().unwrap_or_else(|| main_branch(context));
            let names = changed::suites(context, base)?;
            if names.is_empty() {
                println!("nothing has changed");
                return Ok(());
            }
            chosen(&names)?
        }
    };
    let lacking = prepare(context, &suites);
    let mut outcomes = Vec::new();
    for suite in suites {
        println!("\n━━ {}: {}", suite.name, suite.text);
        let start = Instant::now();
        let outcome = match suite.needs.iter().find_map(|need| lacking.get(need.text())) {
            Some(why) => Outcome::Failed(format!("not run: {why}")),
            None => within_limit(suite, context, &arguments.passed_on),
        };
        match &outcome {
            Outcome::Passed => {}
            Outcome::Skipped(why) => println!("- {} SKIPPED: {why}", suite.name),
            Outcome::Failed(why) => println!("✗ {} FAILED: {why}", suite.name),
        }
        outcomes.push((suite.name, start.elapsed(), outcome));
    }
    summarize(&outcomes)
}

fn main_branch(context: &Context) -> &'static str {
    let mut known = context.command("git");
    known.args(["rev-parse", "--verify", "--quiet", "origin/main"]);
    if command::succeeds(&mut known) {
        "origin/main"
    } else {
        "main"
    }
}

/// Runs a suite; one that takes too long fails, and the others go on. Who passes arguments on may have asked for hours.
fn within_limit(suite: &Suite, context: &Context, passed_on: &[String]) -> Outcome {
    let limit = passed_on.is_empty().then(|| TimeLimit::start(LIMIT));
    let outcome = Outcome::of((suite.run)(&Run { context, passed_on }));
    match limit.map(TimeLimit::end) {
        Some(killed) if !killed.is_empty() => Outcome::Failed(format!(
            "it took longer than {} minutes; killed:\n  {}",
            LIMIT.as_secs() / 60,
            killed.join("\n  ")
        )),
        _ => outcome,
    }
}

fn chosen(names: &[String]) -> Result<Vec<&'static Suite>> {
    for name in names {
        if !SUITES.iter().any(|suite| suite.name == name) {
            bail!("there is no suite `{name}`; there are:\n{}", list());
        }
    }
    Ok(SUITES
        .iter()
        .filter(|suite| names.is_empty() || names.iter().any(|name| name == suite.name))
        .collect())
}

/// Sets up and builds what the suites need; gives what failed, with the reason.
fn prepare(context: &Context, suites: &[&Suite]) -> HashMap<&'static str, String> {
    let needs = |need: Need| {
        suites
            .iter()
            .any(|suite| suite.needs.iter().any(|has| has.brings(need)))
    };
    let mut lacking = HashMap::new();
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
            println!("✗ {}: {error:#}", part.text());
            lacking.insert(part.text(), format!("{}: {error:#}", part.text()));
        }
    }
    let mut attempt = |need: Need, build: &dyn Fn() -> Result<()>| {
        if needs(need)
            && let Err(error) = build()
        {
            println!("✗ {}: {error:#}", need.text());
            lacking.insert(need.text(), format!("{}: {error:#}", need.text()));
        }
    };
    attempt(Need::Host, &|| build::quick_host(context));
    attempt(Need::Package, &|| build::package(context));
    attempt(Need::Testing, &|| build::testing_package(context));
    attempt(Need::Page, &|| build::demo_page(context).map(drop));
    lacking
}

fn list() -> String {
    let lines: Vec<String> = SUITES
        .iter()
        .map(|suite| format!("  {:18} {}", suite.name, suite.text))
        .collect();
    lines.join("\n")
}

fn help() -> String {
    format!("Suites:\n{}", list())
}
