//! Prepared statements. Small ones are cached. A large one is used once, because its compiled form takes
//! megabytes.

use std::ops::{Deref, DerefMut};

use rusqlite::{CachedStatement, Connection, Statement};

/// The longest statement that is cached, in bytes.
const MOST_KEPT: usize = 4 * 1024;

/// A statement that is ready.
pub enum Prepared<'a> {
    Kept(CachedStatement<'a>),
    Once(Statement<'a>),
}

/// Prepares a statement.
pub fn prepared<'a>(
    connection: &'a Connection,
    sql: &str,
) -> Result<Prepared<'a>, rusqlite::Error> {
    Ok(if sql.len() <= MOST_KEPT {
        Prepared::Kept(connection.prepare_cached(sql)?)
    } else {
        Prepared::Once(connection.prepare(sql)?)
    })
}

impl<'a> Deref for Prepared<'a> {
    type Target = Statement<'a>;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Kept(statement) => statement,
            Self::Once(statement) => statement,
        }
    }
}

impl DerefMut for Prepared<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            Self::Kept(statement) => statement,
            Self::Once(statement) => statement,
        }
    }
}
