//! Reads instances and events from PostgreSQL.

use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use crate::store::sql::{Columns, event_of, instance_of};
use crate::store::{EventRow, InstancePage, InstanceRow, InstanceRows, StoreFailure};

/// The columns that [`instance_of`] reads of a head, behind the instance's id and name.
const HEAD: &str = "h.description, h.created_at, h.updated_at, h.last_position";

/// The columns that [`event`] reads.
pub const EVENT: &str = "e.position, e.id, e.stream_id, e.event_type, e.payload, e.metadata, e.timestamp, e.sequence_number";

/// Reads a row of [`EVENT`].
pub fn event(row: &PgRow) -> Result<EventRow, sqlx::Error> {
    event_of(row)
}

impl Columns for PgRow {
    type Error = sqlx::Error;

    fn whole(&self, column: usize) -> Result<i64, sqlx::Error> {
        self.try_get(column)
    }

    fn text(&self, column: usize) -> Result<String, sqlx::Error> {
        self.try_get(column)
    }

    fn optional_text(&self, column: usize) -> Result<Option<String>, sqlx::Error> {
        self.try_get(column)
    }

    fn shared_text(&self, column: usize) -> Result<Arc<str>, sqlx::Error> {
        self.try_get::<&str, _>(column).map(Arc::from)
    }
}

/// The id and the name of the instance with that id, or else that name. Asks only the table of names,
/// which is on every server.
pub async fn find_name(
    connection: &mut PgConnection,
    reference: &str,
) -> Result<(String, String), StoreFailure> {
    let found = sqlx::query(
        "SELECT instance_id, name FROM event_log_name WHERE instance_id = $1 OR name = $1
         ORDER BY CASE WHEN instance_id = $1 THEN 0 ELSE 1 END LIMIT 1",
    )
    .bind(reference)
    .fetch_optional(connection)
    .await?;
    match found {
        Some(row) => Ok((row.try_get(0)?, row.try_get(1)?)),
        None => Err(StoreFailure::NoInstance(format!("{reference:?}"))),
    }
}

/// The instance with that id, or else that name.
pub async fn find(
    connection: &mut PgConnection,
    reference: &str,
) -> Result<InstanceRow, StoreFailure> {
    let names = find_name(&mut *connection, reference).await?;
    let found = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {HEAD} FROM event_log_head h WHERE h.instance_id = $1"
    )))
    .bind(&names.0)
    .fetch_optional(connection)
    .await?;
    match found {
        Some(row) => Ok(instance_of(names, &row, 0)?),
        // It was deleted between the two statements.
        None => Err(StoreFailure::NoInstance(format!("{reference:?}"))),
    }
}

/// The id, as [`find_name`] finds it, for what must not hit the wrong one: refuses a reference that is the id of one and
/// the name of another, as could be made before names were held against ids.
pub async fn find_unambiguous(
    connection: &mut PgConnection,
    reference: &str,
) -> Result<String, StoreFailure> {
    let (id, name) = find_name(&mut *connection, reference).await?;
    if id != reference {
        return Ok(id);
    }
    let other =
        sqlx::query("SELECT instance_id FROM event_log_name WHERE name = $1 AND instance_id <> $1")
            .bind(reference)
            .fetch_optional(connection)
            .await?;
    match other {
        None => Ok(id),
        Some(other) => Err(StoreFailure::Ambiguous {
            reference: format!("{reference:?}"),
            name: format!("{name:?}"),
            id: other.try_get(0)?,
        }),
    }
}

/// The ids of instances by their names and by their ids, as far as they exist.
pub async fn ids_of(
    connection: &mut PgConnection,
    references: &[String],
) -> Result<Vec<(String, String)>, StoreFailure> {
    let rows = sqlx::query(
        "SELECT instance_id, name FROM event_log_name
         WHERE instance_id = ANY($1) OR name = ANY($1)",
    )
    .bind(references)
    .fetch_all(connection)
    .await?;
    let mut found = Vec::with_capacity(rows.len() * 2);
    for row in &rows {
        let (id, name): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        found.push((name, id.clone()));
        found.push((id.clone(), id));
    }
    Ok(found)
}

/// Instances, oldest first.
pub async fn list(
    connection: &mut PgConnection,
    page: InstancePage,
) -> Result<InstanceRows, StoreFailure> {
    use futures_util::TryStreamExt;
    let mut rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT h.instance_id, n.name, {HEAD} FROM event_log_head h
         JOIN event_log_name n ON n.instance_id = h.instance_id
         ORDER BY h.created_at, h.instance_id LIMIT $1 OFFSET $2"
    )))
    // Asks for one more, to know whether there are others.
    .bind(page.limit.saturating_add(1))
    .bind(page.offset)
    .fetch(connection);
    let mut list = InstanceRows::default();
    while let Some(row) = rows.try_next().await? {
        let names = (row.try_get(0)?, row.try_get(1)?);
        if list.add(instance_of(names, &row, 2)?, page).is_break() {
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
