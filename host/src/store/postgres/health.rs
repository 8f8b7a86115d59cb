//! The health check: whether writes work, on a connection of its own that queries cannot occupy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::{Connection, PgConnection, Row};
use tokio::sync::Mutex;

use super::schema;
use super::servers::{Server, Servers};
use crate::store::StoreFailure;

/// How long the database has to answer.
const LIMIT: Duration = Duration::from_millis(800);

/// Writes that change nothing.
pub struct Health {
    servers: Arc<Servers>,
    held: Mutex<Option<(Arc<Server>, PgConnection)>>,
}

impl Health {
    pub fn new(servers: Arc<Servers>) -> Self {
        Self {
            servers,
            held: Mutex::new(None),
        }
    }

    pub async fn check(&self) -> Result<(), StoreFailure> {
        let has_asked = AtomicBool::new(false);
        let asking = async {
            let server = self.servers.current();
            let mut held = self.held.lock().await;
            // Take it out: a connection that is dropped in the middle of a statement cannot be used again.
            if let Some((to, mut connection)) = held.take()
                && Arc::ptr_eq(&to, &server)
            {
                has_asked.store(true, Ordering::Relaxed);
                if let Ok(version) = write_nothing(&mut connection).await {
                    *held = Some((to, connection));
                    return Ok(version);
                }
                has_asked.store(false, Ordering::Relaxed);
            }
            let mut connection = PgConnection::connect_with(&server.address.options).await?;
            has_asked.store(true, Ordering::Relaxed);
            let version = write_nothing(&mut connection).await?;
            *held = Some((server, connection));
            Ok::<_, sqlx::Error>(version)
        };
        match tokio::time::timeout(LIMIT, asking).await {
            Ok(version) => schema::held_against(version?),
            Err(_) => {
                let what = if has_asked.load(Ordering::Relaxed) {
                    "a commit was not answered"
                } else {
                    "no connection could be made"
                };
                let limit = LIMIT.as_millis();
                Err(StoreFailure::Database(format!("{what} within {limit} ms")))
            }
        }
    }

    pub async fn close(&self) {
        if let Some((_, connection)) = self.held.lock().await.take() {
            let _ = connection.close().await;
        }
    }
}

/// A commit like any other: it fails on a server that is read-only, full, or waits for a standby. Returns
/// the schema's version, because a newer host may have migrated meanwhile.
async fn write_nothing(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query("UPDATE event_log_schema SET version = version WHERE version = 1")
        .execute(&mut *connection)
        .await?;
    sqlx::query("SELECT max(version) FROM event_log_schema")
        .fetch_one(connection)
        .await?
        .try_get(0)
}
