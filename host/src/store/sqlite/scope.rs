//! Which events a plan reads, and by which index.

use std::rc::Rc;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, ToSql, params};

use super::dialect::SqliteDialect;
use super::instances::{KeyedInstance, row_numbers};
use crate::query::{Column, Comparison, Condition, Field, Number, Plan, Scalar, Test};
use crate::store::StoreFailure;
use crate::store::sql::{Bind, Binds, condition};

/// The `WHERE` of a plan.
pub struct Scope {
    pub dialect: SqliteDialect,
    pub condition: String,
    pub binds: Binds,
    /// The expression of append order that an index has.
    pub position: &'static str,
}

/// The values of a statement, as SQLite takes them.
pub fn values(binds: &Binds) -> Vec<Box<dyn ToSql + '_>> {
    binds.0.iter().map(value).collect()
}

fn value(bind: &Bind) -> Box<dyn ToSql + '_> {
    let list = |values: Vec<Value>| -> Box<dyn ToSql> { Box::new(Rc::new(values)) };
    match bind {
        Bind::Number(number) => Box::new(number_value(*number)),
        Bind::Text(text) => Box::new(text.as_str()),
        Bind::Texts(texts) => list(texts.iter().cloned().map(Value::Text).collect()),
        Bind::Numbers(numbers) => list(numbers.iter().copied().map(number_value).collect()),
        Bind::Wholes(wholes) => list(wholes.iter().copied().map(Value::Integer).collect()),
    }
}

const fn number_value(number: Number) -> Value {
    match number {
        Number::Whole(whole) => Value::Integer(whole),
        Number::Double(double) => Value::Real(double),
    }
}

fn equals(plan: &Plan, column: Column) -> bool {
    plan.conditions.iter().any(|condition| {
        condition.field == Field::Column(column)
            && matches!(condition.test, Test::Equal(Scalar::Text(_)))
    })
}

/// The scope of a plan, with one more condition.
pub fn scope(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
    further: Option<&Condition>,
) -> Result<Scope, StoreFailure> {
    let dialect = SqliteDialect {
        instance_key: instance.key,
        instance_id: instance.row.id.clone(),
    };
    let mut binds = Binds::default();
    let mut parts = Vec::new();
    let by_stream = equals(plan, Column::Stream);
    // Keys of streams and ids lead to this instance only. A range of row numbers beside them would
    // tempt SQLite to scan it.
    if !by_stream && !equals(plan, Column::Id) {
        let (first, last) = positions(connection, instance, plan)?;
        let (lowest, _) = row_numbers(instance.key);
        parts.push(format!(
            "e.position BETWEEN {} AND {}",
            lowest.saturating_add(first),
            lowest.saturating_add(last)
        ));
    }
    for part in plan.conditions.iter().chain(further) {
        parts.push(condition(&dialect, &mut binds, part));
    }
    if by_stream {
        // An index that has this stream's events in order is always the better one.
        for (part, of) in parts.iter_mut().zip(&plan.conditions) {
            if of.field == Field::Column(Column::EventType) {
                *part = part.replacen("e.type", "+e.type", 1);
            }
        }
    }
    if parts.is_empty() {
        parts.push("1=1".into());
    }
    Ok(Scope {
        dialect,
        condition: parts.join(" AND "),
        binds,
        position: if by_stream {
            "e.sequence_number"
        } else {
            "e.position"
        },
    })
}

/// The first and last position that conditions on `log_position` and `timestamp` leave.
pub fn positions(
    connection: &Connection,
    instance: &KeyedInstance,
    plan: &Plan,
) -> Result<(i64, i64), StoreFailure> {
    let mut first = 1;
    let mut last = instance.row.event_count;
    for condition in &plan.conditions {
        let (low, high) = range(&condition.test);
        match condition.field {
            Field::Column(Column::Position) => {
                first = first.max(low.unwrap_or(first));
                last = last.min(high.unwrap_or(last));
            }
            Field::Column(Column::Timestamp) => {
                if let Some(low) = low {
                    first = first.max(first_at(connection, instance, low)?);
                }
                if let Some(high) = high {
                    let after = first_at(connection, instance, high.saturating_add(1))?;
                    last = last.min(after - 1);
                }
            }
            _ => {}
        }
    }
    Ok((first.max(1), last.max(0)))
}

/// Whole numbers between which every value lies that passes the test.
fn range(test: &Test) -> (Option<i64>, Option<i64>) {
    let low = |value: &Scalar| whole(value, f64::floor);
    let high = |value: &Scalar| whole(value, f64::ceil);
    match test {
        Test::Equal(value) => (low(value), high(value)),
        Test::Compare(Comparison::Greater | Comparison::GreaterOrEqual, value) => {
            (low(value), None)
        }
        Test::Compare(Comparison::Less | Comparison::LessOrEqual, value) => (None, high(value)),
        Test::Between(from, to) => (low(from), high(to)),
        _ => (None, None),
    }
}

fn whole(value: &Scalar, round: impl Fn(f64) -> f64) -> Option<i64> {
    match value {
        Scalar::Number(Number::Whole(whole)) => Some(*whole),
        Scalar::Number(Number::Double(double)) => match Number::from_double(round(*double)) {
            Number::Whole(whole) => Some(whole),
            Number::Double(_) => None,
        },
        _ => None,
    }
}

/// The position of the first event at or after an instant. Instants never run backwards in an
/// instance, and positions have no gaps, so halving finds it.
fn first_at(
    connection: &Connection,
    instance: &KeyedInstance,
    instant: i64,
) -> Result<i64, StoreFailure> {
    let (lowest, _) = row_numbers(instance.key);
    let mut statement =
        connection.prepare_cached("SELECT timestamp FROM event WHERE position = ?1")?;
    let (mut from, mut to) = (1, instance.row.event_count + 1);
    while from < to {
        let middle = from + (to - from) / 2;
        let found: Option<i64> = statement
            .query_row(params![lowest + middle], |row| row.get(0))
            .optional()?;
        match found {
            Some(timestamp) if timestamp < instant => from = middle + 1,
            _ => to = middle,
        }
    }
    Ok(from)
}
