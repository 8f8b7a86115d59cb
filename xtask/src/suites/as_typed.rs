//! What one types without `cargo xtask`, in a fresh clone: wasm-pack, npm in `www`, cargo, and what the README says of the
//! module by itself.

use super::test_host::TestHost;
use super::{Run, javascript};
use crate::build::folders;
use crate::command;
use crate::context::Context;
use crate::setup::{find_browser, wasm_target};
use anyhow::{Context as _, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The tests of `tests/as-typed`. They find the clone in `CODEBOLT_CLONE`, and the tools on `PATH` as CONTRIBUTING.md says.
pub fn in_a_fresh_clone(run: &Run<'_>) -> Result<()> {
    let context = run.context;
    let clone = context.scratch("as-typed");
    fill(run, &clone)?;
    // What the page needs of the checkout: the built package, and what its tests import.
    folders::mirror(&context.package(), &clone.join("pkg"))?;
    let event_log = crate::build::event_log_module(context)?;
    folders::mirror(&event_log, &clone.join("www").join("event-log"))?;
    crate::setup::link_modules(&Context {
        root: clone.clone(),
        ..context.clone()
    })?;

    let wasm = wasm_target::command(context, "wasm-pack")?;
    let mut node = javascript::node_one_by_one(run, &context.root.join("tests/as-typed"))?;
    // The right compiler, and the folder where this checkout has compiled what both need.
    for (name, value) in wasm.get_envs() {
        match value {
            Some(value) if name == "CARGO_TARGET_DIR" => {
                node.env("CODEBOLT_WASM_TARGET_DIR", value);
            }
            Some(value) => {
                node.env(name, value);
            }
            None => {
                node.env_remove(name);
            }
        }
    }
    let host = TestHost::start_on_usual_port(run.context)?;
    host.tell(context, &mut node);
    // The tests of the module are to need no host.
    node.env_remove("CODEBOLT_TEST_URL")
        .env("CODEBOLT_CLONE", &clone)
        .env("CARGO_TARGET_DIR", &context.target)
        .env("CODEBOLT_CHROMIUM", find_browser(context)?)
        .env("CODEBOLT_HOST_BINARY", context.quick_host_binary());
    host.finish(command::run(&mut node))
}

/// Makes the folder what a clone of the checkout would be, with what is not committed yet. Files that are the same stay as they
/// are, so that cargo does not compile them again.
fn fill(run: &Run<'_>, clone: &Path) -> Result<()> {
    let root = &run.context.root;
    let listed = command::output(run.context.command("git").args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))
    .context("git does not say which files the checkout has")?;
    let files: BTreeSet<PathBuf> = listed
        .split('\0')
        .filter(|file| !file.is_empty() && root.join(file).is_file())
        .map(PathBuf::from)
        .collect();
    if files.is_empty() {
        bail!("git lists no files in {}", root.display());
    }
    fs::create_dir_all(clone)
        .with_context(|| format!("cannot make the folder {}", clone.display()))?;
    empty_of_others(clone, Path::new(""), &files)?;
    for file in &files {
        let (from, to) = (root.join(file), clone.join(file));
        let text = fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?;
        if fs::read(&to).is_ok_and(|there| there == text) {
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        fs::copy(&from, &to).with_context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(())
}

/// Removes what a clone would not have: what the last run built and installed.
fn empty_of_others(clone: &Path, below: &Path, files: &BTreeSet<PathBuf>) -> Result<()> {
    let folder = clone.join(below);
    for entry in
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let entry = entry?;
        let relative = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if files.iter().any(|file| file.starts_with(&relative)) {
                empty_of_others(clone, &relative, files)?;
            } else {
                fs::remove_dir_all(entry.path())?;
            }
        } else if !files.contains(&relative) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
