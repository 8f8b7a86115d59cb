//! PostgreSQL's server programs, and PgBouncer. Tests start servers and poolers of their own with them.

use super::apt;
use crate::context::Context;
use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Makes sure of the programs.
pub fn ensure(context: &Context) -> Result<()> {
    let lacking: Vec<&str> = [
        ("postgresql", find_server(context).is_some()),
        ("pgbouncer", find_pooler().is_some()),
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
    if find_server(context).is_none() {
        bail!("Debian's package postgresql brought no initdb");
    }
    if find_pooler().is_none() {
        bail!("Debian's package pgbouncer brought no pgbouncer");
    }
    Ok(())
}

/// The folder of the server's programs. Debian keeps them off `PATH`, a folder a version.
pub fn find_server(context: &Context) -> Option<PathBuf> {
    let has_programs =
        |bin: &PathBuf| bin.join("initdb").is_file() && bin.join("postgres").is_file();
    fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .find(has_programs)
        .or_else(|| {
            let initdb = context.find_program("initdb")?;
            initdb.parent().map(Path::to_owned).filter(has_programs)
        })
}

/// PgBouncer's program.
pub fn find_pooler() -> Option<PathBuf> {
    let program = PathBuf::from("/usr/sbin/pgbouncer");
    program.is_file().then_some(program)
}
