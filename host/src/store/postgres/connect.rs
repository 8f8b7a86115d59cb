//! Connecting to PostgreSQL: what is asked of an address before the host relies on it.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, Row};

use crate::store::StoreFailure;

/// How long the first connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an address says, and how it is called in errors: without its password.
pub struct Address {
    pub options: PgConnectOptions,
    pub shown: String,
}

impl Address {
    pub fn parse(url: &str) -> Result<Self, StoreFailure> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| {
                StoreFailure::Database(format!(
                    "--store is no address of a PostgreSQL database: {error}; write postgres://user:password@address/database"
                ))
            })?
            .application_name("codebolt-host")
            // Poolers refuse it, and no number is read as text of a double.
            .extra_float_digits(None);
        let place = options.get_socket().map_or_else(
            || format!("{}:{}", options.get_host(), options.get_port()),
            |socket| format!("{} (port {})", socket.display(), options.get_port()),
        );
        let database = options.get_database().unwrap_or(options.get_username());
        let shown = format!("the PostgreSQL of --store, database {database} at {place}");
        Ok(Self { options, shown })
    }

    /// Connects once. The pool would try until its time is up, and say no more than that it is.
    pub async fn try_out(&self) -> Result<(), StoreFailure> {
        let mut first = self.connect().await?;
        let mut second = self.connect().await?;
        let shared = share_a_session(&mut first, &mut second).await;
        for connection in [first, second] {
            let _ = connection.close().await;
        }
        match shared {
            Ok(false) => Ok(()),
            Ok(true) => Err(StoreFailure::Database(format!(
                "{} stands behind a pooler that hands each transaction to another session (pool_mode = transaction); the host needs sessions of its own: set pool_mode = session for it, or name the server itself",
                self.shown
            ))),
            Err(error) => Err(StoreFailure::Database(format!(
                "{} does not answer: {error}",
                self.shown
            ))),
        }
    }

    async fn connect(&self) -> Result<PgConnection, StoreFailure> {
        let connecting = PgConnection::connect_with(&self.options);
        match tokio::time::timeout(PATIENCE, connecting).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(StoreFailure::Database(format!(
                "cannot connect to {}: {error}",
                self.shown
            ))),
            Err(_) => Err(StoreFailure::Database(format!(
                "{} does not answer: nothing came for {} s",
                self.shown,
                PATIENCE.as_secs()
            ))),
        }
    }
}

/// Sets a session right, however the database or the role is set up: the steps of a field's path stand
/// in statements as texts, in which a backslash is to be nothing but itself.
pub async fn prepare(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("SET standard_conforming_strings = on")
        .execute(connection)
        .await
        .map(drop)
}

/// Whether two connections are led to the same session of the server, one after the other.
async fn share_a_session(
    first: &mut PgConnection,
    second: &mut PgConnection,
) -> Result<bool, sqlx::Error> {
    // A pooler takes the session that was used last, but others may use it too.
    for _ in 0..5 {
        if session(first).await? == session(second).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn session(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    sqlx::raw_sql("SELECT pg_backend_pid()")
        .fetch_one(connection)
        .await?
        .try_get(0)
}
