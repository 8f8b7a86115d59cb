//! Another session on the host's database: it holds what the host needs, and looks at what the host does there.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::stores::Opened;

/// A session with an open transaction that has locked a table. Dropped, it lets go of it.
pub struct Lock {
    session: PgConnection,
    table: &'static str,
}

impl Lock {
    /// Lets nobody else use a table.
    pub async fn on(host: &Opened, table: &'static str) -> Self {
        let mut session = host.session().await;
        run(&mut session, "BEGIN").await;
        let lock = format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
        run(&mut session, &lock).await;
        Self { session, table }
    }

    /// Waits until so many sessions wait for the table.
    pub async fn waiters(&mut self, wanted: i64) {
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let waiters: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = $1::regclass
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            )
            .bind(self.table)
            .fetch_one(&mut self.session)
            .await
            .unwrap();
            if waiters == wanted {
                return;
            }
            assert!(Instant::now() < deadline, "{waiters} instead of {wanted}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Ends the sessions that wait for the table, as an administrator or a server that restarts does. Returns when they are gone.
    pub async fn end_waiters(&mut self) {
        let ended: Vec<i32> = sqlx::query_scalar(
            "SELECT pid FROM pg_locks WHERE NOT granted AND relation = $1::regclass
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
             AND pg_terminate_backend(pid, 60000)",
        )
        .bind(self.table)
        .fetch_all(&mut self.session)
        .await
        .unwrap();
        assert!(!ended.is_empty(), "nobody waits for {}", self.table);
    }

    /// Does something of its own, and lets go.
    pub async fn after(mut self, statement: &str) {
        run(&mut self.session, statement).await;
        run(&mut self.session, "COMMIT").await;
        self.session.close().await.unwrap();
    }

    /// Lets go.
    pub async fn release(self) {
        self.after("SELECT 1").await;
    }
}

/// Runs statements.
pub async fn run(session: &mut PgConnection, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))
        .execute(session)
        .await
        .unwrap_or_else(|error| panic!("{statements}: {error}"));
}
