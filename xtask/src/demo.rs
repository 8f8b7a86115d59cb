//! `cargo xtask demo`: the examples, against a fresh host, through the package installed by its name.

use crate::build;
use crate::command;
use crate::context::Context;
use crate::host_process::HostProcess;
use crate::npm_project;
use crate::setup::{self, Part};
use crate::steps::step;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const EXAMPLE_LIMIT: Duration = Duration::from_secs(60);

/// `cargo xtask demo`.
pub fn run(context: &Context) -> Result<()> {
    setup::require(context, &[Part::Wasm, Part::Npm])?;
    build::package(context)?;
    build::quick_host(context)?;
    run_examples(context, &["examples/create-instance"])
}

/// Runs the examples of these folders; package and host have been built.
pub fn run_examples(context: &Context, folders: &[&str]) -> Result<()> {
    let mut examples = Vec::new();
    for folder in folders {
        examples.extend(find(&context.root.join(folder))?);
    }
    let folder = tempfile::Builder::new()
        .prefix("codebolt-demo-")
        .tempdir()
        .context("cannot make a folder")?;
    let folder = folder.path();
    let project = folder.join("project");
    step("a new project, with the package installed by name", || {
        let package = npm_project::pack(context, folder)?;
        npm_project::create_with_package(context, &project, &package)
    })?;
    let data = folder.join("demo.db");
    let host = HostProcess::start(context, &data, folder, 0)?;
    println!("The host listens on {}, with a new database", host.url);
    for example in &examples {
        run_example(context, &host, &project, example)?;
    }
    host.stop()?;
    show_database(context, &data)
}

fn find(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut examples = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "mjs") {
            examples.push(path);
        }
    }
    if examples.is_empty() {
        bail!("there are no examples (*.mjs) in {}", folder.display());
    }
    examples.sort();
    Ok(examples)
}

fn run_example(
    context: &Context,
    host: &HostProcess,
    project: &Path,
    example: &Path,
) -> Result<()> {
    let name = example.file_name().context("an example without a name")?;
    let shown = example.strip_prefix(&context.root).unwrap_or(example);
    // A copy, so that it finds the installed package and nothing of the checkout.
    fs::copy(example, project.join(name))
        .with_context(|| format!("cannot copy {}", example.display()))?;
    println!("\n── {}", shown.display());
    let mut node = context.command("node");
    node.current_dir(project).arg(name);
    host.tell(context, &mut node);
    command::run_within(&mut node, EXAMPLE_LIMIT)
}

fn show_database(context: &Context, data: &Path) -> Result<()> {
    let mut command = context.command(&context.quick_host_binary().to_string_lossy());
    let table = command::output(command.arg("instances").arg("--data").arg(data))?;
    println!("\n── what the database holds, read from its file after the host ended\n{table}\n");
    if table.lines().count() < 2 {
        bail!("the examples ran, but the database lists no instance");
    }
    Ok(())
}
