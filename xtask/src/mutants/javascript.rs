//! Mutants of `pkg-template/`, by StrykerJS. It writes all of them into a copy of the package's sources at once; of these the package
//! is bundled once, and a variable of the environment says which one is active. `tests/mutants` has how its tests are run.

use super::results::Outcomes;
use crate::build::{self, folders};
use crate::command;
use crate::context::Context;
use crate::host_process::HostProcess;
use crate::setup::{self, Part};
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What the tests read, besides the packages.
const COPIED: [&str; 5] = ["tests", "definitions", "docs", "examples", "testing"];

/// Where the copy of the package's sources lies in the folder that the tests are run in.
const SOURCES: &str = "sources";
const TEMPLATE: &str = "pkg-template";

/// Tries them, and gives what became of them. `files` are globs of `pkg-template/…`; none stands for all files.
pub fn run(context: &Context, files: &[String], shard: Option<&str>) -> Result<Outcomes> {
    let shard = shard.map(Shard::of).transpose()?.unwrap_or_default();
    setup::require(context, &[Part::Wasm, Part::Npm])?;
    setup::stryker(context)?;
    build::package(context)?;
    build::testing_package(context)?;
    build::quick_host(context)?;
    let folder = prepare(context)?;
    let mut patterns = mutated(files)?;
    patterns.extend(
        generated(context)?
            .iter()
            .map(|file| format!("!{SOURCES}/{file}")),
    );
    let data = tempfile::tempdir().context("cannot make a folder")?;
    let host = HostProcess::start(context, &data.path().join("test.db"), data.path(), 0)?;
    let tests = context.root.join("tests").join("mutants");
    let mut stryker = context.command("node");
    stryker
        .current_dir(&folder)
        .arg(tests.join("node_modules/@stryker-mutator/core/bin/stryker.js"))
        .arg("run")
        .arg(tests.join("stryker.config.mjs"))
        .env("MUTANTS_PATTERNS", patterns.join("\n"))
        .env("MUTANTS_EVERY", shard.every.to_string())
        .env("MUTANTS_FIRST", shard.first.to_string())
        .env(
            "MUTANTS_BUNDLE",
            context.root.join("xtask/src/build/bundle.mjs"),
        )
        .env("CODEBOLT_PACKAGE_SOURCES", folder.join(SOURCES))
        .env("NODE_PATH", context.npm_tools().join("node_modules"));
    host.tell(context, &mut stryker);
    let ended = command::run(&mut stryker);
    host.stop()?;
    ended.context("Stryker did not try all mutants; without one, the tests have to pass")?;
    let report = fs::read_to_string(folder.join("mutation.json"))
        .context("Stryker has written no mutation.json")?;
    outcomes_of(&report, &shard)
}

/// A folder with a copy of all that the tests need, so that no file of the checkout is mutated.
fn prepare(context: &Context) -> Result<PathBuf> {
    let folder = context.target.join("mutation").join("javascript");
    let _ = fs::remove_dir_all(&folder);
    for name in COPIED {
        folders::copy(&context.root.join(name), &folder.join(name), |_| true)?;
    }
    for (from, to) in [
        (context.package_sources(), SOURCES),
        (context.package(), "pkg"),
        (context.testing_package(), "pkg-testing"),
    ] {
        folders::copy(&from, &folder.join(to), |_| true)?;
    }
    setup::link_modules(&Context {
        root: folder.clone(),
        ..context.clone()
    })?;
    Ok(folder)
}

/// The globs, of the copies.
fn mutated(files: &[String]) -> Result<Vec<String>> {
    if files.is_empty() {
        return Ok(vec![format!("{SOURCES}/**/*.js")]);
    }
    let copy = |file: &String| match file.strip_prefix(TEMPLATE) {
        Some(rest) => Ok(format!("{SOURCES}{rest}")),
        None => bail!("`--file {file}`: expected a path or a glob that begins with {TEMPLATE}/"),
    };
    files.iter().map(copy).collect()
}

/// The scripts among the package's sources that nobody has written: their tests are those of what makes them.
fn generated(context: &Context) -> Result<Vec<String>> {
    let sources = context.package_sources();
    let template = context.root.join(TEMPLATE);
    let mut found = Vec::new();
    scripts(&sources, &mut |script| {
        let name = script.strip_prefix(&sources).unwrap_or(script);
        if !template.join(name).exists() {
            found.push(name.to_string_lossy().replace('\\', "/"));
        }
    })?;
    Ok(found)
}

fn scripts(folder: &Path, found: &mut impl FnMut(&Path)) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            scripts(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "js") {
            found(&path);
        }
    }
    Ok(())
}

/// `1/8`.
struct Shard {
    first: usize,
    every: usize,
}

impl Default for Shard {
    fn default() -> Self {
        Self { first: 0, every: 1 }
    }
}

impl Shard {
    fn of(text: &str) -> Result<Self> {
        text.split_once('/')
            .and_then(|(first, every)| {
                Some(Self {
                    first: first.parse().ok()?,
                    every: every.parse().ok()?,
                })
            })
            .filter(|shard| shard.first < shard.every)
            .with_context(|| format!("`--shard {text}`: expected two numbers such as 1/8, the first less than the second"))
    }
}

/// Stryker's report, of the form that all tools of its kind write.
#[derive(Deserialize)]
struct Report {
    files: BTreeMap<String, Source>,
}

#[derive(Deserialize)]
struct Source {
    source: String,
    mutants: Vec<Mutant>,
}

#[derive(Deserialize)]
struct Mutant {
    id: String,
    replacement: String,
    location: Location,
    status: String,
}

#[derive(Deserialize)]
struct Location {
    start: Position,
    end: Position,
}

/// From 1, in UTF-16.
#[derive(Deserialize)]
struct Position {
    line: usize,
    column: usize,
}

fn outcomes_of(report: &str, shard: &Shard) -> Result<Outcomes> {
    let report: Report = serde_json::from_str(report).context("cannot read Stryker's report")?;
    let mut outcomes = Outcomes::default();
    for (file, Source { source, mutants }) in &report.files {
        let file = file.replacen(SOURCES, TEMPLATE, 1);
        let lines: Vec<&str> = source.lines().collect();
        for mutant in mutants {
            let number: usize = mutant.id.parse().context("a mutant's id is not a number")?;
            if number % shard.every != shard.first {
                continue;
            }
            let list = match mutant.status.as_str() {
                "Killed" => &mut outcomes.caught,
                "Timeout" => &mut outcomes.timed_out,
                // No test reaches it: missed as well.
                "Survived" | "NoCoverage" => &mut outcomes.missed,
                other => bail!(
                    "{file}: mutant {number} came to {other}, which says neither caught nor missed"
                ),
            };
            list.push(format!("{file}: {}", name_of(mutant, &lines)));
        }
    }
    Ok(outcomes)
}

/// What is replaced by what, and the line where it stands: without its number, which every change of the file moves.
fn name_of(mutant: &Mutant, lines: &[&str]) -> String {
    let Location { start, end } = &mutant.location;
    let first = start.line.saturating_sub(1);
    let count = end.line.saturating_sub(first);
    let from = start.column.saturating_sub(1);
    let mut text: Vec<u16> = Vec::new();
    for (index, line) in lines.iter().enumerate().skip(first).take(count) {
        let units: Vec<u16> = line.encode_utf16().collect();
        let until = if index + 1 == end.line {
            end.column.saturating_sub(1)
        } else {
            units.len()
        };
        let from = if index == first { from } else { 0 };
        text.extend(units.get(from..until).unwrap_or_default());
        text.push(u16::from(b' '));
    }
    let line = lines.get(first).copied().unwrap_or_default().trim();
    format!(
        "{} -> {} in {line}",
        short(&String::from_utf16_lossy(&text)),
        short(&mutant.replacement)
    )
}

/// In a line, and not all of a long one.
fn short(text: &str) -> String {
    const LIMIT: usize = 80;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= LIMIT {
        return text;
    }
    let start: String = text.chars().take(LIMIT).collect();
    format!("{start}…")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    const REPORT: &str = r#"{ "files": { "sources/session/a.js": { "source": "const a = 'ü𝄞' + b;\nif (a) {\n  b();\n}\n", "mutants": [
        { "id": "0", "replacement": "''", "status": "Killed", "location": { "start": { "line": 1, "column": 11 }, "end": { "line": 1, "column": 16 } } },
        { "id": "1", "replacement": "{}", "status": "NoCoverage", "location": { "start": { "line": 2, "column": 8 }, "end": { "line": 4, "column": 2 } } },
        { "id": "2", "replacement": "true", "status": "Timeout", "location": { "start": { "line": 2, "column": 5 }, "end": { "line": 2, "column": 6 } } }
    ] } } }"#;

    #[test]
    fn a_mutant_that_no_test_reaches_is_missed_and_each_has_a_name_without_numbers() {
        let outcomes = outcomes_of(REPORT, &Shard::default()).unwrap();
        assert_eq!(
            outcomes.caught,
            ["pkg-template/session/a.js: 'ü𝄞' -> '' in const a = 'ü𝄞' + b;"]
        );
        assert_eq!(
            outcomes.missed,
            ["pkg-template/session/a.js: { b(); } -> {} in if (a) {"]
        );
        assert_eq!(
            outcomes.timed_out,
            ["pkg-template/session/a.js: a -> true in if (a) {"]
        );
    }

    #[test]
    fn a_part_has_every_so_many_mutants_and_what_was_not_tried_counts_for_nothing() {
        let second = Shard::of("1/2").unwrap();
        let outcomes = outcomes_of(REPORT, &second).unwrap();
        assert_eq!((outcomes.caught.len(), outcomes.missed.len()), (0, 1));
        for wrong in ["8/8", "1", "a/2", "1/0"] {
            assert!(Shard::of(wrong).is_err(), "{wrong}");
        }
        let untried = REPORT.replace("Killed", "RuntimeError");
        assert!(outcomes_of(&untried, &Shard::default()).is_err());
        assert!(outcomes_of(&untried, &second).is_ok());
    }
}
