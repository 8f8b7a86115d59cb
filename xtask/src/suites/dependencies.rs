//! What the project depends on: licences and sources of the crates, known faults of the npm packages.

use super::Run;
use crate::command;
use crate::npm_project::{self, npm};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Fails for a licence or a source that `deny.toml` does not allow, and for a known fault of what users install. What could
/// not be looked up, for want of a network or of `cargo-deny`, is said to be unchecked.
pub fn check(run: &Run<'_>) -> Result<()> {
    crates(run)?;
    advisories_of_crates(run)?;
    advisories_of_package(run)
}

fn crates(run: &Run<'_>) -> Result<()> {
    let rules =
        fs::read_to_string(run.context.root.join("deny.toml")).context("cannot read deny.toml")?;
    let rules: toml::Table = rules.parse().context("deny.toml is no TOML")?;
    let allowed: Vec<&str> = rules
        .get("licenses")
        .and_then(|licenses| licenses.get("allow")?.as_array())
        .context("deny.toml has no licenses.allow")?
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    let said = command::output(run.context.command("cargo").args([
        "metadata",
        "--locked",
        "--format-version",
        "1",
    ]))?;
    let said: Value = serde_json::from_str(&said).context("cargo metadata gave no JSON")?;
    let packages = said
        .get("packages")
        .and_then(Value::as_array)
        .context("no packages")?;
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for package in packages {
        let text = |member: &str| package.get(member).and_then(Value::as_str);
        let (Some(name), Some(version)) = (text("name"), text("version")) else {
            bail!("cargo metadata names a crate without name or version");
        };
        let Some(source) = text("source") else {
            continue; // ours
        };
        *versions.entry(name).or_default() += 1;
        if source != CRATES_IO {
            faults.push(format!("{name} {version} comes from {source}"));
        }
        match text("license") {
            None => faults.push(format!("{name} {version} names no licence")),
            Some(licence) if !is_allowed(licence, &allowed) => {
                faults.push(format!("{name} {version}: {licence} is not allowed"));
            }
            Some(_) => {}
        }
    }
    if versions.is_empty() {
        bail!("cargo metadata names no crate that we depend on");
    }
    if !faults.is_empty() {
        bail!("deny.toml: {}", faults.join("; "));
    }
    let several: Vec<&str> = versions
        .iter()
        .filter(|(_, count)| **count > 1)
        .map(|(name, _)| *name)
        .collect();
    println!(
        "licences and sources of {} crates: allowed",
        versions.values().sum::<usize>()
    );
    println!("crates in more than one version: {}", several.join(", "));
    Ok(())
}

/// RustSec's advisories, where `cargo-deny` is installed and can fetch them.
fn advisories_of_crates(run: &Run<'_>) -> Result<()> {
    if run.context.find_program("cargo-deny").is_none() {
        println!("advisories of crates: NOT CHECKED (`cargo install cargo-deny` would)");
        return Ok(());
    }
    command::run(
        run.context
            .command("cargo")
            .args(["deny", "check", "bans", "licenses", "sources"]),
    )?;
    if !command::succeeds(run.context.command("cargo").args(["deny", "fetch", "db"])) {
        println!("advisories of crates: NOT CHECKED (cargo deny cannot fetch them)");
        return Ok(());
    }
    command::run(run.context.command("cargo").args([
        "deny",
        "check",
        "--disable-fetch",
        "advisories",
    ]))
}

/// npm's advisories of what an installation of the package brings.
fn advisories_of_package(run: &Run<'_>) -> Result<()> {
    let folder = tempfile::tempdir().context("cannot make a folder")?;
    let package = npm_project::pack(run.context, folder.path())?;
    let project = folder.path().join("project");
    npm_project::create_with_package(run.context, &project, &package)?;
    // It ends badly both for a fault and for a registry that it cannot ask: what it says tells them apart.
    let output = run
        .context
        .command(npm())
        .current_dir(&project)
        .args(["audit", "--json"])
        .output()
        .context("cannot start npm")?;
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    match said
        .pointer("/metadata/vulnerabilities/total")
        .and_then(Value::as_u64)
    {
        Some(0) => println!("advisories of npm packages: none"),
        Some(count) => bail!(
            "npm audit knows {count} faults: {}",
            said.get("vulnerabilities").unwrap_or(&Value::Null)
        ),
        None => {
            let why = said
                .get("message")
                .and_then(Value::as_str)
                .unwrap_or("no answer")
                .lines()
                .next();
            println!(
                "advisories of npm packages: NOT CHECKED ({})",
                why.unwrap_or_default()
            );
        }
    }
    Ok(())
}

/// Whether an SPDX expression can be met with the licences that are allowed.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    any_of(&mut words, allowed) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut met = all_of(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        met |= all_of(words, allowed);
    }
    met
}

fn all_of(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    let mut met = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, allowed);
    }
    met
}

fn one(words: &mut Words<'_>, allowed: &[&str]) -> bool {
    match words.next() {
        Some("(") => {
            let met = any_of(words, allowed);
            words.next_if_eq(&")").is_some() && met
        }
        Some(licence) if words.next_if_eq(&"WITH").is_some() => {
            let exception = words.next().unwrap_or_default();
            allowed.contains(&licence)
                || allowed.contains(&format!("{licence} WITH {exception}").as_str())
        }
        Some(licence) => allowed.contains(&licence),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn an_expression_is_allowed_when_one_of_its_alternatives_is() {
        let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"];
        for yes in [
            "MIT",
            "MIT OR GPL-3.0",
            "MIT/GPL-3.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "GPL-3.0 OR MIT AND Apache-2.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
        ] {
            assert!(is_allowed(yes, &allowed), "{yes}");
        }
        for no in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT",
            "",
            "MIT MIT",
            "GPL-3.0 WITH X",
        ] {
            assert!(!is_allowed(no, &allowed), "{no}");
        }
    }
}
