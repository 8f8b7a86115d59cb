//! Creates, changes and deletes instances in PostgreSQL.

use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::rows;
use crate::store::{
    FinishImport, InstanceRow, StoreFailure, Write, is_stale_import, now_in_milliseconds,
};

/// The code of a unique violation.
const UNIQUE_VIOLATION: &str = "23505";

/// Makes, changes or deletes an instance.
pub async fn change(
    connection: &mut PgConnection,
    write: &Write,
) -> Result<InstanceRow, StoreFailure> {
    match write {
        Write::CreateInstance { name, description } => {
            create(connection, name, description.as_deref()).await
        }
        Write::UpdateInstance {
            reference,
            name,
            description,
        } => {
            let description = description.as_ref().map(Option::as_deref);
            update(connection, reference, name.as_deref(), description).await
        }
        Write::DeleteInstance { reference } => {
            let row = found_and_locked(connection, reference).await?;
            delete(connection, row).await
        }
        Write::DeleteStaleImport { id, updated_at } => {
            let row = found_and_locked(connection, id).await?;
            if !is_stale_import(&row, *updated_at) {
                return Err(StoreFailure::NoInstance(format!("{id:?}")));
            }
            delete(connection, row).await
        }
        Write::FinishImport(import) => finish_import(connection, import).await,
        Write::Append(_) => Err(StoreFailure::Database("appends go another way".into())),
    }
}

/// Refuses a name that is another instance's id.
async fn name_is_no_id(
    connection: &mut PgConnection,
    name: &str,
    own_id: Option<&str>,
) -> Result<(), StoreFailure> {
    let found = sqlx::query("SELECT 1 FROM event_log_name WHERE instance_id = $1")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    if found.is_some() && own_id != Some(name) {
        return Err(StoreFailure::NameIsId(format!("{name:?}")));
    }
    Ok(())
}

pub async fn create(
    connection: &mut PgConnection,
    name: &str,
    description: Option<&str>,
) -> Result<InstanceRow, StoreFailure> {
    name_is_no_id(connection, name, None).await?;
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
        "INSERT INTO event_log_name (instance_id, name) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
    )
    .bind(&row.id)
    .bind(&row.name)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreFailure::NameExists(format!("{name:?}")));
    }
    sqlx::query(
        "INSERT INTO event_log_head
         (instance_id, description, created_at, updated_at, last_position, last_timestamp)
         VALUES ($1, $2, $3, $3, 0, 0)",
    )
    .bind(&row.id)
    .bind(&row.description)
    .bind(row.created_at)
    .execute(connection)
    .await?;
    Ok(row)
}

/// Locks the instance's row until the transaction ends.
pub async fn lock(connection: &mut PgConnection, reference: &str) -> Result<Locked, StoreFailure> {
    let (id, _) = rows::find_name(connection, reference).await?;
    lock_id(connection, &id).await
}

/// Locks the row of the instance with that id until the transaction ends.
pub async fn lock_id(connection: &mut PgConnection, id: &str) -> Result<Locked, StoreFailure> {
    let locked = sqlx::query(
        "SELECT last_position, last_timestamp FROM event_log_head WHERE instance_id = $1 FOR UPDATE",
    )
    .bind(id)
    .fetch_optional(connection)
    .await?;
    match locked {
        Some(row) => Ok(Locked {
            id: id.to_owned(),
            last_position: row.try_get(0)?,
            last_timestamp: row.try_get(1)?,
        }),
        // It was deleted between the two statements.
        None => Err(StoreFailure::NoInstance(format!("{id:?}"))),
    }
}

/// An instance whose row this transaction has locked.
pub struct Locked {
    pub id: String,
    pub last_position: i64,
    pub last_timestamp: i64,
}

async fn update(
    connection: &mut PgConnection,
    reference: &str,
    name: Option<&str>,
    description: Option<Option<&str>>,
) -> Result<InstanceRow, StoreFailure> {
    let mut row = found_and_locked(connection, reference).await?;
    if let Some(name) = name {
        name_is_no_id(connection, name, Some(&row.id)).await?;
        name.clone_into(&mut row.name);
    }
    if let Some(description) = description {
        row.description = description.map(str::to_owned);
    }
    // The time grows even when the clock was set back.
    row.updated_at = now_in_milliseconds().max(row.updated_at.saturating_add(1));
    store(connection, row).await
}

/// Gives a complete import its final name, description and times.
async fn finish_import(
    connection: &mut PgConnection,
    import: &FinishImport,
) -> Result<InstanceRow, StoreFailure> {
    let row = found_and_locked(connection, &import.id).await?;
    name_is_no_id(connection, &import.name, Some(&row.id)).await?;
    let row = InstanceRow {
        name: import.name.clone(),
        description: import.description.clone(),
        created_at: import.created_at,
        updated_at: import.updated_at,
        ..row
    };
    store(connection, row).await
}

async fn found_and_locked(
    connection: &mut PgConnection,
    reference: &str,
) -> Result<InstanceRow, StoreFailure> {
    let id = rows::find_unambiguous(connection, reference).await?;
    lock_id(connection, &id).await?;
    rows::find(connection, &id).await
}

async fn store(
    connection: &mut PgConnection,
    row: InstanceRow,
) -> Result<InstanceRow, StoreFailure> {
    // The table of names is on every server. Write to it only when the name changes.
    let named =
        sqlx::query("UPDATE event_log_name SET name = $2 WHERE instance_id = $1 AND name <> $2")
            .bind(&row.id)
            .bind(&row.name)
            .execute(&mut *connection)
            .await;
    match named {
        Ok(_) => {}
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNIQUE_VIOLATION) => {
            return Err(StoreFailure::NameExists(format!("{:?}", row.name)));
        }
        Err(error) => return Err(error.into()),
    }
    sqlx::query(
        "UPDATE event_log_head SET description = $2, created_at = $3, updated_at = $4
         WHERE instance_id = $1",
    )
    .bind(&row.id)
    .bind(&row.description)
    .bind(row.created_at)
    .bind(row.updated_at)
    .execute(connection)
    .await?;
    Ok(row)
}

/// Deletes an instance whose row is locked.
async fn delete(
    connection: &mut PgConnection,
    row: InstanceRow,
) -> Result<InstanceRow, StoreFailure> {
    for statement in [
        "DELETE FROM event_log_event WHERE instance_id = $1",
        "DELETE FROM event_log_stream WHERE instance_id = $1",
        "DELETE FROM event_log_head WHERE instance_id = $1",
        "DELETE FROM event_log_name WHERE instance_id = $1",
    ] {
        sqlx::query(statement)
            .bind(&row.id)
            .execute(&mut *connection)
            .await?;
    }
    Ok(row)
}
