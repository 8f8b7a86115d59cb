//! What is checked before a release, besides the tests.

use super::{Package, member};
use crate::command;
use crate::context::Context;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// `Cargo.lock` has the version of `Cargo.toml`, and the latter is the one this program was built with.
pub fn versions(context: &Context) -> Result<()> {
    let read = |file: &str| -> Result<toml::Table> {
        let text = fs::read_to_string(context.root.join(file))
            .with_context(|| format!("cannot read {file}"))?;
        text.parse().with_context(|| format!("cannot read {file}"))
    };
    let written = read("Cargo.toml")?;
    let written = written
        .get("workspace")
        .and_then(|workspace| workspace.get("package")?.get("version")?.as_str())
        .unwrap_or_default()
        .to_owned();
    if written != context.version() {
        bail!(
            "Cargo.toml says {written}, and this program was built for {}",
            context.version()
        );
    }
    let lock = read("Cargo.lock")?;
    let locked = lock.get("package").and_then(toml::Value::as_array);
    for name in ["codebolt-wasm", "codebolt-host"] {
        let locked = locked
            .into_iter()
            .flatten()
            .find(|package| package.get("name").and_then(toml::Value::as_str) == Some(name))
            .and_then(|package| package.get("version")?.as_str())
            .unwrap_or("none");
        if locked != written {
            bail!(
                "Cargo.lock has {name} {locked}, Cargo.toml says {written}: run `cargo update --workspace`"
            );
        }
    }
    Ok(())
}

/// Both licences are there, with a holder.
pub fn licences(context: &Context) -> Result<()> {
    for (file, wanted) in [
        ("LICENSE-MIT", "Permission is hereby granted"),
        ("LICENSE-APACHE", "Apache License"),
    ] {
        let text = fs::read_to_string(context.root.join(file))
            .with_context(|| format!("cannot read {file}"))?;
        if !text.contains(wanted) {
            bail!("{file} does not say {wanted:?}: put the licence's text there");
        }
    }
    Ok(())
}

/// The library could be a crate of its own: it packs, and its licences go with it. It is not published (`publish = false`).
pub fn cargo_package(context: &Context) -> Result<()> {
    let files = command::output(context.command("cargo").args([
        "package",
        "--package",
        "codebolt-wasm",
        "--list",
        "--allow-dirty",
        "--offline",
    ]))?;
    for wanted in [
        "Cargo.toml",
        "README.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "src/lib.rs",
    ] {
        if !files.lines().any(|file| file == wanted) {
            bail!("the crate would be packed without {wanted}");
        }
    }
    Ok(())
}

/// What npm packed is what its list in `tests/package-contents` decided on, and a declaration for each module.
pub fn contents(context: &Context, package: &Package, description: &Value) -> Result<()> {
    let list = format!("tests/package-contents/{}", package.contents);
    let decided = fs::read_to_string(context.root.join(&list))
        .with_context(|| format!("cannot read {list}"))?;
    let mut wanted: BTreeSet<String> = decided.lines().map(str::to_owned).collect();
    let modules = if package.has_modules {
        fs::read_dir(context.root.join("definitions"))?.collect::<Result<Vec<_>, _>>()?
    } else {
        Vec::new()
    };
    for entry in modules {
        let path = entry.path();
        if let (Some(name), Some("toml")) = (
            path.file_stem().and_then(|name| name.to_str()),
            path.extension().and_then(|extension| extension.to_str()),
        ) {
            wanted.insert(format!("types/modules/{name}.d.ts"));
        }
    }
    let packed: BTreeSet<String> = description
        .get("files")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|file| member(file, "path"))
        .collect();
    let more: Vec<_> = packed.difference(&wanted).cloned().collect();
    let fewer: Vec<_> = wanted.difference(&packed).cloned().collect();
    if !more.is_empty() || !fewer.is_empty() {
        bail!(
            "npm packs {} and leaves out {}; {list} lists what it should",
            some(&more),
            some(&fewer)
        );
    }
    Ok(())
}

fn some(names: &[String]) -> String {
    if names.is_empty() {
        "nothing else".to_owned()
    } else {
        names.join(", ")
    }
}

/// The version has its section, and nothing waits for a later one.
pub fn changelog(context: &Context) -> Result<()> {
    let text = fs::read_to_string(context.root.join("CHANGELOG.md"))
        .context("there is no CHANGELOG.md")?;
    let heading = format!("## [{}] - ", context.version());
    if !text.lines().any(|line| line.starts_with(&heading)) {
        bail!("no section `{heading}YYYY-MM-DD`: give what stands under Unreleased this heading");
    }
    Ok(())
}

/// Nothing waits to be committed.
pub fn clean(context: &Context) -> Result<()> {
    let changed = command::output(context.command("git").args(["status", "--porcelain"]))?;
    if !changed.is_empty() {
        bail!("{} files are not committed", changed.lines().count());
    }
    Ok(())
}
