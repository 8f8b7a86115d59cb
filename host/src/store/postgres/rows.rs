//! Reading instances and events from PostgreSQL.

use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use crate::store::{EventRow, InstancePage, InstanceRow, InstanceRows, StoreFailure};

const INSTANCE: &str = "id, name, description, created_at, updated_at, last_position";

/// The columns that [`event`] reads.
pub const EVENT: &str = "e.position, e.id, e.stream_id, e.event_type, e.payload, e.metadata, e.timestamp, e.sequence_number";

/// Reads a row of [`EVENT`].
pub fn event(row: &PgRow) -> Result<EventRow, sqlx::Error> {
    let text = |column: usize| row.try_get::<&str, _>(column).map(Arc::from);
    Ok(EventRow {
        position: row.try_get(0)?,
        id: row.try_get(1)?,
        stream_id: text(2)?,
        event_type: text(3)?,
        payload: text(4)?,
        metadata: text(5)?,
        timestamp: row.try_get(6)?,
        sequence_number: row.try_get(7)?,
    })
}

pub fn instance(row: &PgRow) -> Result<InstanceRow, sqlx::Error> {
    Ok(InstanceRow {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        description: row.try_get(2)?,
        created_at: row.try_get(3)?,
        updated_at: row.try_get(4)?,
        event_count: row.try_get(5)?,
    })
}

/// The instance with that id, or else that name.
pub async fn find(
    connection: &mut PgConnection,
    reference: &str,
) -> Result<InstanceRow, StoreFailure> {
    let found = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {INSTANCE} FROM event_log_instance WHERE id = $1 OR name = $1
         ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END LIMIT 1"
    )))
    .bind(reference)
    .fetch_optional(connection)
    .await?;
    match found {
        Some(row) => Ok(instance(&row)?),
        None => Err(StoreFailure::NoInstance(format!("{reference:?}"))),
    }
}

/// As [`find`], for what must not hit the wrong one: refuses a reference that is the id of one and
/// the name of another, as could be made before names were held against ids.
pub async fn find_unambiguous(
    connection: &mut PgConnection,
    reference: &str,
) -> Result<InstanceRow, StoreFailure> {
    let found = find(&mut *connection, reference).await?;
    if found.id != reference {
        return Ok(found);
    }
    let other = sqlx::query("SELECT id FROM event_log_instance WHERE name = $1 AND id <> $1")
        .bind(reference)
        .fetch_optional(connection)
        .await?;
    match other {
        None => Ok(found),
        Some(other) => Err(StoreFailure::Ambiguous {
            reference: format!("{reference:?}"),
            name: format!("{:?}", found.name),
            id: other.try_get(0)?,
        }),
    }
}

/// The ids of instances by what they are called, where there are such. Also each id itself.
pub async fn ids_of(
    connection: &mut PgConnection,
    references: &[String],
) -> Result<Vec<(String, String)>, StoreFailure> {
    let rows =
        sqlx::query("SELECT id, name FROM event_log_instance WHERE id = ANY($1) OR name = ANY($1)")
            .bind(references)
            .fetch_all(connection)
            .await?;
    let mut found = Vec::with_capacity(rows.len() * 2);
    for row in &rows {
        let (id, name): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        found.push((name, id.clone()));
        found.push((id.clone(), id));
    }
    // An id goes before a name that looks like it.
    found.sort_by_key(|(text, id)| text == id);
    Ok(found)
}

/// Instances, oldest first.
pub async fn list(
    connection: &mut PgConnection,
    page: InstancePage,
) -> Result<InstanceRows, StoreFailure> {
    use futures_util::TryStreamExt;
    let mut rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {INSTANCE} FROM event_log_instance ORDER BY created_at, id LIMIT $1 OFFSET $2"
    )))
    // One more shows whether there are others.
    .bind(page.limit.saturating_add(1))
    .bind(page.offset)
    .fetch(connection);
    let mut list = InstanceRows::default();
    while let Some(row) = rows.try_next().await? {
        if list.add(instance(&row)?, page).is_break() {
            break;
        }
    }
    Ok(list)
}

/// Events of an instance after a position, in append order.
pub async fn after(
    connection: &mut PgConnection,
    instance_id: &str,
    position: i64,
    count: u32,
) -> Result<Vec<EventRow>, StoreFailure> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {EVENT} FROM event_log_event e
         WHERE e.instance_id = $1 AND e.position > $2 ORDER BY e.position LIMIT $3"
    )))
    .bind(instance_id)
    .bind(position)
    .bind(i64::from(count))
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(event(row)?)).collect()
}
