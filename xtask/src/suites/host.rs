//! The host's tests, and its faults by chance.

use super::{Run, Skipped, rust};
use crate::command;
use anyhow::{Result, bail};
use std::process::Command;

/// How many tests run at the same time.
const THREADS: &str = "RUST_TEST_THREADS";

/// The tests of the host; `-- faults` runs faults by chance for longer.
pub fn test(run: &Run<'_>) -> Result<()> {
    match run.passed_on.split_first() {
        Some((first, options)) if first == "faults" => faults(run, &Faults::parse(options)?),
        _ => all(run),
    }
}

/// Many of them wait, for a server or for somebody to be disconnected, so more run than there are processors.
fn all(run: &Run<'_>) -> Result<()> {
    let mut command = rust::cargo_test(run, &["--package", "codebolt-host"]);
    if std::env::var_os(THREADS).is_none() {
        command.env(THREADS, "4");
    }
    command::run(&mut command)
}

/// Names the coordinator of a Citus.
const CITUS: &str = "CODEBOLT_TEST_CITUS_URL";

/// The host on Citus, which no package registry has.
pub fn citus(run: &Run<'_>) -> Result<()> {
    if std::env::var_os(CITUS).is_none_or(|url| url.is_empty()) {
        return Err(Skipped(format!(
            "{CITUS} names no Citus; expected a coordinator such as postgres://postgres@localhost:5432/postgres (docs/scale-out.md)"
        ))
        .into());
    }
    command::run(&mut in_suite(run, &["--ignored", "citus::"]))
}

/// The command that runs these of the host's tests.
fn in_suite(run: &Run<'_>, which: &[&str]) -> Command {
    let mut command = run.context.command("cargo");
    command.args(["test", "--quiet", "--locked", "--package", "codebolt-host"]);
    command.args(["--test", "suite", "--"]).args(which);
    command
}

/// How to run the faults.
#[derive(Debug, Default, PartialEq, Eq)]
struct Faults {
    /// What the tests find in their environment.
    settings: Vec<(&'static str, String)>,
}

impl Faults {
    fn parse(options: &[String]) -> Result<Self> {
        let mut faults = Self::default();
        let mut options = options.iter();
        while let Some(option) = options.next() {
            let name = match option.as_str() {
                "--minutes" => "CODEBOLT_FAULTS_MINUTES",
                "--count" => "CODEBOLT_FAULTS_COUNT",
                "--store" => "CODEBOLT_FAULTS_STORE",
                "--seed" => "CODEBOLT_FAULTS_SEED",
                other => bail!(
                    "faults take --minutes N, --count N, --store sqlite or postgres, and --seed N; {other:?} is none"
                ),
            };
            let Some(value) = options.next() else {
                bail!("{option} needs a value");
            };
            let fits = match name {
                "CODEBOLT_FAULTS_STORE" => value == "sqlite" || value == "postgres",
                "CODEBOLT_FAULTS_MINUTES" => {
                    value.parse::<f64>().is_ok_and(|minutes| minutes > 0.0)
                }
                _ => value.parse::<u64>().is_ok(),
            };
            if !fits {
                bail!("{value:?} is not a value for {option}");
            }
            faults.settings.push((name, value.clone()));
        }
        if !faults.has("CODEBOLT_FAULTS_MINUTES") && !faults.has("CODEBOLT_FAULTS_COUNT") {
            faults
                .settings
                .push(("CODEBOLT_FAULTS_MINUTES", "5".to_owned()));
        }
        Ok(faults)
    }

    fn has(&self, name: &str) -> bool {
        self.settings.iter().any(|(set, _)| *set == name)
    }
}

fn faults(run: &Run<'_>, faults: &Faults) -> Result<()> {
    let mut command = in_suite(run, &["faults_by_chance"]);
    for (name, value) in &faults.settings {
        command.env(name, value);
    }
    command::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::Faults;

    fn parsed(options: &[&str]) -> Result<Vec<(&'static str, String)>, String> {
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        Faults::parse(&options)
            .map(|faults| faults.settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn faults_run_five_minutes_unless_told_otherwise_and_a_slip_is_refused() {
        let minutes = |text: &str| ("CODEBOLT_FAULTS_MINUTES", text.to_owned());
        assert_eq!(parsed(&[]), Ok(vec![minutes("5")]));
        assert_eq!(parsed(&["--minutes", "0.5"]), Ok(vec![minutes("0.5")]));
        let counted = parsed(&["--count", "1000", "--store", "sqlite"]);
        assert_eq!(counted.map(|settings| settings.len()), Ok(2));
        for wrong in [
            &["--minute", "1"][..],
            &["--minutes"],
            &["--minutes", "none"],
            &["--store", "mysql"],
        ] {
            assert!(parsed(wrong).is_err(), "{wrong:?}");
        }
    }
}
