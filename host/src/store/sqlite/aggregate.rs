//! Running a plan's `reduce`.

use std::ops::ControlFlow;

use codebolt_wasm::wire::event_log::Reduction;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::instances::KeyedInstance;
use super::rows::{SELECT_EVENT, read_event};
use super::scope::scope;
use super::select::{for_each, total};
use crate::query::{
    Aggregation, Answer, Cell, Collected, Column, Condition, Field, Group, Number, Plan, Reduce,
    Test,
};
use crate::store::StoreFailure;
use crate::store::sql::{Computed, cell_of, group_columns, number_of, reduction, scalar_of};

pub fn aggregate(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<Answer, StoreFailure> {
    let aggregation = if reduce.reduction == Reduction::Collect {
        collect(connection, instance, plan, reduce)?
    } else if let Some(groups) = kept_counts(connection, instance, plan, reduce)? {
        Aggregation::sorted(groups, plan.offset, plan.limit)
    } else {
        compute(connection, instance, plan, reduce)?
    };
    Ok(Answer {
        total: total(connection, instance, plan)?,
        events: Vec::new(),
        is_cut: false,
        aggregation: Some(aggregation),
    })
}

fn compute(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<Aggregation, StoreFailure> {
    let scope = scope(connection, instance, plan, &[])?;
    let computed = reduction(&scope.dialect, reduce);
    let keys: Vec<_> = reduce
        .group_by
        .iter()
        .map(|(_, field)| group_columns(&scope.dialect, field))
        .collect();
    let mut columns = vec![computed.number, computed.text, computed.count];
    for key in &keys {
        for part in [&key.rank, &key.number, &key.text] {
            columns.push(part.clone().unwrap_or_else(|| "NULL".into()));
        }
    }
    let mut sql = format!(
        "SELECT {} FROM event e WHERE {}",
        columns.join(", "),
        scope.condition
    );
    let grouped: Vec<&str> = keys
        .iter()
        .flat_map(|key| key.grouped().map(String::as_str))
        .collect();
    if !grouped.is_empty() {
        sql.push_str(&format!(
            " GROUP BY {} LIMIT {}",
            grouped.join(", "),
            plan.most_values.saturating_add(1)
        ));
    }
    let mut groups = Vec::new();
    for_each(connection, &sql, &scope, |row| {
        groups.push(Group {
            keys: keys_of(row, reduce)?,
            value: cell_of(
                reduce,
                Computed {
                    number: number(row, 0)?,
                    text: text(row, 1)?,
                    count: number(row, 2)?,
                },
            ),
        });
        Ok(ControlFlow::Continue(()))
    })?;
    if groups.len() > plan.most_values {
        return Err(StoreFailure::AggregationTooLarge(plan.most_values));
    }
    if reduce.group_by.is_empty() {
        let value = groups.pop().map_or(Cell::Nothing, |group| group.value);
        return Ok(Aggregation::Single(value));
    }
    Ok(Aggregation::sorted(groups, plan.offset, plan.limit))
}

fn keys_of(row: &Row<'_>, reduce: &Reduce) -> Result<Vec<crate::query::Scalar>, StoreFailure> {
    let mut keys = Vec::with_capacity(reduce.group_by.len());
    for (index, (_, field)) in reduce.group_by.iter().enumerate() {
        let first = 3 + index * 3;
        keys.push(scalar_of(
            field,
            row.get(first)?,
            number(row, first + 1)?,
            text(row, first + 2)?,
        ));
    }
    Ok(keys)
}

fn number(row: &Row<'_>, column: usize) -> Result<Option<Number>, StoreFailure> {
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(whole) => Some(Number::Whole(whole)),
        ValueRef::Real(double) => number_of(double),
        _ => None,
    })
}

fn text(row: &Row<'_>, column: usize) -> Result<Option<String>, StoreFailure> {
    Ok(match row.get_ref(column)? {
        // Half a surrogate pair in a payload is no UTF-8 once SQLite has decoded it.
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    })
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
