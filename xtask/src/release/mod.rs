//! `cargo xtask release`: builds, tests, packs and checks a release, and says what it is. docs/releasing.md has the order of things.

mod checks;

use crate::addresses;
use crate::build;
use crate::command;
use crate::context::Context;
use crate::npm_project::npm;
use crate::setup::{self, Part};
use crate::steps::step;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// How to release.
#[derive(clap::Args)]
pub struct Arguments {
    /// Do all but publishing, and say what would be published.
    #[arg(long)]
    dry_run: bool,
    /// Leave the test run out; only with --dry-run.
    #[arg(long, requires = "dry_run")]
    no_tests: bool,
}

/// A package of a release.
struct Package {
    name: &'static str,
    folder: fn(&Context) -> PathBuf,
    /// What lists its files, in `tests/package-contents`.
    contents: &'static str,
    /// Whether it has a declaration for each module of `definitions/`, besides.
    has_modules: bool,
    /// What the checks of it are called.
    files: &'static str,
    publish: &'static str,
}

/// The packages of a release, in the order in which they are published.
const PACKAGES: [Package; 2] = [
    Package {
        name: "codebolt-wasm",
        folder: Context::package,
        contents: "contents.txt",
        has_modules: true,
        files: "the packed files of codebolt-wasm",
        publish: "npm publish --dry-run of codebolt-wasm",
    },
    Package {
        name: "codebolt-wasm-testing",
        folder: Context::testing_package,
        contents: "contents-testing.txt",
        has_modules: false,
        files: "the packed files of codebolt-wasm-testing",
        publish: "npm publish --dry-run of codebolt-wasm-testing",
    },
];

/// `cargo xtask release`.
pub fn run(context: &Context, arguments: &Arguments) -> Result<()> {
    // What is missing is collected, so that a dry run tells all of it at once.
    let mut missing = Vec::new();
    for (what, outcome) in [
        ("the repository's address", addresses::check()),
        ("the version", checks::versions(context)),
        ("CHANGELOG.md", checks::changelog(context)),
        ("the licences", checks::licences(context)),
        ("the checkout", checks::clean(context)),
        ("cargo package", checks::cargo_package(context)),
    ] {
        note(what, outcome, &mut missing);
    }
    if !missing.is_empty() && !arguments.dry_run {
        bail!("not released, because of {}", missing.join(" and "));
    }
    step("build", || {
        setup::require(context, &[Part::Wasm, Part::Npm])?;
        build::package(context)?;
        build::testing_package(context)
    })?;
    if arguments.no_tests {
        println!("✗ tests: NOT RUN");
        missing.push("tests that were not run");
    } else {
        let program = env::current_exe().context("cannot find this program")?;
        step("tests", || {
            command::run(context.command(&program.to_string_lossy()).arg("test"))
        })?;
    }
    let mut packed = Vec::new();
    for package in &PACKAGES {
        let (file, description) = pack(context, package)?;
        show(&file, &description);
        for (what, outcome) in [
            (
                package.files,
                checks::contents(context, package, &description),
            ),
            (package.publish, publish(context, &file, &["--dry-run"])),
        ] {
            note(what, outcome, &mut missing);
        }
        packed.push(file);
    }
    if arguments.dry_run {
        println!("\nNothing was published: this was a dry run.");
        if missing.is_empty() {
            return Ok(());
        }
        bail!("a release would stop because of {}", missing.join(" and "));
    }
    if !missing.is_empty() {
        bail!("not released, because of {}", missing.join(" and "));
    }
    // In this order: the second wants the first.
    for (package, file) in PACKAGES.iter().zip(&packed) {
        publish(context, file, &[]).with_context(|| {
            format!(
                "{} was not published; what is before it in {} was",
                package.name,
                PACKAGES.map(|each| each.name).join(", ")
            )
        })?;
    }
    println!(
        "Published. Now: git tag v{version} && git push --tags",
        version = context.version()
    );
    Ok(())
}

/// Says how a check went, and keeps in mind what failed.
fn note(what: &'static str, outcome: Result<()>, missing: &mut Vec<&'static str>) {
    match outcome {
        Ok(()) => println!("✓ {what}"),
        Err(error) => {
            println!("✗ {what}: {error:#}");
            missing.push(what);
        }
    }
}

fn publish(context: &Context, file: &Path, more: &[&str]) -> Result<()> {
    command::output(
        context
            .command(npm())
            .args(["publish", "--access", "public", "--loglevel", "error"])
            .args(more)
            .arg(file),
    )
    .map(drop)
}

/// Packs a package, and gives the file and what npm says about it.
fn pack(context: &Context, package: &Package) -> Result<(PathBuf, Value)> {
    let folder = context.scratch("release");
    fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let said = command::output(
        context
            .command(npm())
            .current_dir((package.folder)(context))
            .args([
                "pack",
                "--json",
                "--loglevel",
                "error",
                "--pack-destination",
            ])
            .arg(&folder),
    )?;
    let said: Value = serde_json::from_str(&said).context("npm pack gave no JSON")?;
    // A list in npm 11 and older, an object by names in newer ones.
    let description = match &said {
        Value::Array(all) => all.first(),
        Value::Object(all) => all.values().next(),
        _ => None,
    };
    let description = description.context("npm pack said nothing of a package")?;
    let file = description
        .get("filename")
        .and_then(Value::as_str)
        .context("npm pack named no file")?;
    let wanted = format!("{}@{}", package.name, context.version());
    if member(description, "id") != wanted {
        bail!("npm packed {}, not {wanted}", member(description, "id"));
    }
    Ok((folder.join(file), description.clone()))
}

fn show(file: &Path, description: &Value) {
    println!(
        "\n{} would be published from {}",
        member(description, "id"),
        file.display()
    );
    println!(
        "  {} files, {} bytes packed, {} bytes unpacked",
        member(description, "entryCount"),
        member(description, "size"),
        member(description, "unpackedSize")
    );
    println!("  integrity {}", member(description, "integrity"));
    let files = description.get("files").and_then(Value::as_array);
    for entry in files.into_iter().flatten() {
        println!("  {:>8}  {}", member(entry, "size"), member(entry, "path"));
    }
}

/// A member as text.
fn member(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "?".to_owned(),
    }
}
