//! npm projects: the package packed, installed by its name elsewhere, and projects with a lock file.

use crate::command;
use crate::context::Context;
use crate::fingerprint::Fingerprint;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// The npm program's name on this system.
pub fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

/// `npm pack`s `pkg/` into the folder, as a release would be, and gives the file.
pub fn pack(context: &Context, folder: &Path) -> Result<PathBuf> {
    pack_from(context, &context.package(), "codebolt-wasm", folder)
}

/// The same of `pkg-testing/`.
pub fn pack_testing(context: &Context, folder: &Path) -> Result<PathBuf> {
    pack_from(
        context,
        &context.testing_package(),
        "codebolt-wasm-testing",
        folder,
    )
}

/// The same of a package in another folder.
fn pack_from(context: &Context, from: &Path, name: &str, folder: &Path) -> Result<PathBuf> {
    command::output(
        context
            .command(npm())
            .current_dir(from)
            .args(["pack", "--silent", "--pack-destination"])
            .arg(folder),
    )?;
    let file = folder.join(format!("{name}-{}.tgz", context.version()));
    if !file.is_file() {
        bail!("npm pack made no {}", file.display());
    }
    Ok(file)
}

/// Makes a new project in the folder and installs the package file there.
pub fn create_with_package(context: &Context, folder: &Path, package: &Path) -> Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    fs::write(
        folder.join("package.json"),
        "{ \"name\": \"new-project\", \"private\": true }\n",
    )?;
    install(context, folder, package)
}

/// Installs the package file into the project by its name. What it depends on comes from npm's cache where it can.
pub fn install(context: &Context, project: &Path, package: &Path) -> Result<()> {
    command::output(
        context
            .command(npm())
            .current_dir(project)
            .args([
                "install",
                "--prefer-offline",
                "--no-audit",
                "--no-fund",
                "--loglevel",
                "error",
            ])
            .arg(package),
    )
    .context("cannot install the package")?;
    if !project
        .join("node_modules")
        .join("codebolt-wasm")
        .join("package.json")
        .is_file()
    {
        bail!(
            "npm installed {}, but there is no node_modules/codebolt-wasm",
            package.display()
        );
    }
    Ok(())
}

/// Installs what the lock file of a project of the checkout says, unless that was installed last. Not with `npm ci`, which
/// refuses a lock that has not yet heard of what the built package depends on.
pub fn install_locked(context: &Context, project: &Path) -> Result<()> {
    let stamp = project.join("node_modules").join(".installed-lock");
    let inputs = ["package.json", "package-lock.json"].map(|file| project.join(file));
    let fingerprint = Fingerprint::of(stamp, &inputs, "")?;
    if fingerprint.is_unchanged() {
        return Ok(());
    }
    command::output(context.command(npm()).current_dir(project).args([
        "install",
        "--no-save",
        "--omit-lockfile-registry-resolved",
        "--prefer-offline",
        "--no-audit",
        "--no-fund",
    ]))
    .with_context(|| format!("cannot install what {} needs", project.display()))?;
    fingerprint.keep()
}
