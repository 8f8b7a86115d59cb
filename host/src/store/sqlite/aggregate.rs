//! Running a plan's `reduce`.

use std::ops::ControlFlow;

use codebolt_wasm::wire::event_log::Reduction;
use rusqlite::Connection;

use super::fields::{FieldColumn, FieldReader, Names};
use super::instances::KeyedInstance;
use super::matching::{for_each, total};
use super::rows::{SELECT_EVENT, read_event};
use super::scope::scope;
use crate::query::{
    Aggregation, Answer, Cell, Collected, Column, Condition, Field, Found, Group, Number, Plan,
    Reduce, Reducing, Test,
};
use crate::store::StoreFailure;

pub fn aggregate(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<Answer, StoreFailure> {
    let (aggregation, total) = if reduce.reduction == Reduction::Collect {
        let collected = collect(connection, instance, plan, reduce)?;
        (collected, total(connection, instance, plan)?)
    } else if is_plain_count(reduce) {
        let total = total(connection, instance, plan)?;
        let count = Number::Whole(i64::try_from(total).unwrap_or(i64::MAX));
        (Aggregation::Single(Cell::Number(count)), total)
    } else if let Some(groups) = kept_counts(connection, instance, plan, reduce)? {
        let groups = Aggregation::sorted(groups, plan.offset, plan.limit);
        (groups, total(connection, instance, plan)?)
    } else {
        compute(connection, instance, plan, reduce)?
    };
    Ok(Answer {
        total,
        events: Vec::new(),
        is_cut: false,
        aggregation: Some(aggregation),
        unindexed: None,
    })
}

/// Whether it asks for nothing but how many events there are.
fn is_plain_count(reduce: &Reduce) -> bool {
    reduce.reduction == Reduction::Count
        && reduce.group_by.is_empty()
        && matches!(reduce.field, None | Some(Field::Column(_)))
}

/// Reads the events and computes here: SQLite would parse each payload anew for everything that is asked
/// of it, and adds doubles in the order in which they come.
fn compute(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<(Aggregation, u64), StoreFailure> {
    let scope = scope(connection, instance, plan, &[])?;
    let mut fields = FieldReader::new(&scope.dialect);
    let keys: Vec<FieldColumn<'_>> = reduce
        .group_by
        .iter()
        .map(|(_, field)| fields.column(field))
        .collect();
    let value = reduce.field.as_ref().map(|field| fields.column(field));
    let sql = format!(
        "SELECT {} FROM event e WHERE {}",
        fields.columns(),
        scope.condition
    );
    let mut reducing = Reducing::new(plan, reduce);
    let mut names = Names::new(connection);
    for_each(connection, &sql, &scope, |row| {
        for column in keys.iter().chain(&value) {
            names.learn(row, column)?;
        }
        let mut found = Vec::with_capacity(keys.len());
        for key in &keys {
            found.push(names.found(row, key)?);
        }
        let value = match &value {
            Some(column) => names.found(row, column)?,
            // Without a field each event counts.
            None => Found::Whole(0),
        };
        reducing.add(&found, value)?;
        Ok(ControlFlow::Continue(()))
    })?;
    let total = reducing.total();
    Ok((reducing.finish(), total))
}

fn collect(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<Aggregation, StoreFailure> {
    let further: Vec<Condition> = reduce
        .field
        .iter()
        .map(|field| Condition {
            field: field.clone(),
            test: Test::Exists,
        })
        .collect();
    let scope = scope(connection, instance, plan, &further)?;
    let mut collected = Collected::new(plan, reduce, &instance.row.id);
    let sql = format!(
        "{SELECT_EVENT} WHERE {} ORDER BY {} LIMIT {} OFFSET {}",
        scope.condition,
        scope.position,
        collected.most_events(),
        collected.events_passed_over()
    );
    for_each(connection, &sql, &scope, |row| {
        collected.add(&read_event(row)?)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(collected.finish())
}

/// Counts of all streams or all types are kept anyway.
fn kept_counts(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<Option<Vec<Group>>, StoreFailure> {
    let is_plain = plan.conditions.is_empty()
        && reduce.reduction == Reduction::Count
        && matches!(reduce.field, None | Some(Field::Column(_)));
    let (count, table) = match reduce.group_by.as_slice() {
        [(_, Field::Column(Column::Stream))] if is_plain => ("last_sequence", "stream"),
        [(_, Field::Column(Column::EventType))] if is_plain => ("event_count", "event_type"),
        _ => return Ok(None),
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT name, {count} FROM {table} WHERE instance = ?1 AND {count} > 0 LIMIT ?2"
    ))?;
    let most = i64::try_from(plan.most_values).unwrap_or(i64::MAX);
    let rows = statement.query_map([instance.key, most.saturating_add(1)], |row| {
        Ok(Group {
            keys: vec![crate::query::Scalar::Text(row.get(0)?)],
            value: Cell::Number(Number::Whole(row.get(1)?)),
        })
    })?;
    let groups: Vec<Group> = rows.collect::<Result<_, _>>()?;
    if groups.len() > plan.most_values {
        return Err(StoreFailure::AggregationTooLarge(plan.most_values));
    }
    Ok(Some(groups))
}
