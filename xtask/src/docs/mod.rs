//! `cargo xtask docs`: the documentation site, from the pages in `docs/`, the reference made from `definitions/`, PROTOCOL.md and
//! others. Which page comes from which file is in `site_map.rs`.

mod stage;

use crate::addresses;
use crate::build;
use crate::build_lock;
use crate::command;
use crate::context::Context;
use crate::fingerprint::Fingerprint;
use crate::setup::{self, Part};
use crate::steps::step;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// How to build the site.
#[derive(clap::Args)]
pub struct Arguments {
    /// Serve the built site until Ctrl-C.
    #[arg(long)]
    serve: bool,
    /// The port to serve it on.
    #[arg(long, default_value_t = 4173, requires = "serve")]
    port: u16,
    /// The site's path on its server [default: that of GitHub Pages, or / with --serve].
    #[arg(long, value_name = "PATH")]
    base: Option<String>,
}

/// `cargo xtask docs`.
pub fn run(context: &Context, arguments: &Arguments) -> Result<()> {
    setup::require(context, &[Part::Wasm, Part::Npm, Part::Docs])?;
    build::package(context)?;
    let base = match &arguments.base {
        Some(base) => base.clone(),
        None if arguments.serve => "/".to_owned(),
        None => addresses::site_path(),
    };
    let site = build(context, &base)?;
    println!("The site is {}", site.display());
    if arguments.serve {
        command::run(
            vitepress(context, "preview", &base)
                .args(["--port", &arguments.port.to_string()])
                .arg(staged(context)),
        )?;
    }
    Ok(())
}

/// Builds the site if a page changed, and gives its folder. The package has been built, and VitePress is installed.
pub fn build(context: &Context, base: &str) -> Result<PathBuf> {
    step("documentation site", || {
        let _alone = build_lock::wait(context)?;
        let staged = staged(context);
        let built = staged.join(".vitepress/dist");
        stage::stage(context, &staged)?;
        let fingerprint = Fingerprint::of(context.scratch("site.stamp"), &sources(&staged)?, base)?;
        if built.join("index.html").is_file() && fingerprint.is_unchanged() {
            println!("  unchanged");
            return Ok(built);
        }
        command::logged(
            vitepress(context, "build", base).arg(&staged),
            &context.scratch("site.log"),
        )?;
        fingerprint.keep()?;
        Ok(built)
    })
}

/// Where VitePress finds the pages.
fn staged(context: &Context) -> PathBuf {
    context.scratch("site")
}

/// The staged files, without what VitePress makes of them.
fn sources(staged: &Path) -> Result<Vec<PathBuf>> {
    let mut sources: Vec<PathBuf> = fs::read_dir(staged)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .with_context(|| format!("cannot read the folder {}", staged.display()))?;
    sources.retain(|path| !path.ends_with(".vitepress") && !path.ends_with("node_modules"));
    sources.extend(["config.mjs", "theme"].map(|name| staged.join(".vitepress").join(name)));
    sources.sort();
    Ok(sources)
}

fn vitepress(context: &Context, task: &str, base: &str) -> std::process::Command {
    let mut node = context.command("node");
    node.arg(setup::docs_tools(context).join("node_modules/vitepress/bin/vitepress.js"))
        .arg(task)
        .env("CODEBOLT_DOCS_BASE", base)
        .env("CODEBOLT_DOCS_REPOSITORY", addresses::repository());
    node
}
