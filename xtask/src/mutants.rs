//! `cargo xtask mutants`: changes the code in small ways, one at a time, and looks whether a test fails (cargo-mutants).
//! It takes hours, and is not part of the ordinary run.

mod results;

use crate::command;
use crate::context::Context;
use crate::setup;
use anyhow::{Context as _, Result, bail};
use clap::ValueEnum as _;
use results::{Outcomes, Results, Share};
use serde::Deserialize;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What to change.
#[derive(clap::Args)]
#[command(
    after_help = "Mutants that no test can find stand in tests/mutants.toml, each with the reason. Results: target/mutation/mutants.out, and target/mutation/<part>.json, \
where those of each file stand until it is tried again. Once all files of a part are there, the part is judged as a whole."
)]
pub struct Arguments {
    /// Whose code.
    #[arg(value_enum)]
    part: Part,
    /// Only the code of these files, as a glob.
    #[arg(long)]
    file: Vec<String>,
    /// Only mutants that were missed when they were tried last, and those of files whose code has changed since.
    #[arg(long, conflicts_with_all = ["file", "shard"])]
    resume: bool,
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
    /// What it is called on the command line.
    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

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
            Self::Sqlite | Self::Postgres => &["--lib", "--test=suite"],
        }
    }

    /// Which of those tests, by parts of their names as `cargo test -- …` takes them; all where there are none. Those that
    /// wait for a clock are left out: a mutant costs what all of them take together.
    fn filters(self) -> &'static [&'static str] {
        match self {
            Self::Client | Self::EventLog | Self::Postgres => &[],
            Self::Sqlite => &[
                "store",
                "query_agreement",
                "query_cases",
                "ambiguous_reference",
                "refusal_codes",
                "transfer",
                "unindexed",
                "own_files",
                "two_stores_on_one_sqlite_file",
                "--skip=in_memory",
                "--skip=postgres",
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
    /// The line that is changed, where others of the same name are found by tests.
    line: Option<String>,
    reason: String,
}

impl KnownMutant {
    fn is(&self, mutant: &str) -> bool {
        let (name, line) = mutant.split_once(AT).unwrap_or((mutant, ""));
        self.name == name && self.line.as_ref().is_none_or(|own| own == line)
    }
}

/// What stands between a mutant's name and the line of code that it changes.
const AT: &str = "  @  ";

/// `cargo xtask mutants`.
pub fn run(context: &Context, arguments: &Arguments) -> Result<()> {
    setup::mutants(context)?;
    let known: Known = toml::from_str(
        &fs::read_to_string(context.root.join("tests/mutants.toml"))
            .context("cannot read tests/mutants.toml")?,
    )
    .context("tests/mutants.toml")?;
    for KnownMutant { name, reason, .. } in &known.mutant {
        if reason.trim().is_empty() {
            bail!("tests/mutants.toml gives no reason for `{name}`");
        }
    }
    let known = known.mutant;
    let part = arguments.part;
    let out = context.target.join("mutation");
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let kept_in = out.join(format!("{}.json", part.name()));
    let mut results = Results::read(&context.root, kept_in)?;
    let globs: Vec<String> = part.files().iter().map(ToString::to_string).collect();
    let all = files(context, part, &globs)?;
    let whole = |files: &[String]| files.iter().map(|file| Share::whole(file)).collect();
    let tried: Vec<Share> = if arguments.resume {
        results.open(&all, |mutant| known.iter().any(|known| known.is(mutant)))?
    } else if arguments.file.is_empty() {
        whole(&all)
    } else {
        whole(&files(context, part, &arguments.file)?)
    };
    let mut judged = Outcomes::default();
    if !tried.is_empty() {
        try_all(context, arguments, &tried, &out)?;
        judged = outcomes(&context.root, &out.join("mutants.out"))?;
    }
    if arguments.shard.is_some() {
        return judge(&judged, &known, false);
    }
    results.keep(&tried, &judged)?;
    let untried = results.open(&all, |_| true)?;
    if untried.is_empty() {
        return judge(&results.together(&all), &known, true);
    }
    for Share { file, .. } in untried {
        println!("not tried so far: {file}");
    }
    judge(&judged, &known, false)
}

/// The files that these globs name, from the checkout's root on.
fn files(context: &Context, part: Part, globs: &[String]) -> Result<Vec<String>> {
    let mut list = cargo_mutants(context, part, globs);
    let listed = command::output(list.arg("--list-files"))?;
    let files: Vec<String> = listed.lines().map(ToOwned::to_owned).collect();
    if files.is_empty() {
        bail!("no source file fits {}", globs.join(", "));
    }
    Ok(files)
}

fn cargo_mutants(context: &Context, part: Part, files: &[String]) -> Command {
    let mut mutants = context.command("cargo-mutants");
    mutants.args(["mutants", "--colors=never", "--package", part.package()]);
    for file in files {
        mutants.args(["--file", file]);
    }
    mutants
}

/// Tries these mutants.
fn try_all(context: &Context, arguments: &Arguments, tried: &[Share], out: &Path) -> Result<()> {
    let part = arguments.part;
    let files: Vec<String> = tried.iter().map(|share| share.file.clone()).collect();
    let mut mutants = cargo_mutants(context, part, &files);
    if tried.iter().any(|share| share.only.is_some()) {
        for pattern in tried.iter().flat_map(patterns) {
            mutants.args(["--re", &pattern]);
        }
    }
    mutants.args([
        "--no-shuffle",
        "--minimum-test-timeout=30",
        // Cargo.toml says of it what makes it fast.
        "--profile=mutants",
    ]);
    for tests in part.tests() {
        mutants.arg(format!("--cargo-arg={tests}"));
    }
    // The same random games in every run, and no time spent on making the one that fails smaller.
    mutants.env("PROPTEST_RNG_SEED", "1");
    mutants.env("PROPTEST_MAX_SHRINK_ITERS", "0");
    mutants.env("RUST_BACKTRACE", "0");
    if let Some(shard) = &arguments.shard {
        mutants.args(["--shard", shard, "--sharding=round-robin"]);
    }
    mutants.arg("--output").arg(out);
    // Each run is on a copy of the checkout; dependencies need not be compiled again for it.
    mutants.env("CARGO_TARGET_DIR", out.join("target"));
    if !part.filters().is_empty() {
        mutants.args(["--", "--"]).args(part.filters());
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
    Ok(())
}

/// What the names of these mutants look like to cargo-mutants, which has the line and the column in them.
fn patterns(share: &Share) -> Vec<String> {
    let escaped = |text: &str| -> String {
        let escape = |character: char| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | ' ' => character.to_string(),
            _ => format!("\\{character}"),
        };
        text.chars().map(escape).collect()
    };
    let file = escaped(&share.file);
    let Some(only) = &share.only else {
        return vec![format!("^{file}:")];
    };
    only.iter()
        .filter_map(|mutant| mutant.split(AT).next()?.strip_prefix(&share.file))
        .filter_map(|name| name.strip_prefix(':'))
        .map(|what| format!("^{file}:[0-9]+:[0-9]+:{}$", escaped(what)))
        .collect()
}

/// What became of the mutants of the last run.
fn outcomes(root: &Path, out: &Path) -> Result<Outcomes> {
    let list = |name: &str| -> Result<Vec<String>> {
        let file = out.join(name);
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(text.lines().map(|line| named(root, line)).collect())
    };
    Ok(Outcomes {
        caught: list("caught.txt")?,
        timed_out: list("timeout.txt")?,
        missed: list("missed.txt")?,
    })
}

/// `src/a.rs:12:5: replace …` with the text of the line instead of its number, which every change of the file moves.
fn named(root: &Path, listed: &str) -> String {
    let mut parts = listed.splitn(4, ':');
    let (Some(file), Some(number), Some(_), Some(what)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return listed.to_owned();
    };
    let text = fs::read_to_string(root.join(file)).unwrap_or_default();
    let before = number.parse().unwrap_or(1_usize).saturating_sub(1);
    let line = text.lines().nth(before).unwrap_or_default().trim();
    format!("{file}:{what}{AT}{line}")
}

fn judge(outcomes: &Outcomes, known: &[KnownMutant], is_whole: bool) -> Result<()> {
    let Outcomes {
        caught,
        timed_out,
        missed,
    } = outcomes;
    let found = caught.len() + timed_out.len();
    let all = found + missed.len();
    if all == 0 {
        bail!("there was no mutant: the files are wrong");
    }
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let share = found as f64 / all as f64;
    println!(
        "{all} mutants, {found} found by tests ({:.1} %), {} of them by a test that did not end{}",
        share * 100.0,
        timed_out.len(),
        if is_whole { "; all of the part" } else { "" }
    );
    let is_any = |mutants: &[String], known: &KnownMutant| mutants.iter().any(|one| known.is(one));
    for stale in known {
        if is_any(caught, stale) && !is_any(missed, stale) {
            println!(
                "no longer missed, take it out of tests/mutants.toml: {}",
                stale.name
            );
        }
    }
    let new: Vec<&str> = missed
        .iter()
        .map(String::as_str)
        .filter(|mutant| !known.iter().any(|known| known.is(mutant)))
        .collect();
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
    use std::collections::BTreeSet;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_missed_mutant_without_a_reason_fails_the_run() {
        let missed = "src/a.rs: replace f -> bool with true  @  left || right";
        let outcomes = |caught: usize| Outcomes {
            caught: names(&vec!["src/b.rs: x  @  y"; caught]),
            timed_out: Vec::new(),
            missed: names(&[missed]),
        };
        let known = |line: Option<&str>| {
            [KnownMutant {
                name: "src/a.rs: replace f -> bool with true".to_owned(),
                line: line.map(ToOwned::to_owned),
                reason: "equal".to_owned(),
            }]
        };
        assert!(judge(&outcomes(30), &[], false).is_err());
        assert!(judge(&outcomes(30), &known(Some("another")), false).is_err());
        for known in [known(None), known(Some("left || right"))] {
            assert!(judge(&outcomes(30), &known, true).is_ok());
            assert!(judge(&outcomes(3), &known, true).is_err());
            assert!(judge(&outcomes(3), &known, false).is_ok());
        }
        assert!(judge(&Outcomes::default(), &known(None), true).is_err());
    }

    #[test]
    fn a_mutant_that_is_tried_again_is_found_wherever_it_stands_by_now() {
        let share = Share {
            file: "src/a.rs".to_owned(),
            only: Some(BTreeSet::from([
                "src/a.rs: replace && with ||  @  left && right".to_owned(),
            ])),
        };
        assert_eq!(
            patterns(&share),
            [r"^src\/a\.rs:[0-9]+:[0-9]+: replace \&\& with \|\|$"]
        );
        assert_eq!(patterns(&Share::whole("src/b.rs")), [r"^src\/b\.rs:"]);
    }

    #[test]
    fn a_mutant_is_known_by_its_file_what_it_does_and_the_line() -> Result<()> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("a.rs"), "fn f() {\n    g::h()\n}\n")?;
        assert_eq!(
            named(folder.path(), "a.rs:2:5: replace f -> a::B with ()"),
            "a.rs: replace f -> a::B with ()  @  g::h()"
        );
        Ok(())
    }
}
