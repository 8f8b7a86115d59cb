//! Runs suites: sets up what they need, runs all even when one fails, and says at the end what passed.

use super::needs::{self, Lacking};
use super::outcome::{Outcome, summarize};
use super::time_limit::{LIMIT, TimeLimit};
use super::{Run, SUITES, Suite, changed, parallel};
use crate::command;
use crate::context::Context;
use crate::steps::seconds;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

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
    /// How many suites run at the same time; by default two, or one where there is one processor. With one, or with arguments
    /// for the test runner, you see what a suite says while it runs.
    #[arg(long, value_name = "N")]
    at_once: Option<NonZero<usize>>,
    /// Of a run of several at once: what the suite needs is there, and its outcome goes to this file.
    #[arg(long, value_name = "FILE", hide = true)]
    outcome: Option<PathBuf>,
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
    if let Some(file) = &arguments.outcome {
        return one_of_a_run(context, &suites, file);
    }
    let lacking = needs::provide(context, &suites);
    let at_once = arguments.at_once.map_or_else(default_at_once, NonZero::get);
    if at_once == 1 || suites.len() == 1 || !arguments.passed_on.is_empty() {
        return summarize(&one_by_one(
            context,
            &suites,
            &lacking,
            &arguments.passed_on,
        ));
    }
    let (ready, not_ready): (Vec<_>, Vec<_>) = suites
        .into_iter()
        .partition(|suite| lacking.of(suite).is_none());
    let mut ended = one_by_one(context, &not_ready, &lacking, &[]);
    ended.extend(parallel::run(context, &ready, at_once)?);
    summarize(&ended)
}

/// Two keep a small machine busy: one waits while the other computes.
fn default_at_once() -> usize {
    thread::available_parallelism().map_or(1, |processors| processors.get().min(2))
}

/// What one process of a run of several at once does.
fn one_of_a_run(context: &Context, suites: &[&Suite], file: &Path) -> Result<()> {
    let [suite] = suites else {
        bail!(
            "{} is for one suite, and {} are named",
            parallel::OUTCOME,
            suites.len()
        );
    };
    let outcome = within_limit(suite, context, &[]);
    let text = serde_json::to_vec(&outcome)?;
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

fn one_by_one(
    context: &Context,
    suites: &[&'static Suite],
    lacking: &Lacking,
    passed_on: &[String],
) -> Vec<parallel::Ended> {
    let mut ended = Vec::new();
    for suite in suites {
        println!("\n━━ {}: {}", suite.name, suite.text);
        let start = Instant::now();
        let outcome = match lacking.of(suite) {
            Some(why) => Outcome::Failed(format!("not run: {why}")),
            None => within_limit(suite, context, passed_on),
        };
        let time: Duration = start.elapsed();
        println!("{}", outcome.line(suite.name, &seconds(time)));
        ended.push((suite.name, time, outcome));
    }
    ended
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
