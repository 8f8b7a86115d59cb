//! The demo page in `www/dist`.

use crate::command;
use crate::context::Context;
use crate::fingerprint::Fingerprint;
use crate::npm_project;
use crate::steps::step;
use anyhow::{Context as _, Result};
use std::path::PathBuf;

/// Where the page finds the event log in memory, for its own host.
pub fn event_log(context: &Context) -> PathBuf {
    context.root.join("www").join("event-log")
}

/// Builds the page if it, the package or the event log in memory changed, and gives the folder to serve. The two have been
/// built.
pub fn build(context: &Context) -> Result<PathBuf> {
    step("page in www/dist", || {
        let www = context.root.join("www");
        npm_project::install_locked(context, &www)?;
        let built = www.join("dist");
        let fingerprint = Fingerprint::of(
            context.scratch("page.stamp"),
            &[www.clone(), context.package()],
            "",
        )?;
        if built.join("index.html").is_file() && fingerprint.is_unchanged() {
            println!("  unchanged");
        } else {
            command::run(
                context
                    .command(npm_project::npm())
                    .current_dir(&www)
                    .args(["run", "--silent", "build"]),
            )
            .context("cannot build the page")?;
            fingerprint.keep()?;
        }
        Ok(built)
    })
}
