//! `cargo xtask mutants`: changes the code in small ways, one at a time, and looks whether a test fails (cargo-mutants for Rust,
//! StrykerJS for JavaScript). It takes hours, and is not part of the ordinary run.

mod javascript;

use crate::context::Context;
use crate::setup;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

/// What to change.
#[derive(clap::Args)]
#[command(
    after_help = "Mutants that no test can find stand in tests/mutants.toml, each with the reason. Results: target/mutation/mutants.out."
)]
pub struct Arguments {
    /// Whose code.
    #[arg(value_enum)]
    part: Part,
    /// Only the code of these files, as a glob.
    #[arg(long)]
    file: Vec<String>,
    /// Only a part of them, such as `1/8`: every eighth mutant, counted from the one with number 1.
    #[arg(long)]
    shard: Option<String>,
}

/// What became of mutants, by their names.
#[derive(Debug, Default)]
struct Outcomes {
    caught: Vec<String>,
    timed_out: Vec<String>,
    missed: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The wire and the session, by their native tests.
    Client,
    /// The event log: queries and operations, by its own tests, with the store in memory alone.
    EventLog,
    /// The host's stores, by the host's tests.
    Host,
    /// The package's own JavaScript, pkg-template/, by its tests in Node.
    Javascript,
}

/// What cargo-mutants changes.
struct Crate {
    package: &'static str,
    files: &'static [&'static str],
    /// Which tests of the package are to find them, for cargo: those that take seconds.
    tests: &'static [&'static str],
}

const CLIENT: Crate = Crate {
    package: "codebolt-wasm",
    files: &["src/wire/**", "src/session/**"],
    tests: &[
        "--lib",
        "--test=session_properties",
        "--test=wire_properties",
    ],
};

const EVENT_LOG: Crate = Crate {
    package: "codebolt-event-log",
    files: &["event-log/src/**"],
    tests: &["--lib", "--test=in_memory"],
};

const HOST: Crate = Crate {
    package: "codebolt-host",
    files: &["host/src/store/**"],
    tests: &["--lib", "--tests"],
};

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
    let outcomes = match arguments.part {
        Part::Client => of_crate(context, &CLIENT, arguments)?,
        Part::EventLog => of_crate(context, &EVENT_LOG, arguments)?,
        Part::Host => of_crate(context, &HOST, arguments)?,
        Part::Javascript => javascript::run(context, &arguments.file, arguments.shard.as_deref())?,
    };
    judge(
        &outcomes,
        &known.mutant,
        arguments.shard.is_none() && arguments.file.is_empty(),
    )
}

fn of_crate(context: &Context, part: &Crate, arguments: &Arguments) -> Result<Outcomes> {
    setup::mutants(context)?;
    let out = context.target.join("mutation");
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut mutants = context.command("cargo-mutants");
    mutants.args([
        "mutants",
        "--no-shuffle",
        "--colors=never",
        "--minimum-test-timeout=30",
        // Cargo.toml says of it what makes it fast.
        "--profile=mutants",
    ]);
    mutants.args(["--package", part.package]);
    for tests in part.tests {
        mutants.arg(format!("--cargo-arg={tests}"));
    }
    // The same random games in every run, and no time spent on making the one that fails smaller.
    mutants.env("PROPTEST_RNG_SEED", "1");
    mutants.env("PROPTEST_MAX_SHRINK_ITERS", "0");
    mutants.env("RUST_BACKTRACE", "0");
    if arguments.file.is_empty() {
        for file in part.files {
            mutants.args(["--file", file]);
        }
    }
    for file in &arguments.file {
        mutants.args(["--file", file]);
    }
    if let Some(shard) = &arguments.shard {
        mutants.args(["--shard", shard, "--sharding=round-robin"]);
    }
    mutants.arg("--output").arg(&out);
    let status = mutants
        .stdin(Stdio::null())
        .status()
        .context("cannot start cargo-mutants")?;
    // 2: some were missed; 3: some tests did not end. With all else there is no whole result to judge.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        bail!(
            "cargo-mutants ended with {status}, before all mutants were tried. Without a mutant the tests have to pass: see {}",
            out.join("mutants.out/log").display()
        );
    }
    let list = |name: &str| -> Result<Vec<String>> {
        let file = out.join("mutants.out").join(name);
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(text.lines().map(without_place).collect())
    };
    Ok(Outcomes {
        caught: list("caught.txt")?,
        timed_out: list("timeout.txt")?,
        missed: list("missed.txt")?,
    })
}

/// `src/a.rs:12:5: replace …` without the numbers, which every change of the file moves.
fn without_place(line: &str) -> String {
    let mut parts = line.splitn(4, ':');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(file), Some(_), Some(_), Some(what)) => format!("{file}:{what}"),
        _ => line.to_owned(),
    }
}

fn judge(outcomes: &Outcomes, known: &[KnownMutant], is_whole: bool) -> Result<()> {
    let Outcomes {
        caught,
        timed_out,
        missed,
    } = outcomes;
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
    // Of a few mutants, one that cannot be found is a large share.
    if is_whole && share < WANTED {
        bail!("at least {:.0} % are wanted", WANTED * 100.0);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(caught: usize, missed: &[&str]) -> Outcomes {
        Outcomes {
            caught: vec!["src/b.rs: x".to_owned(); caught],
            timed_out: Vec::new(),
            missed: missed.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn a_missed_mutant_without_a_reason_fails_the_run() {
        let missed = "src/a.rs: replace f -> bool with true";
        assert!(judge(&outcomes(30, &[missed]), &[], false).is_err());
        let known = [KnownMutant {
            name: missed.to_owned(),
            reason: "equal".to_owned(),
        }];
        assert!(judge(&outcomes(30, &[missed]), &known, true).is_ok());
        assert!(judge(&outcomes(3, &[missed]), &known, true).is_err());
        assert!(judge(&outcomes(3, &[missed]), &known, false).is_ok());
        assert!(judge(&outcomes(0, &[]), &known, true).is_err());
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
