//! Which database holds the events.

use std::path::PathBuf;

use clap::Args;

use super::DAY;
use super::values::{PostgresParser, postgres, variable, whole};

/// The variable that names a PostgreSQL database.
const VARIABLE: &str = "CODEBOLT_HOST_STORE";
/// The file when nothing is named.
const FILE: &str = "events.db";

/// Where the events are kept. The command line wins over the environment.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Database")]
pub struct StoreLocation {
    /// The SQLite file; created if it does not exist. [default: events.db]
    #[arg(long, global = true, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// A PostgreSQL database instead of a file: postgres://user:password@address/database. Of several
    /// servers, postgres://user@one:5432,two:5432/database, the host uses the one that takes writes.
    /// [env: CODEBOLT_HOST_STORE, unless --data is given]
    #[arg(long, global = true, value_name = "URL", value_parser = PostgresParser, conflicts_with = "data")]
    pub store: Option<String>,
    /// Seconds to wait at the start for a PostgreSQL server that takes writes.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 60, value_parser = whole(0, DAY))]
    pub store_wait: u64,
    /// Connections to PostgreSQL for writing, and as many again for reading.
    #[arg(long, global = true, value_name = "COUNT", default_value_t = 8, value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub store_connections: u32,
}

/// The database that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL database.
    Postgres {
        /// Its address.
        url: String,
        /// The option or variable that names it.
        named_by: &'static str,
    },
}

impl StoreLocation {
    /// The database that the command line names, or else the environment, or else `events.db`.
    ///
    /// # Errors
    /// When a file and PostgreSQL are both named, or when what the environment names is not an address of PostgreSQL's.
    pub fn database(&self) -> Result<Database, String> {
        if self.store.is_some() || self.data.is_some() {
            return self.with_variable(None);
        }
        self.with_variable(variable(VARIABLE)?)
    }

    fn with_variable(&self, variable: Option<String>) -> Result<Database, String> {
        if let Some(url) = &self.store {
            // One before a subcommand and one behind it.
            if self.data.is_some() {
                return Err("expected --data or --store, got both; leave one out".into());
            }
            return Ok(Database::Postgres {
                url: url.clone(),
                named_by: "--store",
            });
        }
        if let Some(file) = &self.data {
            return Ok(Database::File(file.clone()));
        }
        match variable.filter(|url| !url.trim().is_empty()) {
            Some(url) => postgres(&url)
                .map(|url| Database::Postgres {
                    url,
                    named_by: VARIABLE,
                })
                .map_err(|error| format!("{VARIABLE} {error}")),
            None => Ok(Database::File(FILE.into())),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::{Database, StoreLocation};

    #[test]
    fn the_command_line_goes_before_the_environment() {
        let variable = || Some("postgres://env/db".to_owned());
        let file = StoreLocation {
            data: Some("here.db".into()),
            store: None,
            store_wait: 0,
            store_connections: 8,
        };
        assert_eq!(
            file.with_variable(variable()),
            Ok(Database::File("here.db".into()))
        );
        let nothing = StoreLocation {
            data: None,
            ..file.clone()
        };
        assert_eq!(
            nothing.with_variable(variable()),
            Ok(Database::Postgres {
                url: "postgres://env/db".into(),
                named_by: "CODEBOLT_HOST_STORE",
            })
        );
        for empty in [None, Some(String::new())] {
            assert_eq!(
                nothing.with_variable(empty),
                Ok(Database::File("events.db".into()))
            );
        }
        let wrong = nothing.with_variable(Some("mysql://env/db".into()));
        assert!(
            wrong
                .unwrap_err()
                .starts_with("CODEBOLT_HOST_STORE expects postgres://")
        );
    }
}
