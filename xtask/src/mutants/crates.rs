//! Mutants of Rust, by cargo-mutants.

use super::results::{Outcomes, Results, Share};
use super::verdict::{AT, KnownMutant, judge};
use crate::command;
use crate::context::Context;
use crate::setup;
use crate::shared_postgres::SharedPostgres;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A part of the code.
pub struct Part {
    /// What it is called on the command line, and where its results are kept.
    pub name: &'static str,
    package: &'static str,
    files: &'static [&'static str],
    /// Which tests of the package are to find the mutants, for cargo: those that take seconds.
    tests: &'static [&'static str],
    /// Which of those tests, as `cargo test -- …` takes them; all where there are none.
    filters: &'static [&'static str],
    cost: Cost,
    needs_postgres: bool,
}

/// What takes the most time of a mutant.
#[derive(Clone, Copy)]
enum Cost {
    /// Random games; what makes them fast is the profile that Cargo.toml has for it.
    Tests,
    Compiling,
}

/// The wire and the session, by their native tests.
pub const CLIENT: Part = Part {
    name: "client",
    package: "codebolt-wasm",
    files: &["src/wire/**", "src/session/**"],
    tests: &[
        "--lib",
        "--test=session_properties",
        "--test=wire_properties",
    ],
    filters: &[],
    cost: Cost::Tests,
    needs_postgres: false,
};

/// The event log, with the store in memory alone.
pub const EVENT_LOG: Part = Part {
    name: "event-log",
    package: "codebolt-event-log",
    files: &["event-log/src/**"],
    tests: &["--lib", "--test=in_memory"],
    filters: &[],
    cost: Cost::Tests,
    needs_postgres: false,
};

/// The host's store on SQLite, and what both stores share.
pub const SQLITE: Part = Part {
    name: "sqlite",
    package: "codebolt-host",
    files: &[
        "host/src/store/*.rs",
        "host/src/store/sql/**",
        "host/src/store/sqlite/**",
    ],
    // The stores' cases are unit tests with this feature: of one crate, without a program beside it.
    tests: &["--features=store-cases", "--lib"],
    filters: &[
        "--skip=in_memory",
        "--skip=options::",
        // PostgreSQL's, by whatever name.
        "--skip=outage",
        "--skip=postgres",
        "--skip=service::",
        "--skip=several_servers",
    ],
    cost: Cost::Compiling,
    needs_postgres: false,
};

/// The host's store on PostgreSQL.
pub const POSTGRES: Part = Part {
    name: "postgres",
    package: "codebolt-host",
    files: &["host/src/store/postgres/**"],
    tests: &["--features=store-cases", "--lib"],
    filters: &[
        "--skip=in_memory",
        "--skip=options::",
        "--skip=service::",
        "--skip=sqlite",
    ],
    cost: Cost::Compiling,
    needs_postgres: true,
};

/// Which mutants of a part are tried.
pub struct Selection<'a> {
    /// Globs of files; none stands for all.
    pub files: &'a [String],
    /// Only a part of them.
    pub shard: Option<&'a str>,
    /// Only what was missed, and what has changed since.
    pub resume: bool,
}

/// Tries them, keeps the results, and judges the part when all of it was tried.
pub fn run(
    context: &Context,
    part: &Part,
    selection: &Selection<'_>,
    known: &[KnownMutant],
) -> Result<()> {
    setup::mutants(context)?;
    let out = context.target.join("mutation");
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    let kept_in = out.join(format!("{}.json", part.name));
    let mut results = Results::read(&context.root, kept_in)?;
    let globs: Vec<String> = part.files.iter().map(ToString::to_string).collect();
    let all = files(context, part, &globs)?;
    let whole = |files: &[String]| files.iter().map(|file| Share::whole(file)).collect();
    let tried: Vec<Share> = if selection.resume {
        results.open(&all, |mutant| known.iter().any(|known| known.is(mutant)))?
    } else if selection.files.is_empty() {
        whole(&all)
    } else {
        whole(&files(context, part, selection.files)?)
    };
    let mut tried_now = Outcomes::default();
    if !tried.is_empty() {
        try_all(context, part, selection.shard, &tried, &out)?;
        tried_now = outcomes(&context.root, &out.join("mutants.out"))?;
    }
    if selection.shard.is_some() {
        return judge(&tried_now, known, false);
    }
    results.keep(&tried, &tried_now)?;
    let untried = results.open(&all, |_| true)?;
    if untried.is_empty() {
        return judge(&results.together(&all), known, true);
    }
    for Share { file, .. } in untried {
        println!("not tried so far: {file}");
    }
    judge(&tried_now, known, false)
}

/// The files that these globs name, from the checkout's root on.
fn files(context: &Context, part: &Part, globs: &[String]) -> Result<Vec<String>> {
    let mut list = cargo_mutants(context, part, globs);
    let listed = command::output(list.arg("--list-files"))?;
    let files: Vec<String> = listed.lines().map(ToOwned::to_owned).collect();
    if files.is_empty() {
        bail!("no source file fits {}", globs.join(", "));
    }
    Ok(files)
}

fn cargo_mutants(context: &Context, part: &Part, files: &[String]) -> Command {
    let mut mutants = context.command("cargo-mutants");
    mutants.args(["mutants", "--colors=never", "--package", part.package]);
    for file in files {
        mutants.args(["--file", file]);
    }
    mutants
}

fn try_all(
    context: &Context,
    part: &Part,
    shard: Option<&str>,
    tried: &[Share],
    out: &Path,
) -> Result<()> {
    let files: Vec<String> = tried.iter().map(|share| share.file.clone()).collect();
    let mut mutants = cargo_mutants(context, part, &files);
    if tried.iter().any(|share| share.only.is_some()) {
        for pattern in tried.iter().flat_map(patterns) {
            mutants.args(["--re", &pattern]);
        }
    }
    mutants.args(["--no-shuffle", "--minimum-test-timeout=30"]);
    match part.cost {
        Cost::Tests => mutants.arg("--profile=mutants"),
        Cost::Compiling => mutants
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env("CODEBOLT_HOST_QUERY_CASES", "60"),
    };
    for tests in part.tests {
        mutants.arg(format!("--cargo-arg={tests}"));
    }
    // The same random games in every run, and no time spent on making the one that fails smaller.
    mutants.env("PROPTEST_RNG_SEED", "1");
    mutants.env("PROPTEST_MAX_SHRINK_ITERS", "0");
    mutants.env("RUST_BACKTRACE", "0");
    if let Some(shard) = shard {
        mutants.args(["--shard", shard, "--sharding=round-robin"]);
    }
    mutants.arg("--output").arg(out);
    // Each run is on a copy of the checkout; dependencies need not be compiled again for it.
    mutants.env("CARGO_TARGET_DIR", out.join("target"));
    if !part.filters.is_empty() {
        mutants.args(["--", "--"]).args(part.filters);
    }
    let server = part
        .needs_postgres
        .then(|| SharedPostgres::start(context))
        .transpose()?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

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
