//! The tables in PostgreSQL, and their migrations.
//!
//! Every key of an instance's events begins with the instance's id, so the tables can be distributed by it.
//! Names are unique over all instances, so they are in a table of their own, small enough to be on every
//! server. There are no sequences: a transaction reads and writes its counters itself.

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::servers::Servers;
use crate::store::StoreFailure;

/// The steps from an empty database to the newest schema.
const STEPS: &[&[&str]] = &[
    &[
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
    ],
    // Names move out of the distributed table. A view under that table's old name gives an older host that
    // still runs a clear error: each of its operations reads it first.
    &[
        r#"CREATE TABLE event_log_name (
            instance_id text COLLATE "C" PRIMARY KEY,
            name text COLLATE "C" NOT NULL UNIQUE
        )"#,
        r#"CREATE TABLE event_log_head (
            instance_id text COLLATE "C" PRIMARY KEY,
            description text,
            created_at bigint NOT NULL,
            updated_at bigint NOT NULL,
            last_position bigint NOT NULL,
            last_timestamp bigint NOT NULL
        )"#,
        "LOCK TABLE event_log_instance IN ACCESS EXCLUSIVE MODE",
        "INSERT INTO event_log_name (instance_id, name) SELECT id, name FROM event_log_instance",
        "INSERT INTO event_log_head
            (instance_id, description, created_at, updated_at, last_position, last_timestamp)
         SELECT id, description, created_at, updated_at, last_position, last_timestamp
         FROM event_log_instance",
        "DROP TABLE event_log_instance",
        "CREATE FUNCTION event_log_refuse() RETURNS text LANGUAGE plpgsql AS $$
         BEGIN
             RAISE EXCEPTION 'a newer codebolt-host has changed this database to schema version 2, which this host does not know; stop this host, and start the newer one instead';
         END $$",
        r#"CREATE VIEW event_log_instance AS
         SELECT event_log_refuse() COLLATE "C" AS id, ''::text COLLATE "C" AS name,
                ''::text AS description,
                0::bigint AS created_at, 0::bigint AS updated_at,
                0::bigint AS last_position, 0::bigint AS last_timestamp"#,
    ],
];

/// How often the migration is tried: two hosts that start at the same time can conflict.
const ATTEMPTS: u32 = 10;
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(250);
/// How long a step waits for locks.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '5s'";

/// Brings the database up to the newest schema.
pub async fn migrate(servers: &Servers) -> Result<(), StoreFailure> {
    for _ in 1..ATTEMPTS {
        match try_migrate(servers).await {
            Ok(()) => return Ok(()),
            Err(Attempt::Final(failure)) => return Err(failure),
            Err(Attempt::Database(error)) => {
                if is_lock_timeout(&error) {
                    tracing::warn!(
                        "the tables are to be brought up to date, and another session has used them for 5 s; trying again"
                    );
                } else {
                    tracing::debug!(%error, "setting up the tables again");
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    try_migrate(servers).await.map_err(|last| match last {
        Attempt::Final(failure) => failure,
        Attempt::Database(error) => error.into(),
    })
}

/// Refuses a database whose schema is newer than this host.
pub fn held_against(version: i64) -> Result<(), StoreFailure> {
    let newest = newest();
    if version <= newest {
        return Ok(());
    }
    Err(StoreFailure::CannotOpen(format!(
        "expected schema version {newest} at most, got {version}; use a newer codebolt-host"
    )))
}

fn newest() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
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

fn is_lock_timeout(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.code().as_deref() == Some("55P03"))
}

async fn try_migrate(servers: &Servers) -> Result<(), Attempt> {
    let server = servers.current();
    let mut connection = server.writes.acquire().await?;
    // Look first: CREATE TABLE IF NOT EXISTS needs a right that a host need not have.
    let is_there: bool = sqlx::query("SELECT to_regclass('event_log_schema') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?
        .try_get(0)?;
    if !is_there {
        sqlx::query("CREATE TABLE IF NOT EXISTS event_log_schema (version bigint NOT NULL)")
            .execute(&mut *connection)
            .await?;
    }
    if is_up_to_date(&mut connection).await? {
        return Ok(());
    }
    let mut transaction = sqlx::Connection::begin(&mut *connection).await?;
    run(&mut transaction, LOCK_TIMEOUT).await?;
    // One host migrates at a time. Readers of the version are not blocked.
    run(
        &mut transaction,
        "LOCK TABLE event_log_schema IN EXCLUSIVE MODE",
    )
    .await?;
    if is_up_to_date(&mut transaction).await? {
        return Ok(());
    }
    let before = version(&mut transaction).await?;
    for (step, number) in STEPS.iter().zip(1_i64..) {
        if number <= before {
            continue;
        }
        for statement in *step {
            run(&mut transaction, statement).await?;
        }
        sqlx::query("INSERT INTO event_log_schema (version) VALUES ($1)")
            .bind(number)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    if before > 0 {
        tracing::info!(
            from = before,
            to = newest(),
            "the tables were brought up to date; hosts that know only the older ones are refused from now on"
        );
    }
    Ok(())
}

async fn is_up_to_date(connection: &mut PgConnection) -> Result<bool, Attempt> {
    let version = version(connection).await?;
    held_against(version).map_err(Attempt::Final)?;
    Ok(version == newest())
}

async fn version(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let version: Option<i64> = sqlx::query("SELECT max(version) FROM event_log_schema")
        .fetch_one(connection)
        .await?
        .try_get(0)?;
    Ok(version.unwrap_or(0))
}

async fn run(connection: &mut PgConnection, statement: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(AssertSqlSafe(statement))
        .persistent(false)
        .execute(connection)
        .await
        .map(drop)
}
