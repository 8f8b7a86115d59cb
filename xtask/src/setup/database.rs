//! PostgreSQL's server programs. Tests start a server of their own with them.

use super::apt;
use crate::context::Context;
use anyhow::{Result, bail};
use std::fs;
use std::path::Path;

/// Makes sure of the programs.
pub fn ensure(context: &Context) -> Result<()> {
    if is_there(context) {
        return Ok(());
    }
    apt::install(
        context,
        &["postgresql"],
        "install PostgreSQL 15 or newer, with initdb and postgres on PATH",
    )?;
    if !is_there(context) {
        bail!("Debian's package postgresql brought no initdb");
    }
    Ok(())
}

/// Debian keeps the programs off `PATH`, a folder a version.
fn is_there(context: &Context) -> bool {
    let has_programs = |bin: &Path| bin.join("initdb").is_file() && bin.join("postgres").is_file();
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .any(|version| has_programs(&version.path().join("bin")));
    debian
        || context
            .find_program("initdb")
            .and_then(|initdb| initdb.parent().map(has_programs))
            .unwrap_or(false)
}
