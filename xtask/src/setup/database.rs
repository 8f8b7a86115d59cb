//! PostgreSQL's server programs, and PgBouncer. Tests start servers and poolers of their own with them.

use super::apt;
use crate::context::Context;
use anyhow::{Result, bail};
use std::fs;
use std::path::Path;

/// Makes sure of the programs.
pub fn ensure(context: &Context) -> Result<()> {
    let lacking: Vec<&str> = [
        ("postgresql", has_server(context)),
        ("pgbouncer", has_pooler()),
    ]
    .into_iter()
    .filter_map(|(package, is_there)| (!is_there).then_some(package))
    .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    apt::install(
        context,
        &lacking,
        "install PostgreSQL 15 or newer, with initdb and postgres on PATH, and PgBouncer as /usr/sbin/pgbouncer",
    )?;
    if !has_server(context) {
        bail!("Debian's package postgresql brought no initdb");
    }
    if !has_pooler() {
        bail!("Debian's package pgbouncer brought no pgbouncer");
    }
    Ok(())
}

/// Debian keeps the server's programs off `PATH`, a folder a version.
fn has_server(context: &Context) -> bool {
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

fn has_pooler() -> bool {
    Path::new("/usr/sbin/pgbouncer").is_file()
}
