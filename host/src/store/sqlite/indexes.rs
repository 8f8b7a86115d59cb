//! Indexes on fields of payload or metadata, as `--index` names them.

use rusqlite::{Connection, OptionalExtension};

use super::dialect::{extracted, literal};
use super::instances::KeyedInstance;
use super::scope::positions;
use crate::query::{Column, Condition, Field, Plan, Segment, Test, Unindexed};
use crate::store::StoreFailure;
use crate::store::sql::{Json, alternatives};

/// From this many read events on, a reply says that an index is missing.
const MANY: u64 = 10_000;

/// The expression of a field's index.
pub fn expression(name: &str) -> Result<String, StoreFailure> {
    let field = Field::parse(name)
        .map_err(|fault| StoreFailure::CannotOpen(format!("--index: {fault}")))?;
    let (in_metadata, path) = match &field {
        Field::Payload(path) if !path.is_empty() => (false, path),
        Field::Metadata(path) if !path.is_empty() => (true, path),
        _ => {
            return Err(StoreFailure::CannotOpen(format!(
                "--index: expected a field inside payload or metadata, got {name}"
            )));
        }
    };
    if alternatives(path).len() > 1 {
        return Err(StoreFailure::CannotOpen(format!(
            "--index: expected a list's index as [0] and a key as [\"0\"], got {name}"
        )));
    }
    Ok(indexed(Json { in_metadata, path }))
}

/// The expression that conditions on the field use, without the table's alias.
fn indexed(json: Json<'_>) -> String {
    extracted(json).replacen("(e.", "(", 1)
}

/// The missing index because of which a plan reads very many events.
pub fn wanted(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
) -> Result<Option<Unindexed>, StoreFailure> {
    let leads_to_few = |condition: &Condition| {
        matches!(
            condition.field,
            Field::Column(Column::Id | Column::Stream | Column::EventType)
        ) && matches!(condition.test, Test::Equal(_) | Test::OneOf(_))
    };
    if instance.row.event_count < i64::try_from(MANY).unwrap_or(i64::MAX)
        || plan.conditions.iter().any(leads_to_few)
    {
        return Ok(None);
    }
    let mut found = None;
    for condition in &plan.conditions {
        if !matches!(
            condition.test,
            Test::Equal(_) | Test::Compare(..) | Test::Between(..) | Test::OneOf(_)
        ) {
            continue;
        }
        let (in_metadata, path) = match &condition.field {
            Field::Payload(path) if !path.is_empty() => (false, path),
            Field::Metadata(path) if !path.is_empty() => (true, path),
            _ => continue,
        };
        if alternatives(path).len() > 1 {
            continue;
        }
        let expression = indexed(Json { in_metadata, path });
        let exists: bool = connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'index'
                 AND tbl_name = 'event' AND substr(sql, -length(?1)) = ?1)",
            )?
            .query_row([format!("({expression})")], |row| row.get(0))?;
        if exists {
            return Ok(None);
        }
        found.get_or_insert_with(|| name_of(in_metadata, path));
    }
    let Some(field) = found else {
        return Ok(None);
    };
    let (first, last) = positions(connection, instance, plan)?;
    let events = u64::try_from(last - first + 1).unwrap_or(0);
    Ok((events >= MANY).then_some(Unindexed { field, events }))
}

/// A field's name as `--index` takes it.
fn name_of(in_metadata: bool, path: &[Segment]) -> String {
    let mut name = String::from(if in_metadata { "metadata" } else { "payload" });
    for segment in path {
        match segment {
            Segment::Key(key)
                if !key.is_empty()
                    && key
                        .chars()
                        .all(|letter| letter.is_alphanumeric() || "_-$".contains(letter))
                    && !key.starts_with(|first: char| first.is_ascii_digit()) =>
            {
                name.push('.');
                name.push_str(key);
            }
            Segment::Key(key) => {
                name.push_str(&format!("[{}]", serde_json::Value::from(key.as_str())));
            }
            Segment::Index(index) => name.push_str(&format!("[{index}]")),
            Segment::Either(index) => name.push_str(&format!(".{index}")),
        }
    }
    name
}

/// Creates the field's index if it does not exist.
pub fn create(connection: &Connection, name: &str) -> Result<(), StoreFailure> {
    let expression = expression(name)?;
    let sql = format!(
        "CREATE INDEX \"event_field {}\" ON event ({expression})",
        name.replace('"', "\"\"")
    );
    let exists: Option<i64> = connection
        .query_row(
            &format!(
                "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND sql = {}",
                literal(&sql)
            ),
            [],
            |row| row.get(0),
        )
        .optional()?;
    if exists.is_none() {
        tracing::info!(field = name, "creating an index");
        connection.execute_batch(&sql)?;
    }
    Ok(())
}
