//! Instances in SQLite.

use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::schema::POSITION_BITS;
use crate::store::sql::instance_of;
use crate::store::{
    FinishImport, InstancePage, InstanceRow, InstanceRows, StoreFailure, is_stale_import,
    now_in_milliseconds,
};

const COLUMNS: &str =
    "key, id, name, description, created_at, updated_at, last_position, last_timestamp";

/// An instance and its key in this file.
pub struct KeyedInstance {
    pub key: i64,
    pub row: InstanceRow,
    /// The instant of its last event.
    pub last_timestamp: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeyedInstance> {
    Ok(KeyedInstance {
        key: row.get(0)?,
        row: instance_of((row.get(1)?, row.get(2)?), row, 3)?,
        last_timestamp: row.get(7)?,
    })
}

/// The first and the last row number that events of this instance may have.
pub const fn row_numbers(key: i64) -> (i64, i64) {
    let first = key << POSITION_BITS;
    (first, first | ((1 << POSITION_BITS) - 1))
}

/// The instance with that id, or else that name.
pub fn find(connection: &Connection, reference: &str) -> Result<KeyedInstance, StoreFailure> {
    for column in ["id", "name"] {
        let found = connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM instance WHERE {column} = ?1"
            ))?
            .query_row([reference], read)
            .optional()?;
        if let Some(instance) = found {
            return Ok(instance);
        }
    }
    Err(StoreFailure::NoInstance(format!("{reference:?}")))
}

/// As [`find`], for what must not hit the wrong one: refuses a reference that is the id of one and
/// the name of another, as could be made before names were held against ids.
fn find_unambiguous(
    connection: &Connection,
    reference: &str,
) -> Result<KeyedInstance, StoreFailure> {
    let found = find(connection, reference)?;
    if found.row.id == reference
        && let Some(other) = holder_of_name(connection, reference)?
        && other.key != found.key
    {
        return Err(StoreFailure::Ambiguous {
            reference: format!("{reference:?}"),
            name: format!("{:?}", found.row.name),
            id: other.row.id,
        });
    }
    Ok(found)
}

fn holder_of_name(
    connection: &Connection,
    name: &str,
) -> Result<Option<KeyedInstance>, StoreFailure> {
    let found = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM instance WHERE name = ?1"))?
        .query_row([name], read)
        .optional()?;
    Ok(found)
}

/// Refuses a name that is another instance's id.
fn name_is_free(
    connection: &Connection,
    name: &str,
    own_key: Option<i64>,
) -> Result<(), StoreFailure> {
    let holder: Option<i64> = connection
        .prepare_cached("SELECT key FROM instance WHERE id = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    if holder.is_some() && holder != own_key {
        return Err(StoreFailure::NameIsId(format!("{name:?}")));
    }
    let holder = holder_of_name(connection, name)?.map(|holder| holder.key);
    if holder.is_some() && holder != own_key {
        return Err(StoreFailure::NameExists(format!("{name:?}")));
    }
    Ok(())
}

/// Instances, oldest first.
pub fn list(connection: &Connection, page: InstancePage) -> Result<InstanceRows, StoreFailure> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM instance ORDER BY created_at, key LIMIT ?1 OFFSET ?2"
    ))?;
    let mut list = InstanceRows::default();
    // Asks for one more, to know whether there are others.
    let rows = statement.query_map([page.limit.saturating_add(1), page.offset], read)?;
    for row in rows {
        if list.add(row?.row, page).is_break() {
            break;
        }
    }
    Ok(list)
}

pub fn create(
    connection: &Connection,
    name: &str,
    description: Option<&str>,
) -> Result<KeyedInstance, StoreFailure> {
    name_is_free(connection, name, None)?;
    let now = now_in_milliseconds();
    connection
        .prepare_cached(&format!(
            "INSERT INTO instance (id, name, description, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT (name) DO NOTHING RETURNING {COLUMNS}"
        ))?
        .query_row(
            params![Uuid::now_v7().to_string(), name, description, now],
            read,
        )
        .optional()?
        .ok_or_else(|| StoreFailure::NameExists(format!("{name:?}")))
}

pub fn update(
    connection: &Connection,
    reference: &str,
    name: Option<&str>,
    description: Option<Option<&str>>,
) -> Result<InstanceRow, StoreFailure> {
    let KeyedInstance { key, mut row, .. } = find_unambiguous(connection, reference)?;
    if let Some(name) = name {
        name_is_free(connection, name, Some(key))?;
        name.clone_into(&mut row.name);
    }
    if let Some(description) = description {
        row.description = description.map(str::to_owned);
    }
    // The time grows even when the clock was set back.
    row.updated_at = now_in_milliseconds().max(row.updated_at.saturating_add(1));
    connection
        .prepare_cached(
            "UPDATE instance SET name = ?2, description = ?3, updated_at = ?4 WHERE key = ?1",
        )?
        .execute(params![key, row.name, row.description, row.updated_at])?;
    Ok(row)
}

/// Gives a complete import its final name, description and times.
pub fn finish_import(
    connection: &Connection,
    import: &FinishImport,
) -> Result<InstanceRow, StoreFailure> {
    let FinishImport {
        id,
        name,
        description,
        created_at,
        updated_at,
    } = import;
    let KeyedInstance { key, row, .. } = find(connection, id)?;
    name_is_free(connection, name, Some(key))?;
    connection
        .prepare_cached(
            "UPDATE instance SET name = ?2, description = ?3, created_at = ?4, updated_at = ?5 WHERE key = ?1",
        )?
        .execute(params![key, name, description, created_at, updated_at])?;
    Ok(InstanceRow {
        name: name.clone(),
        description: description.clone(),
        created_at: *created_at,
        updated_at: *updated_at,
        ..row
    })
}

/// Deletes the instance of an import that is still as the caller saw it.
pub fn delete_stale_import(
    connection: &Connection,
    id: &str,
    updated_at: i64,
) -> Result<InstanceRow, StoreFailure> {
    let KeyedInstance { row, .. } = find(connection, id)?;
    if !is_stale_import(&row, updated_at) {
        return Err(StoreFailure::NoInstance(format!("{id:?}")));
    }
    delete(connection, id)
}

/// Deletes the instance's row. Its events are purged afterwards.
pub fn delete(connection: &Connection, reference: &str) -> Result<InstanceRow, StoreFailure> {
    let KeyedInstance { key, row, .. } = find_unambiguous(connection, reference)?;
    connection
        .prepare_cached("INSERT INTO deleted (key) VALUES (?1)")?
        .execute([key])?;
    connection
        .prepare_cached("DELETE FROM instance WHERE key = ?1")?
        .execute([key])?;
    Ok(row)
}
