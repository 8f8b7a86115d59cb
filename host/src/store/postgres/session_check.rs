//! What the host relies on in a session of PostgreSQL.

use sqlx::{Connection, PgConnection, Row};

use super::address::{Address, ServerAddress};
use super::connect_failure::reason;
use crate::store::StoreFailure;

/// Refuses a pooler that hands out one session to several connections. Closes `first`.
pub async fn check_sessions(
    address: &Address,
    server: &ServerAddress,
    mut first: PgConnection,
) -> Result<(), StoreFailure> {
    let limit = address.connect_timeout;
    let shared =
        match tokio::time::timeout(limit, PgConnection::connect_with(&server.options)).await {
            Ok(Ok(mut second)) => {
                let comparing = share_a_session(&mut first, &mut second);
                let shared = tokio::time::timeout(limit, comparing).await;
                for connection in [first, second] {
                    let _ = connection.close().await;
                }
                shared
            }
            Ok(Err(error)) => Ok(Err(error)),
            Err(late) => Err(late),
        };
    let shared = match shared {
        Ok(shared) => shared.map_err(|error| reason(&error)),
        Err(_) => Err("no answer".to_owned()),
    };
    let failed = |why| StoreFailure::CannotOpen(format!("cannot use {}: {why}", address.shown));
    if shared.map_err(failed)? {
        return Err(StoreFailure::CannotOpen(format!(
            "{} stands behind a pooler that hands each transaction to another session (pool_mode = transaction); the host needs sessions of its own: set pool_mode = session for it, or name the server itself",
            address.shown
        )));
    }
    Ok(())
}

/// Prepares a session, however the database or the role is configured. Statements contain the steps of a
/// field's path as string literals, so a backslash must have no meaning in these. Refuses a standby: the
/// server behind an address can change, and a standby's answers may be old.
pub async fn prepare(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let row = sqlx::raw_sql("SET standard_conforming_strings = on; SELECT pg_is_in_recovery()")
        .fetch_one(connection)
        .await?;
    if row.try_get(0)? {
        let text = "the server is a hot standby, which only reads until it is promoted";
        return Err(sqlx::Error::Io(std::io::Error::other(text)));
    }
    Ok(())
}

/// Whether a pooler gives two connections the same session of the server, one after the other.
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
