//! Prepared statements. What a query becomes is kept while it is small; a large one is used once, since
//! SQLite needs megabytes for what it makes of it.

use std::ops::{Deref, DerefMut};

use rusqlite::{CachedStatement, Connection, Statement};

/// The length of what is kept, in bytes.
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
