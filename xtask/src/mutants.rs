//! `cargo xtask mutants`: changes the code in small ways, one at a time, and looks whether a test fails (cargo-mutants).
//! It takes hours, and is not part of the ordinary run.

use crate::context::Context;
use crate::setup;
use crate::shared_postgres::SharedPostgres;
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
    /// Only a part of them, such as `1/8`: every eighth mutant.
    #[arg(long)]
    shard: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The wire and the session, by their native tests.
    Client,
    /// The event log: queries and operations, by its own tests, with the store in memory alone.
    EventLog,
    /// The host's store on SQLite and what both stores share, by the tests that need no PostgreSQL.
    Sqlite,
    /// The host's store on PostgreSQL, by the host's tests.
    Postgres,
}

impl Part {
    fn package(self) -> &'static str {
        match self {
            Self::Client => "codebolt-wasm",
            Self::EventLog => "codebolt-event-log",
            Self::Sqlite | Self::Postgres => "codebolt-host",
        }
    }

    fn files(self) -> &'static [&'static str] {
        match self {
            Self::Client => &["src/wire/**", "src/session/**"],
            Self::EventLog => &["event-log/src/**"],
            Self::Sqlite => &[
                "host/src/store/*.rs",
                "host/src/store/sql/**",
                "host/src/store/sqlite/**",
            ],
            Self::Postgres => &["host/src/store/postgres/**"],
        }
    }

    /// Which tests of the package are to find them, for cargo: those that take seconds.
    fn tests(self) -> &'static [&'static str] {
        match self {
            Self::Client => &[
                "--lib",
                "--test=session_properties",
                "--test=wire_properties",
            ],
            Self::EventLog => &["--lib", "--test=in_memory"],
            // The stores' cases are unit tests with this feature: of one crate, without a program beside it.
            Self::Sqlite | Self::Postgres => &["--features=store-cases", "--lib"],
        }
    }

    /// Which of those tests, by parts of their names as `cargo test -- …` takes them; all where there are none.
    fn filters(self) -> &'static [&'static str] {
        match self {
            Self::Client | Self::EventLog => &[],
            Self::Sqlite => &[
                "--skip=in_memory",
                "--skip=options::",
                "--skip=postgres",
                "--skip=service::",
            ],
            Self::Postgres => &[
                "--skip=in_memory",
                "--skip=options::",
                "--skip=service::",
                "--skip=sqlite",
            ],
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
    let out = context.target.join("mutation");
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut mutants = context.command("cargo-mutants");
    mutants.args([
        "mutants",
        "--no-shuffle",
        "--colors=never",
        "--minimum-test-timeout=30",
    ]);
    mutants.args(["--package", arguments.part.package()]);
    match arguments.part {
        // Their random games are most of their time. Cargo.toml says of the profile what makes it fast.
        Part::Client | Part::EventLog => mutants.arg("--profile=mutants"),
        // Compiling is most of it.
        Part::Sqlite | Part::Postgres => mutants
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env("CODEBOLT_HOST_QUERY_CASES", "60"),
    };
    for tests in arguments.part.tests() {
        mutants.arg(format!("--cargo-arg={tests}"));
    }
    // The same random games in every run, and no time spent on making the one that fails smaller.
    mutants.env("PROPTEST_RNG_SEED", "1");
    mutants.env("PROPTEST_MAX_SHRINK_ITERS", "0");
    mutants.env("RUST_BACKTRACE", "0");
    if arguments.file.is_empty() {
        for file in arguments.part.files() {
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
    // Each run is on a copy of the checkout; dependencies need not be compiled again for it.
    mutants.env("CARGO_TARGET_DIR", out.join("target"));
    if !arguments.part.filters().is_empty() {
        mutants.args(["--", "--"]).args(arguments.part.filters());
    }
    let server = match arguments.part {
        Part::Postgres => Some(SharedPostgres::start(context)?),
        Part::Client | Part::EventLog | Part::Sqlite => None,
    };
    if let Some(server) = &server {
        server.tell(&mut mutants);
    }
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
    judge(
        &list("caught.txt")?,
        &list("timeout.txt")?,
        &list("missed.txt")?,
        &known.mutant,
        arguments.shard.is_none() && arguments.file.is_empty(),
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
    is_whole: bool,
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
    // Of a few mutants, one that cannot be found is a large share.
    if is_whole && share < WANTED {
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
        assert!(judge(&caught, &[], &missed, &[], false).is_err());
        let known = [KnownMutant {
            name: missed.concat(),
            reason: "equal".to_owned(),
        }];
        assert!(judge(&caught, &[], &missed, &known, true).is_ok());
        let few = names(&["src/b.rs: x"; 3]);
        assert!(judge(&few, &[], &missed, &known, true).is_err());
        assert!(judge(&few, &[], &missed, &known, false).is_ok());
        assert!(judge(&[], &[], &[], &known, true).is_err());
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
