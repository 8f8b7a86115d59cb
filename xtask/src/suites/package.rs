//! Suites of the package as its users get it: packed, and installed by its name.

use super::{Run, javascript};
use crate::command;
use crate::demo;
use crate::npm_project;
use anyhow::{Context as _, Result};
use std::fs;

/// The tests of `tests/package`, copied into an empty project that has nothing but the package.
pub fn by_name(run: &Run<'_>) -> Result<()> {
    let tests = run.context.root.join("tests").join("package");
    javascript::test_files(&tests)?;
    let host = run.host()?;
    let project = host.folder().join("project");
    let package = npm_project::pack(run.context, host.folder())?;
    npm_project::create_with_package(run.context, &project, &package)?;
    for entry in fs::read_dir(&tests)? {
        let path = entry?.path();
        if path.is_file() {
            let name = path.file_name().context("a test without a name")?;
            fs::copy(&path, project.join(name))
                .with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    let mut node = run.context.command("node");
    node.current_dir(&project).arg("--test").args(run.passed_on);
    for file in javascript::test_files(&project)? {
        node.arg(file);
    }
    host.tell(run.context, &mut node);
    host.finish(command::run(&mut node))
}

/// The examples.
pub fn examples(run: &Run<'_>) -> Result<()> {
    demo::run_examples(run.context)
}
