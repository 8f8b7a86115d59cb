//! Reads the events that a plan's conditions match, and counts them.

use std::ops::ControlFlow;

use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::instances::KeyedInstance;
use super::scope::{Scope, scope, values};
use super::statement::prepared;
use crate::query::{Column, Condition, Field, Plan, Scalar, Test};
use crate::store::StoreFailure;

/// Runs a statement over a scope, until the closure has enough.
pub fn for_each(
    connection: &Connection,
    sql: &str,
    scope: &Scope,
    mut each: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, StoreFailure>,
) -> Result<(), StoreFailure> {
    let mut statement = prepared(connection, sql)?;
    let mut rows = statement.query(params_from_iter(values(&scope.binds)))?;
    while let Some(row) = rows.next()? {
        if each(row)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// How many events meet the conditions.
pub fn total(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
) -> Result<u64, StoreFailure> {
    let counted = match kept_count(connection, instance, &plan.conditions)? {
        Some(kept) => kept,
        None => {
            let scope = scope(connection, instance, plan, None)?;
            let sql = format!("SELECT count(*) FROM event e WHERE {}", scope.condition);
            prepared(connection, &sql)?
                .query_row(params_from_iter(values(&scope.binds)), |row| row.get(0))?
        }
    };
    Ok(u64::try_from(counted).unwrap_or(0))
}

/// A count that the tables have already: of an instance, a stream, or a type.
fn kept_count(
    connection: &Connection,
    instance: &KeyedInstance,
    conditions: &[Condition],
) -> Result<Option<i64>, StoreFailure> {
    let (column, name) = match conditions {
        [] => return Ok(Some(instance.row.event_count)),
        [
            Condition {
                field: Field::Column(column),
                test: Test::Equal(Scalar::Text(name)),
            },
        ] => (column, name),
        _ => return Ok(None),
    };
    let (count, table) = match column {
        Column::Stream => ("last_sequence", "stream"),
        Column::EventType => ("event_count", "event_type"),
        _ => return Ok(None),
    };
    let kept = connection
        .prepare_cached(&format!(
            "SELECT {count} FROM {table} WHERE instance = ?1 AND name = ?2"
        ))?
        .query_row(rusqlite::params![instance.key, name], |row| row.get(0))
        .optional()?;
    Ok(Some(kept.unwrap_or(0)))
}
