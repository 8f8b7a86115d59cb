//! The npm tools of `tests/tools`, installed exactly as locked there; other projects of `tests/` likewise.

use crate::command;
use crate::context::Context;
use crate::npm_project::npm;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::Path;

/// Installs the tools if the lock changed, and links them into the checkout's `node_modules`.
pub fn ensure(context: &Context) -> Result<()> {
    install(context, "tools", &context.npm_tools())?;
    link_modules(context)
}

/// Installs into `folder` what `tests/<project>` locks, unless it is there already.
pub fn install(context: &Context, project: &str, folder: &Path) -> Result<()> {
    install_from(context, &format!("tests/{project}"), folder)
}

/// The same for a project anywhere in the checkout.
pub fn install_from(context: &Context, project: &str, folder: &Path) -> Result<()> {
    check_node(context)?;
    let locked = context.root.join(project);
    let stamp = folder.join("installed-lock.json");
    let lock = fs::read(locked.join("package-lock.json"))
        .with_context(|| format!("cannot read {project}/package-lock.json"))?;
    if !fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(locked.join(file), folder.join(file))
                .with_context(|| format!("cannot copy {project}/{file}"))?;
        }
        command::logged(
            context.command(npm()).current_dir(folder).args([
                "ci",
                "--omit-lockfile-registry-resolved",
                "--prefer-offline",
                "--no-audit",
                "--no-fund",
            ]),
            &context.tools.join("logs").join(format!(
                "npm-ci-{}.log",
                project.trim_start_matches("tests/").replace('/', "-")
            )),
        )?;
        fs::write(&stamp, lock)?;
    }
    Ok(())
}

/// `node_modules` of the checkout: a link for every tool, and `codebolt-wasm` and `codebolt-wasm-testing` for the built packages,
/// so that tests import all of them by name.
pub fn link_modules(context: &Context) -> Result<()> {
    let modules = context.root.join("node_modules");
    fs::create_dir_all(&modules).context("cannot make node_modules")?;
    let tools = context.npm_tools().join("node_modules");
    for entry in fs::read_dir(&modules)? {
        let path = entry?.path();
        if path.is_symlink() && !path.exists() {
            fs::remove_file(&path)?;
        }
    }
    for entry in fs::read_dir(&tools).with_context(|| format!("cannot read {}", tools.display()))? {
        let entry = entry?;
        if entry.file_name() != ".package-lock.json" {
            link(&entry.path(), &modules.join(entry.file_name()))?;
        }
    }
    link(Path::new("../pkg"), &modules.join("codebolt-wasm"))?;
    link(
        Path::new("../pkg-testing"),
        &modules.join("codebolt-wasm-testing"),
    )
}

/// Makes `link` lead to `original`, which is a folder.
pub fn link(original: &Path, link: &Path) -> Result<()> {
    if fs::read_link(link).is_ok_and(|there| there == original) {
        return Ok(());
    }
    if link.is_symlink() {
        fs::remove_file(link)?;
    } else if link.exists() {
        bail!(
            "{} is in the way; remove the checkout's node_modules folder",
            link.display()
        );
    }
    #[cfg(unix)]
    let outcome = std::os::unix::fs::symlink(original, link);
    #[cfg(windows)]
    let outcome = std::os::windows::fs::symlink_dir(original, link);
    outcome.with_context(|| format!("cannot make the link {}", link.display()))
}

fn check_node(context: &Context) -> Result<()> {
    let wanted = "install Node 20 or newer, with npm";
    let said = command::output(context.command("node").arg("--version"))
        .with_context(|| wanted.to_owned())?;
    let major: u32 = said
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse().ok())
        .unwrap_or(0);
    if major < 20 {
        bail!("Node {said} is too old: {wanted}");
    }
    if context.find_program(npm()).is_none() {
        bail!("npm is not on PATH: {wanted}");
    }
    Ok(())
}
