//! Runs a plan's `reduce`.

use std::ops::ControlFlow;

use codebolt_wasm::wire::event_log::Reduction;
use rusqlite::Connection;

use super::fields::{FieldColumn, FieldReader, Names};
use super::instances::KeyedInstance;
use super::matching::{for_each, total};
use super::rows::{SELECT_EVENT, read_event};
use super::scope::scope;
use crate::query::{
    Aggregation, Answer, Cell, Collected, Column, Found, Group, Number, Plan, Reduce, Reducing,
    Scalar,
};
use crate::store::StoreFailure;
use crate::store::sql::collected_events;

pub fn aggregate(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<Answer, StoreFailure> {
    let (aggregation, total) = if reduce.reduction == Reduction::Collect {
        let collected = collect(connection, instance, plan, reduce)?;
        (collected, total(connection, instance, plan)?)
    } else if reduce.counts_events() && reduce.group_by.is_empty() {
        let total = total(connection, instance, plan)?;
        let count = Number::Whole(i64::try_from(total).unwrap_or(i64::MAX));
        (Aggregation::Single(Cell::Number(count)), total)
    } else if let Some(groups) = kept_counts(connection, instance, plan)? {
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

/// Reads the events and computes here: SQLite would parse each payload again for every column, and its sum of
/// doubles depends on their order.
fn compute(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<(Aggregation, u64), StoreFailure> {
    let scope = scope(connection, instance, plan, None)?;
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
    let scope = scope(connection, instance, plan, reduce.has_field().as_ref())?;
    let mut collected = Collected::new(plan, reduce, &instance.row.id);
    let sql = collected_events(SELECT_EVENT, &scope.condition, scope.position, &collected);
    for_each(connection, &sql, &scope, |row| {
        collected.add(&read_event(row)?)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(collected.finish())
}

/// The counts that the tables of streams and types keep.
fn kept_counts(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
) -> Result<Option<Vec<Group>>, StoreFailure> {
    let (count, table) = match plan.counted_column() {
        Some(Column::Stream) => ("last_sequence", "stream"),
        Some(Column::EventType) => ("event_count", "event_type"),
        _ => return Ok(None),
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT name, {count} FROM {table} WHERE instance = ?1 AND {count} > 0 LIMIT ?2"
    ))?;
    let most = i64::try_from(plan.most_values).unwrap_or(i64::MAX);
    let rows = statement.query_map([instance.key, most.saturating_add(1)], |row| {
        Ok(Group {
            keys: vec![Scalar::Text(row.get(0)?)],
            value: Cell::Number(Number::Whole(row.get(1)?)),
        })
    })?;
    let groups: Vec<Group> = rows.collect::<Result<_, _>>()?;
    if groups.len() > plan.most_values {
        return Err(StoreFailure::TooManyGroups(plan.most_values));
    }
    Ok(Some(groups))
}
