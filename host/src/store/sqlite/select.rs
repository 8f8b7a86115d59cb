//! Runs a plan in SQLite.

use std::ops::ControlFlow;

use codebolt_wasm::wire::event_log::Direction;
use rusqlite::Connection;

use super::aggregate;
use super::indexes;
use super::instances::{self, KeyedInstance, row_numbers};
use super::matching::{for_each, total};
use super::rows::{SELECT_EVENT, read_event};
use super::scope::{Scope, scope};
use crate::query::{Answer, Column, Condition, Field, Plan, Rendered, Scalar, Test};
use crate::store::StoreFailure;
use crate::store::sql::order_by;

/// Up to this many rows SQLite sorts in a B-tree.
const MOST_IN_TREE: u64 = 10_000;

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
    let mut scope = scope(connection, instance, plan, None)?;
    let offset = begin_at_offset(&mut scope, instance, plan, total);
    let order = order_by(&scope.dialect, plan.order.as_ref(), scope.position);
    // Sorting the row numbers alone keeps payloads out of the sort.
    // With a limit, SQLite keeps that many rows in a B-tree, and rewrites its pages over and over once the
    // tree outgrows the cache. Without a limit it sorts in chunks.
    let is_deep = offset.saturating_add(u64::from(limit)) > MOST_IN_TREE;
    let part = if is_deep {
        String::new()
    } else {
        format!(" LIMIT {limit} OFFSET {offset}")
    };
    let sql = format!(
        "SELECT e.position FROM event e WHERE {} ORDER BY {order}{part}",
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
    let (mut passed_over, mut left) = (if is_deep { offset } else { 0 }, limit);
    for_each(connection, &sql, &scope, |row| {
        if passed_over > 0 {
            passed_over -= 1;
            return Ok(ControlFlow::Continue(()));
        }
        left = left.saturating_sub(1);
        let added = rendered.add(&by_number.query_row([row.get::<_, i64>(0)?], read_event)?);
        Ok(if left == 0 {
            ControlFlow::Break(())
        } else {
            added
        })
    })?;
    Ok(rendered.finish())
}

/// Turns an offset into a condition on the position, when there are no conditions but the stream's: positions
/// and sequence numbers have no gaps. Returns how many events are still to be skipped.
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
