//! Runs suites: sets up what they need, runs all even when one fails, and says at the end what passed.

use super::changed;
use super::time_limit::{LIMIT, TimeLimit};
use super::{Need, SUITES, Suite};
use crate::build;
use crate::command;
use crate::context::Context;
use crate::host_process::{HostProcess, keep_port, usual_port};
use crate::setup::{self, Part};
use crate::steps::seconds;
use anyhow::{Context as _, Result, bail};
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

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

/// The error of a run in which suites failed; all there is to say has been printed.
#[derive(Debug, thiserror::Error)]
#[error("some suites failed")]
pub struct SomeFailed;

/// The error by which a suite says that it could not ask what it is there to ask. It counts neither as passed nor as failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Skipped(pub String);

/// What became of a suite.
enum Outcome {
    Passed,
    /// With the reason.
    Skipped(String),
    /// With what went wrong.
    Failed(String),
}

/// What a suite gets.
pub struct Run<'a> {
    /// The checkout.
    pub context: &'a Context,
    /// What stood behind `--` on the command line.
    pub passed_on: &'a [String],
}

/// A fresh host with an empty database in a folder of its own.
pub struct TestHost {
    process: HostProcess,
    folder: TempDir,
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

fn summarize(outcomes: &[(&str, Duration, Outcome)]) -> Result<()> {
    println!("\n━━ summary");
    for (name, time, outcome) in outcomes {
        let word = match outcome {
            Outcome::Passed => "passed ",
            Outcome::Skipped(_) => "SKIPPED",
            Outcome::Failed(_) => "FAILED ",
        };
        println!("{name:18} {word}  {:>12}", seconds(*time));
    }
    for (name, _, outcome) in outcomes {
        if let Outcome::Skipped(why) | Outcome::Failed(why) = outcome {
            println!("{name}: {}", why.lines().next().unwrap_or_default());
        }
    }
    let count = Count::of(outcomes.iter().map(|(_, _, outcome)| outcome));
    println!("{}", count.line());
    count.verdict()
}

/// How many suites came to what.
#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Count {
    fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let mut count = Self::default();
        for outcome in outcomes {
            match outcome {
                Outcome::Passed => count.passed += 1,
                Outcome::Skipped(_) => count.skipped += 1,
                Outcome::Failed(_) => count.failed += 1,
            }
        }
        count
    }

    /// The run's last line, which machines read too.
    fn line(&self) -> String {
        let mut line = format!("{} passed, {} failed", self.passed, self.failed);
        if self.skipped > 0 {
            line.push_str(&format!(", {} skipped", self.skipped));
        }
        line
    }

    /// Whether the run ends well: nobody can help it when something could not be asked.
    fn verdict(&self) -> Result<()> {
        if self.failed > 0 {
            return Err(SomeFailed.into());
        }
        Ok(())
    }
}

impl Outcome {
    fn of(result: Result<()>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(error) if error.is::<Skipped>() => Self::Skipped(format!("{error:#}")),
            Err(error) => Self::Failed(format!("{error:#}")),
        }
    }
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

impl Run<'_> {
    /// Starts a fresh host with an empty database.
    pub fn host(&self) -> Result<TestHost> {
        let folder = tempfile::Builder::new()
            .prefix("codebolt-test-")
            .tempdir()
            .context("cannot make a folder")?;
        let data = folder.path().join("test.db");
        let process =
            HostProcess::start(self.context, &data, folder.path(), usual_port(self.context))?;
        keep_port(self.context, process.port)?;
        Ok(TestHost { process, folder })
    }
}

impl TestHost {
    /// Tells a command where the host is; see [`HostProcess::tell`].
    pub fn tell(&self, context: &Context, command: &mut Command) {
        self.process.tell(context, command);
    }

    /// A folder that goes away with the host.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends the host, and hands on what the tests said: their failure comes first.
    pub fn finish(self, tests: Result<()>) -> Result<()> {
        let log = self.process.log.clone();
        if let Err(error) = tests {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            if !said.trim().is_empty() {
                println!("the host said:\n{}", said.trim_end());
            }
            return Err(error);
        }
        self.process.stop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(kind: char) -> Outcome {
        Outcome::of(match kind {
            'p' => Ok(()),
            's' => Err(Skipped("no network".to_owned()).into()),
            _ => Err(anyhow::anyhow!("broken")),
        })
    }

    #[test]
    fn the_last_line_names_what_was_skipped_and_only_a_failure_makes_the_run_fail() {
        for (kinds, line, well) in [
            ("pp", "2 passed, 0 failed", true),
            ("pf", "1 passed, 1 failed", false),
            ("ps", "1 passed, 0 failed, 1 skipped", true),
            ("ss", "0 passed, 0 failed, 2 skipped", true),
            ("fsp", "1 passed, 1 failed, 1 skipped", false),
        ] {
            let outcomes: Vec<Outcome> = kinds.chars().map(outcome).collect();
            let count = Count::of(&outcomes);
            assert_eq!(count.line(), line);
            assert_eq!(count.verdict().is_ok(), well, "{kinds}");
        }
    }

    #[test]
    fn a_reason_to_skip_is_known_by_its_kind_and_not_by_its_words() {
        assert!(matches!(outcome('s'), Outcome::Skipped(why) if why == "no network"));
        let same_words = Outcome::of(Err(anyhow::anyhow!("no network")));
        assert!(matches!(same_words, Outcome::Failed(_)));
        let explained =
            Err(anyhow::Error::from(Skipped("no network".to_owned()))).context("asking");
        assert!(
            matches!(Outcome::of(explained), Outcome::Skipped(why) if why == "asking: no network")
        );
    }
}
