//! Making, changing and deleting instances in PostgreSQL.

use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::rows;
use crate::store::{InstanceRow, StoreFailure, now_in_milliseconds};

/// The code of a unique constraint that was hurt.
const UNIQUE_VIOLATION: &str = "23505";

pub async fn create(
    connection: &mut PgConnection,
    name: &str,
    description: Option<&str>,
) -> Result<InstanceRow, StoreFailure> {
    let row = InstanceRow {
        id: Uuid::now_v7().to_string(),
        name: name.to_owned(),
        description: description.map(str::to_owned),
        created_at: now_in_milliseconds(),
        updated_at: 0,
        event_count: 0,
    };
    let row = InstanceRow {
        updated_at: row.created_at,
        ..row
    };
    let done = sqlx::query(
        "INSERT INTO event_log_instance (id, name, description, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $4) ON CONFLICT (name) DO NOTHING",
    )
    .bind(&row.id)
    .bind(&row.name)
    .bind(&row.description)
    .bind(row.created_at)
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreFailure::NameExists(format!("{name:?}")));
    }
    Ok(row)
}

/// Locks the instance's row until the transaction ends.
pub async fn lock(connection: &mut PgConnection, reference: &str) -> Result<Locked, StoreFailure> {
    let id = rows::find(connection, reference).await?.id;
    let locked = sqlx::query(
        "SELECT last_position, last_timestamp FROM event_log_instance WHERE id = $1 FOR UPDATE",
    )
    .bind(&id)
    .fetch_optional(connection)
    .await?;
    match locked {
        Some(row) => Ok(Locked {
            id,
            last_position: row.try_get(0)?,
            last_timestamp: row.try_get(1)?,
        }),
        // Deleted between the two statements.
        None => Err(StoreFailure::NoInstance(format!("{reference:?}"))),
    }
}

/// An instance whose row this transaction has locked.
pub struct Locked {
    pub id: String,
    pub last_position: i64,
    pub last_timestamp: i64,
}

pub async fn update(
    connection: &mut PgConnection,
    reference: &str,
    name: Option<&str>,
    description: Option<Option<&str>>,
) -> Result<InstanceRow, StoreFailure> {
    let id = lock(connection, reference).await?.id;
    let mut row = rows::find(connection, &id).await?;
    if let Some(name) = name {
        name.clone_into(&mut row.name);
    }
    if let Some(description) = description {
        row.description = description.map(str::to_owned);
    }
    row.updated_at = now_in_milliseconds().max(row.updated_at);
    let done = sqlx::query(
        "UPDATE event_log_instance SET name = $2, description = $3, updated_at = $4 WHERE id = $1",
    )
    .bind(&row.id)
    .bind(&row.name)
    .bind(&row.description)
    .bind(row.updated_at)
    .execute(connection)
    .await;
    match done {
        Ok(_) => Ok(row),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNIQUE_VIOLATION) => {
            Err(StoreFailure::NameExists(format!("{:?}", row.name)))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn delete(
    connection: &mut PgConnection,
    reference: &str,
) -> Result<InstanceRow, StoreFailure> {
    let id = lock(connection, reference).await?.id;
    let row = rows::find(connection, &id).await?;
    for statement in [
        "DELETE FROM event_log_event WHERE instance_id = $1",
        "DELETE FROM event_log_stream WHERE instance_id = $1",
        "DELETE FROM event_log_instance WHERE id = $1",
    ] {
        sqlx::query(statement)
            .bind(&id)
            .execute(&mut *connection)
            .await?;
    }
    Ok(row)
}
