//! From a query's JSON to a plan. Each fault says which part is wrong and what is allowed.

mod condition;
mod reduce;

use codebolt_wasm::wire::event_log::{Direction, MAX_LIMIT};
use serde_json::{Map, Value};
use thiserror::Error;

use self::condition::condition;
use self::reduce::reduce;
use super::field::{Column, Field};
use super::plan::{Condition, Order, Plan, Test};
use super::scalar::Scalar;

/// Conditions of one query, fields of one `select`.
const MOST_PARTS: usize = 100;

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place} {problem}")]
pub struct QueryFault {
    place: String,
    problem: String,
}

/// How much a query may ask for.
#[derive(Debug, Clone, Copy)]
pub struct QueryBounds {
    /// Bytes of an instance's or a stream's name.
    pub name_bytes: usize,
    /// Groups or collected values.
    pub aggregation_values: usize,
    /// Bytes of a reply.
    pub reply_bytes: usize,
}

/// A fault at a place.
pub(super) fn fault<T>(
    place: impl Into<String>,
    problem: impl Into<String>,
) -> Result<T, QueryFault> {
    Err(QueryFault {
        place: place.into(),
        problem: problem.into(),
    })
}

/// What a value is, for messages.
pub(super) fn shown(value: &Value) -> String {
    let mut text: String = value.to_string().chars().take(61).collect();
    if text.chars().count() > 60 {
        text.pop();
        text.push('…');
    }
    text
}

/// Checks a query.
///
/// # Errors
/// The first part that is wrong.
pub fn parse(query: &Value, bounds: QueryBounds) -> Result<Plan, QueryFault> {
    let Value::Object(query) = query else {
        return fault(
            "query",
            format!(
                "must be an object like {{\"from\":{{\"instance\":…}}}}, and is {}",
                shown(query)
            ),
        );
    };
    const KNOWN: [&str; 7] = [
        "from", "where", "select", "orderBy", "limit", "offset", "reduce",
    ];
    only_known("query", query, &KNOWN)?;
    let (instance, stream) = source(query.get("from"), bounds.name_bytes)?;
    let mut conditions: Vec<Condition> = stream
        .map(|stream| Condition {
            field: Field::Column(Column::Stream),
            test: Test::Equal(Scalar::Text(stream)),
        })
        .into_iter()
        .collect();
    for (index, part) in list(query.get("where"), "query.where", MOST_PARTS)?
        .iter()
        .enumerate()
    {
        conditions.push(condition(part, &format!("query.where[{index}]"))?);
    }
    Ok(Plan {
        instance,
        conditions,
        select: select(query.get("select"))?,
        order: order(query.get("orderBy"))?,
        limit: match whole(query.get("limit"), "query.limit", u64::from(MAX_LIMIT))? {
            Some(limit) => u32::try_from(limit).ok(),
            None => None,
        },
        offset: whole(
            query.get("offset"),
            "query.offset",
            u64::from(u32::MAX) << 16,
        )?
        .unwrap_or(0),
        reduce: reduce(query.get("reduce"))?,
        most_values: bounds.aggregation_values,
        most_bytes: bounds.reply_bytes,
    })
}

/// Refuses keys that mean nothing, so that a misspelt one is not passed over in silence.
pub(super) fn only_known(
    place: &str,
    object: &Map<String, Value>,
    known: &[&str],
) -> Result<(), QueryFault> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(stranger) => fault(
            place,
            format!(
                "has the unknown key {}; it may have {}",
                shown(&Value::from(stranger.as_str())),
                known.join(", ")
            ),
        ),
    }
}

/// A list, empty when absent or `null`.
pub(super) fn list<'a>(
    value: Option<&'a Value>,
    place: &str,
    most: usize,
) -> Result<&'a [Value], QueryFault> {
    match value {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(parts)) if parts.len() > most => fault(
            place,
            format!("has {} entries, at most {most} are allowed", parts.len()),
        ),
        Some(Value::Array(parts)) => Ok(parts),
        Some(other) => fault(place, format!("must be a list, and is {}", shown(other))),
    }
}

/// A field's name.
pub(super) fn field(value: Option<&Value>, place: &str) -> Result<(String, Field), QueryFault> {
    match value {
        Some(Value::String(name)) => match Field::parse(name) {
            Ok(field) => Ok((name.clone(), field)),
            Err(reason) => fault(place, format!("is wrong: {reason}")),
        },
        None | Some(Value::Null) => fault(
            place,
            "is missing; it must be a field's name such as event_type or payload.user.id",
        ),
        Some(other) => fault(
            place,
            format!(
                "must be a field's name such as event_type or payload.user.id, and is {}",
                shown(other)
            ),
        ),
    }
}

/// One of several names.
pub(super) fn one_of<T: Copy>(
    value: Option<&Value>,
    place: &str,
    allowed: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T, QueryFault> {
    let names = || {
        allowed
            .iter()
            .map(|one| name(*one))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match value {
        Some(Value::String(given)) => match allowed.iter().find(|one| name(**one) == given) {
            Some(one) => Ok(*one),
            None => fault(
                place,
                format!(
                    "must be one of {}, and is {}",
                    names(),
                    shown(&Value::from(given.as_str()))
                ),
            ),
        },
        Some(other) if !other.is_null() => fault(
            place,
            format!("must be one of {}, and is {}", names(), shown(other)),
        ),
        _ => fault(place, format!("is missing; it must be one of {}", names())),
    }
}

fn source(from: Option<&Value>, most: usize) -> Result<(String, Option<String>), QueryFault> {
    let from = match from {
        Some(Value::Object(from)) => from,
        Some(other) => {
            return fault(
                "query.from",
                format!(
                    "must be an object like {{\"instance\":…}}, and is {}",
                    shown(other)
                ),
            );
        }
        None => {
            return fault(
                "query.from",
                "is missing; it names the instance, as {\"instance\":…}",
            );
        }
    };
    only_known("query.from", from, &["instance", "stream"])?;
    match name(from.get("instance"), "query.from.instance", most)? {
        Some(instance) => Ok((
            instance,
            name(from.get("stream"), "query.from.stream", most)?,
        )),
        None => fault(
            "query.from.instance",
            "is missing; it must be an instance's id or name",
        ),
    }
}

fn name(value: Option<&Value>, place: &str, most: usize) -> Result<Option<String>, QueryFault> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() || text.contains('\0') => {
            fault(place, "must be a text that is not empty and without U+0000")
        }
        Some(Value::String(text)) if text.len() > most => fault(
            place,
            format!("is {} bytes long, at most {most} are allowed", text.len()),
        ),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => fault(place, format!("must be a text, and is {}", shown(other))),
    }
}

fn whole(value: Option<&Value>, place: &str, most: u64) -> Result<Option<u64>, QueryFault> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    match value.as_u64().filter(|number| *number <= most) {
        Some(number) => Ok(Some(number)),
        None => fault(
            place,
            format!(
                "must be a whole number from 0 to {most}, and is {}",
                shown(value)
            ),
        ),
    }
}

fn select(value: Option<&Value>) -> Result<Option<Vec<(String, Field)>>, QueryFault> {
    let names = list(value, "query.select", MOST_PARTS)?;
    if names.is_empty() {
        return Ok(None);
    }
    let mut fields: Vec<(String, Field)> = Vec::with_capacity(names.len());
    for (index, part) in names.iter().enumerate() {
        let selected = field(Some(part), &format!("query.select[{index}]"))?;
        if !fields.contains(&selected) {
            fields.push(selected);
        }
    }
    Ok(Some(fields))
}

fn order(value: Option<&Value>) -> Result<Option<Order>, QueryFault> {
    let order = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(order)) => order,
        Some(other) => {
            return fault(
                "query.orderBy",
                format!(
                    "must be an object like {{\"field\":…,\"direction\":\"asc\"}}, and is {}",
                    shown(other)
                ),
            );
        }
    };
    only_known("query.orderBy", order, &["field", "direction"])?;
    let direction = match order.get("direction") {
        None | Some(Value::Null) => Direction::Asc,
        given => one_of(
            given,
            "query.orderBy.direction",
            &Direction::ALL,
            Direction::name,
        )?,
    };
    let (_, field) = field(order.get("field"), "query.orderBy.field")?;
    Ok(Some(Order { field, direction }))
}
