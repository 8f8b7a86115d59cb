//! Suites of the package as its users get it: packed, and installed by its name.

use super::test_host::TestHost;
use super::{Run, javascript};
use crate::command;
use crate::demo;
use crate::npm_project;
use anyhow::{Context as _, Result};
use std::fs;

/// The tests of `tests/package`, copied into an empty project that has nothing but the package.
pub fn by_name(run: &Run<'_>) -> Result<()> {
    let tests = run.context.root.join("tests").join("package");
    let host = TestHost::start(run.context)?;
    let project = host.folder().join("project");
    let package = npm_project::pack(run.context, host.folder())?;
    npm_project::create_with_package(run.context, &project, &package)?;
    for entry in fs::read_dir(&tests).with_context(|| format!("cannot read {}", tests.display()))? {
        let path = entry?.path();
        if path.is_file() {
            let name = path.file_name().context("a test without a name")?;
            fs::copy(&path, project.join(name))
                .with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    let mut node = javascript::node(run, &project)?;
    node.current_dir(&project)
        .env("CODEBOLT_PAGES", run.context.package().join("docs/api"));
    host.tell(run.context, &mut node);
    host.finish(command::run(&mut node))
}

/// The tools for models as programs use them: the tests of `tests/tools-in-use`, which find in `CODEBOLT_PROJECT` a
/// project that has nothing but the packed package and the one for tests, and in `CODEBOLT_PACKAGE` the package's file.
pub fn tools_in_use(run: &Run<'_>) -> Result<()> {
    let folder = tempfile::tempdir().context("cannot make a folder")?;
    let project = folder.path().join("project");
    let package = npm_project::pack(run.context, folder.path())?;
    npm_project::create_with_package(run.context, &project, &package)?;
    let testing = npm_project::pack_testing(run.context, folder.path())?;
    npm_project::install(run.context, &project, &testing)?;
    let tests = run.context.root.join("tests").join("tools-in-use");
    command::run(
        javascript::node(run, &tests)?
            .env("CODEBOLT_PROJECT", &project)
            .env("CODEBOLT_PACKAGE", &package),
    )
}

/// What the packages say of themselves: that every entry they name is there, and that their types resolve.
pub fn shape(run: &Run<'_>) -> Result<()> {
    let folder = tempfile::tempdir().context("cannot make a folder")?;
    let package = npm_project::pack(run.context, folder.path())?;
    let testing = npm_project::pack_testing(run.context, folder.path())?;
    // The package's other entries, such as the module itself, have no types to be wrong.
    for (file, entries) in [(package, [".", "./tools"]), (testing, [".", "./matchers"])] {
        command::run(
            run.context
                .command("publint")
                .args(["run", "--strict"])
                .arg(&file),
        )?;
        command::run(
            run.context
                .command("attw")
                .arg(&file)
                .arg("--entrypoints")
                .args(entries)
                .args(["--format", "ascii", "--no-emoji"]),
        )?;
    }
    Ok(())
}

/// The examples: the demo's, and those of the event log's other operations.
pub fn examples(run: &Run<'_>) -> Result<()> {
    demo::run_examples(
        run.context,
        &["examples/create-instance", "examples/event-log"],
    )
}
