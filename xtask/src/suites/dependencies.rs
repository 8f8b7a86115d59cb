//! What the project depends on: licences and sources of the crates, known faults of the crates and of the npm packages.

use super::{Run, Skipped};
use crate::command;
use crate::npm_project::{self, npm};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Fails for a licence or a source that `deny.toml` does not allow, and for a dependency on any version at all. `cargo-deny`
/// takes minutes to compile, so that this reads `deny.toml` by itself, and asks it besides where it is installed.
pub fn check(run: &Run<'_>) -> Result<()> {
    crates(run)?;
    if has_cargo_deny(run) {
        command::run(
            run.context
                .command("cargo")
                .args(["deny", "check", "bans", "licenses", "sources"]),
        )?;
    } else {
        println!("cargo deny: not installed, and not needed");
    }
    Ok(())
}

fn has_cargo_deny(run: &Run<'_>) -> bool {
    run.context.find_program("cargo-deny").is_some()
}

fn crates(run: &Run<'_>) -> Result<()> {
    let rules =
        fs::read_to_string(run.context.root.join("deny.toml")).context("cannot read deny.toml")?;
    let rules: toml::Table = rules.parse().context("deny.toml is not TOML")?;
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
            // Ours.
            faults.extend(wildcards(package).map(|on| format!("{name} takes any version of {on}")));
            continue;
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

/// What a crate of ours depends on in whichever version there is.
fn wildcards(package: &Value) -> impl Iterator<Item = &str> {
    package
        .get("dependencies")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|on| on.get("req").and_then(Value::as_str) == Some("*"))
        // By its path it is the one in this checkout.
        .filter(|on| on.get("path").is_none_or(Value::is_null))
        .filter_map(|on| on.get("name")?.as_str())
}

/// RustSec's advisories, where `cargo-deny` is installed and can fetch them.
pub fn advisories_of_crates(run: &Run<'_>) -> Result<()> {
    if !has_cargo_deny(run) {
        return Err(Skipped(
            "cargo-deny is not installed (`cargo install --locked cargo-deny`)".to_owned(),
        )
        .into());
    }
    // By itself, since `check` ends badly both for a fault and for a database that it cannot have.
    if let Err(error) = command::output(run.context.command("cargo").args(["deny", "fetch", "db"]))
    {
        println!("{error:#}");
        return Err(Skipped("cargo deny cannot fetch RustSec's advisories".to_owned()).into());
    }
    command::run(run.context.command("cargo").args([
        "deny",
        "check",
        "--disable-fetch",
        "advisories",
    ]))
}

/// npm's advisories of what an installation of the package brings.
pub fn advisories_of_package(run: &Run<'_>) -> Result<()> {
    let folder = tempfile::tempdir().context("cannot make a folder")?;
    let package = npm_project::pack(run.context, folder.path())?;
    let project = folder.path().join("project");
    npm_project::create_with_package(run.context, &project, &package)?;
    let output = run
        .context
        .command(npm())
        .current_dir(&project)
        .args(["audit", "--json"])
        .output()
        .context("cannot start npm")?;
    audited(&serde_json::from_slice(&output.stdout).unwrap_or_default())
}

/// What `npm audit` said. It ends badly both for a fault and for a registry that it cannot ask, and has a `message` only then.
fn audited(said: &Value) -> Result<()> {
    let count = said.pointer("/metadata/vulnerabilities/total");
    match (count.and_then(Value::as_u64), said.get("message")) {
        (Some(0), _) => Ok(()),
        (Some(count), _) => bail!(
            "npm audit knows {count} faults: {}",
            said.get("vulnerabilities").unwrap_or(&Value::Null)
        ),
        (None, Some(Value::String(why))) => {
            let why = why.lines().next().unwrap_or_default();
            Err(Skipped(format!("npm cannot ask its registry: {why}")).into())
        }
        (None, _) => bail!("npm audit did not work: {said}"),
    }
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
    use super::{Skipped, audited, is_allowed, wildcards};
    use serde_json::json;

    #[test]
    fn an_audit_is_skipped_only_where_the_registry_gives_no_answer() {
        let skips = |said| audited(&said).is_err_and(|error| error.is::<Skipped>());
        let fails = |said| audited(&said).is_err_and(|error| !error.is::<Skipped>());
        let total = |count: u64| json!({ "metadata": { "vulnerabilities": { "total": count } } });
        assert!(audited(&total(0)).is_ok());
        assert!(fails(total(1)));
        assert!(skips(
            json!({ "message": "405 Method Not Allowed", "statusCode": 405 })
        ));
        assert!(fails(json!({ "error": { "code": "ENOLOCK" } })));
        assert!(fails(json!(null)));
    }

    #[test]
    fn any_version_is_allowed_for_what_lies_in_the_checkout_alone() {
        let package = json!({ "dependencies": [
            { "name": "loose", "req": "*" },
            { "name": "bound", "req": "^1.2" },
            { "name": "ours", "req": "*", "path": "/checkout/ours" },
        ] });
        assert_eq!(wildcards(&package).collect::<Vec<_>>(), ["loose"]);
    }

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
