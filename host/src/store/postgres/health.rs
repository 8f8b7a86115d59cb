//! Whether writes work: asked on a connection of its own, which no query can take.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::sync::Mutex;

use crate::store::StoreFailure;

/// How long the database has to answer.
const PATIENCE: Duration = Duration::from_millis(800);

/// Writes that change nothing.
pub struct Health {
    options: PgConnectOptions,
    connection: Mutex<Option<PgConnection>>,
}

impl Health {
    pub fn new(options: PgConnectOptions) -> Self {
        Self {
            options,
            connection: Mutex::new(None),
        }
    }

    pub async fn check(&self) -> Result<(), StoreFailure> {
        let asking = async {
            let mut held = self.connection.lock().await;
            // Taken out: one that is dropped in the middle of a statement is of no use.
            if let Some(mut connection) = held.take()
                && write_nothing(&mut connection).await.is_ok()
            {
                *held = Some(connection);
                return Ok(());
            }
            let mut connection = PgConnection::connect_with(&self.options).await?;
            write_nothing(&mut connection).await?;
            *held = Some(connection);
            Ok::<(), sqlx::Error>(())
        };
        match tokio::time::timeout(PATIENCE, asking).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(StoreFailure::Database(format!(
                "a commit was not answered within {} ms",
                PATIENCE.as_millis()
            ))),
        }
    }

    pub async fn close(&self) {
        if let Some(connection) = self.connection.lock().await.take() {
            let _ = connection.close().await;
        }
    }
}

/// A commit like any other: a server that only reads, is full, or waits for a standby fails here.
async fn write_nothing(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE event_log_schema SET version = version WHERE version = 1")
        .execute(connection)
        .await?;
    Ok(())
}
