//! `cargo xtask mutants`: changes the code in small ways, one at a time, and looks whether a test fails (cargo-mutants).
//! It takes hours, and is no part of the ordinary run.

use crate::command;
use crate::context::Context;
use crate::setup;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;

/// What to change.
#[derive(clap::Args)]
#[command(
    after_help = "Mutants that no test can find stand in tests/mutants.toml, each with the reason. Results: target/mutants/mutants.out."
)]
pub struct Arguments {
    /// Whose code.
    #[arg(value_enum)]
    part: Part,
    /// Only the code of these files, as a glob.
    #[arg(long)]
    file: Vec<String>,
    /// Only a part of them, such as `1/8`: every eighth mutant.
    #[arg(long)]
    shard: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The wire and the session, by their native tests.
    Client,
    /// The event log: queries and operations, by its own tests and the host's.
    EventLog,
    /// The host's stores, by the host's tests.
    Host,
}

impl Part {
    fn package(self) -> &'static str {
        match self {
            Self::Client => "codebolt-wasm",
            Self::EventLog => "codebolt-event-log",
            Self::Host => "codebolt-host",
        }
    }

    fn files(self) -> &'static [&'static str] {
        match self {
            Self::Client => &["src/wire/**", "src/session/**"],
            Self::EventLog => &["event-log/src/**"],
            Self::Host => &["host/src/store/**"],
        }
    }

    /// Whose tests are to find them.
    fn tests(self) -> &'static [&'static str] {
        match self {
            Self::Client => &["codebolt-wasm"],
            Self::EventLog => &["codebolt-event-log", "codebolt-host"],
            Self::Host => &["codebolt-host"],
        }
    }
}

/// The share of mutants that tests have to find.
const WANTED: f64 = 0.95;

/// Mutants that no test finds, and why that is so.
#[derive(Deserialize)]
struct Known {
    mutant: Vec<KnownMutant>,
}

#[derive(Deserialize)]
struct KnownMutant {
    name: String,
    reason: String,
}

/// `cargo xtask mutants`.
pub fn run(context: &Context, arguments: &Arguments) -> Result<()> {
    setup::mutants(context)?;
    let known: Known = toml::from_str(
        &fs::read_to_string(context.root.join("tests/mutants.toml"))
            .context("cannot read tests/mutants.toml")?,
    )
    .context("tests/mutants.toml")?;
    for KnownMutant { name, reason } in &known.mutant {
        if reason.trim().is_empty() {
            bail!("tests/mutants.toml gives no reason for `{name}`");
        }
    }
    let out = context.target.join("mutants");
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut mutants = context.command("cargo-mutants");
    mutants.args([
        "mutants",
        "--no-shuffle",
        "--colors=never",
        "--minimum-test-timeout=60",
    ]);
    mutants.args(["--package", arguments.part.package()]);
    for package in arguments.part.tests() {
        mutants.args(["--test-package", package]);
    }
    if arguments.file.is_empty() {
        for file in arguments.part.files() {
            mutants.args(["--file", file]);
        }
    }
    for file in &arguments.file {
        mutants.args(["--file", file]);
    }
    if let Some(shard) = &arguments.shard {
        mutants.args(["--shard", shard]);
    }
    mutants.arg("--output").arg(&out);
    // It ends with a status of its own when mutants were missed; what they are is read below.
    let outcome = command::run(&mut mutants);
    let list = |name: &str| -> Result<Vec<String>> {
        let file = out.join("mutants.out").join(name);
        let text = fs::read_to_string(&file).with_context(|| match &outcome {
            Err(error) => format!("cannot read {}: {error:#}", file.display()),
            Ok(()) => format!("cannot read {}", file.display()),
        })?;
        Ok(text.lines().map(without_place).collect())
    };
    judge(
        &list("caught.txt")?,
        &list("timeout.txt")?,
        &list("missed.txt")?,
        &known.mutant,
    )
}

/// `src/a.rs:12:5: replace …` without the numbers, which every change of the file moves.
fn without_place(line: &str) -> String {
    let mut parts = line.splitn(4, ':');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(file), Some(_), Some(_), Some(what)) => format!("{file}:{what}"),
        _ => line.to_owned(),
    }
}

fn judge(
    caught: &[String],
    timed_out: &[String],
    missed: &[String],
    known: &[KnownMutant],
) -> Result<()> {
    let excused: BTreeSet<&str> = known.iter().map(|mutant| mutant.name.as_str()).collect();
    let found = caught.len() + timed_out.len();
    let all = found + missed.len();
    if all == 0 {
        bail!("there was no mutant: the files are wrong");
    }
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let share = found as f64 / all as f64;
    println!(
        "{all} mutants, {found} found by tests ({:.1} %), {} of them by a test that did not end",
        share * 100.0,
        timed_out.len()
    );
    let new: Vec<&str> = missed
        .iter()
        .map(String::as_str)
        .filter(|name| !excused.contains(name))
        .collect();
    let stale: Vec<&String> = caught
        .iter()
        .filter(|name| excused.contains(name.as_str()))
        .collect();
    for name in &stale {
        println!("no longer missed, take it out of tests/mutants.toml: {name}");
    }
    if !new.is_empty() {
        bail!(
            "{} mutants that no test finds have no reason in tests/mutants.toml:\n{}",
            new.len(),
            new.join("\n")
        );
    }
    if share < WANTED {
        bail!("at least {:.0} % are wanted", WANTED * 100.0);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_missed_mutant_without_a_reason_fails_the_run() {
        let missed = names(&["src/a.rs: replace f -> bool with true"]);
        let caught = names(&["src/b.rs: x"; 30]);
        assert!(judge(&caught, &[], &missed, &[]).is_err());
        let known = [KnownMutant {
            name: missed.concat(),
            reason: "equal".to_owned(),
        }];
        assert!(judge(&caught, &[], &missed, &known).is_ok());
        assert!(judge(&names(&["src/b.rs: x"; 3]), &[], &missed, &known).is_err());
        assert!(judge(&[], &[], &[], &known).is_err());
    }

    #[test]
    fn a_mutant_is_known_by_its_file_and_what_it_does() {
        let line = "src/a.rs:12:5: replace f -> Result<a::B> with Ok(())";
        assert_eq!(
            without_place(line),
            "src/a.rs: replace f -> Result<a::B> with Ok(())"
        );
    }
}
