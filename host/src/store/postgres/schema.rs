//! The tables in PostgreSQL.
//!
//! Every event's key begins with its instance, which is also what the tables can be distributed
//! by. There are no sequences: counters are taken in the transaction that uses them.

use sqlx::{AssertSqlSafe, PgPool, Row};

use crate::store::StoreFailure;

/// The steps from an empty database to the newest schema.
const STEPS: &[&[&str]] = &[&[
    r#"CREATE TABLE IF NOT EXISTS event_log_instance (
        id text COLLATE "C" PRIMARY KEY,
        name text COLLATE "C" NOT NULL UNIQUE,
        description text,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        last_position bigint NOT NULL DEFAULT 0,
        last_timestamp bigint NOT NULL DEFAULT 0
    )"#,
    r#"CREATE TABLE IF NOT EXISTS event_log_stream (
        instance_id text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        last_sequence bigint NOT NULL,
        PRIMARY KEY (instance_id, name)
    )"#,
    r#"CREATE TABLE IF NOT EXISTS event_log_event (
        instance_id text COLLATE "C" NOT NULL,
        position bigint NOT NULL,
        id text COLLATE "C" NOT NULL,
        stream_id text COLLATE "C" NOT NULL,
        sequence_number bigint NOT NULL,
        event_type text COLLATE "C" NOT NULL,
        timestamp bigint NOT NULL,
        payload text NOT NULL,
        metadata text NOT NULL,
        payload_search jsonb NOT NULL,
        metadata_search jsonb NOT NULL,
        PRIMARY KEY (instance_id, position)
    )"#,
    "CREATE UNIQUE INDEX IF NOT EXISTS event_log_event_by_id ON event_log_event (instance_id, id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS event_log_event_by_stream
     ON event_log_event (instance_id, stream_id, sequence_number)",
    "CREATE INDEX IF NOT EXISTS event_log_event_by_type
     ON event_log_event (instance_id, event_type, position)",
    "CREATE INDEX IF NOT EXISTS event_log_event_by_time
     ON event_log_event (instance_id, timestamp)",
]];

/// How often set-up is tried: two hosts that begin at once get into each other's way.
const ATTEMPTS: u32 = 10;

/// Brings the database up to the newest schema.
pub async fn migrate(pool: &PgPool) -> Result<(), StoreFailure> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        match try_migrate(pool).await {
            Ok(()) => return Ok(()),
            Err(Attempt::Final(failure)) => return Err(failure),
            Err(Attempt::Database(error)) if attempt == ATTEMPTS => return Err(error.into()),
            Err(Attempt::Database(error)) => {
                tracing::debug!(%error, "setting up the tables again");
                tokio::time::sleep(std::time::Duration::from_millis(50 * u64::from(attempt))).await;
            }
        }
    }
}

enum Attempt {
    Final(StoreFailure),
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Attempt {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

async fn try_migrate(pool: &PgPool) -> Result<(), Attempt> {
    sqlx::query("CREATE TABLE IF NOT EXISTS event_log_schema (version bigint NOT NULL)")
        .execute(pool)
        .await?;
    let version: Option<i64> = sqlx::query("SELECT max(version) FROM event_log_schema")
        .fetch_one(pool)
        .await?
        .try_get(0)?;
    let version = version.unwrap_or(0);
    let newest = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if version > newest {
        return Err(Attempt::Final(StoreFailure::Database(format!(
            "the database has schema version {version}, this host knows versions up to {newest}; use a newer codebolt-host"
        ))));
    }
    let done = usize::try_from(version).unwrap_or(0);
    for (index, step) in STEPS.iter().enumerate().skip(done) {
        for statement in *step {
            sqlx::query(AssertSqlSafe(*statement)).execute(pool).await?;
        }
        let number = i64::try_from(index + 1).unwrap_or(i64::MAX);
        sqlx::query("INSERT INTO event_log_schema (version) VALUES ($1)")
            .bind(number)
            .execute(pool)
            .await?;
    }
    Ok(())
}
