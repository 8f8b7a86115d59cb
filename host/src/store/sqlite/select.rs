//! Running a plan.

use std::ops::ControlFlow;

use codebolt_wasm::wire::event_log::Direction;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::aggregate;
use super::indexes;
use super::instances::{self, KeyedInstance, row_numbers};
use super::rows::{SELECT_EVENT, read_event};
use super::scope::{Scope, scope, values};
use super::statement::prepared;
use crate::query::{Answer, Column, Condition, Field, Plan, Rendered, Scalar, Test};
use crate::store::StoreFailure;
use crate::store::sql::order_by;

/// Runs a plan on one snapshot of the database.
pub fn query(connection: &Connection, plan: &Plan) -> Result<Answer, StoreFailure> {
    let snapshot = connection.unchecked_transaction()?;
    let instance = instances::find(&snapshot, &plan.instance)?;
    let mut answer = match &plan.reduce {
        None => {
            let total = total(&snapshot, &instance, plan)?;
            let (events, is_cut) = events(&snapshot, &instance, plan, total)?;
            Answer {
                total,
                events,
                is_cut,
                aggregation: None,
                unindexed: None,
            }
        }
        Some(reduce) => aggregate::aggregate(&snapshot, &instance, plan, reduce)?,
    };
    answer.unindexed = indexes::wanted(&snapshot, &instance, plan)?;
    Ok(answer)
}

fn events(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
    total: u64,
) -> Result<(Vec<String>, bool), StoreFailure> {
    let mut rendered = Rendered::new(plan, &instance.row.id);
    let limit = plan.event_limit();
    if limit == 0 {
        return Ok(rendered.finish());
    }
    let mut scope = scope(connection, instance, plan, &[])?;
    let offset = begin_at_offset(&mut scope, instance, plan, total);
    let order = order_by(&scope.dialect, plan.order.as_ref(), scope.position);
    // Sorting the row numbers alone keeps payloads out of the sort.
    let sql = format!(
        "SELECT e.position FROM event e WHERE {} ORDER BY {order} LIMIT {limit} OFFSET {offset}",
        scope.condition
    );
    let sorted = plan.order.is_some();
    let whole = format!(
        "{SELECT_EVENT} WHERE {} ORDER BY {order} LIMIT {limit} OFFSET {offset}",
        scope.condition
    );
    if !sorted {
        for_each(connection, &whole, &scope, |row| {
            Ok(rendered.add(&read_event(row)?))
        })?;
        return Ok(rendered.finish());
    }
    let mut by_number =
        connection.prepare_cached(&format!("{SELECT_EVENT} WHERE e.position = ?1"))?;
    for_each(connection, &sql, &scope, |row| {
        Ok(rendered.add(&by_number.query_row([row.get::<_, i64>(0)?], read_event)?))
    })?;
    Ok(rendered.finish())
}

/// Where a page begins is known by counting, as long as there are no conditions but the stream's: positions
/// and sequence numbers have no gaps. Answers how many events are still to be passed over.
fn begin_at_offset(scope: &mut Scope, instance: &KeyedInstance, plan: &Plan, total: u64) -> u64 {
    let is_stream = |condition: &Condition| {
        condition.field == Field::Column(Column::Stream)
            && matches!(condition.test, Test::Equal(Scalar::Text(_)))
    };
    let before = match plan.conditions.as_slice() {
        [] => row_numbers(instance.key).0,
        [only] if is_stream(only) => 0,
        _ => return plan.offset,
    };
    let is_descending = match &plan.order {
        None => false,
        Some(order) => match order.field {
            Field::Column(Column::Timestamp | Column::Position) => {
                order.direction == Direction::Desc
            }
            _ => return plan.offset,
        },
    };
    let (Ok(offset), Ok(total)) = (i64::try_from(plan.offset), i64::try_from(total)) else {
        return plan.offset;
    };
    let position = scope.position;
    let part = if is_descending {
        format!(
            "{position} <= {}",
            before.saturating_add(total).saturating_sub(offset)
        )
    } else {
        format!("{position} > {}", before.saturating_add(offset))
    };
    scope.condition = format!("{} AND {part}", scope.condition);
    0
}

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
            let scope = scope(connection, instance, plan, &[])?;
            let sql = format!("SELECT count(*) FROM event e WHERE {}", scope.condition);
            prepared(connection, &sql)?
                .query_row(params_from_iter(values(&scope.binds)), |row| row.get(0))?
        }
    };
    Ok(u64::try_from(counted).unwrap_or(0))
}

/// A count that is kept anyway: of an instance, a stream, or a type.
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
