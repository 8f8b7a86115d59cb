//! From a query's JSON to a plan. Each fault says which part is wrong and what is allowed.

mod condition;
mod fault;
mod member;
mod reduce;

use codebolt_wasm::wire::event_log::{Direction, MAX_LIMIT};
use serde_json::Value;

pub use self::fault::QueryFault;

use self::condition::condition;
use self::fault::{fault, shown};
use self::member::{field, list, name, one_of, only_known, whole};
use self::reduce::reduce;
use super::field::{Column, Field};
use super::plan::{Condition, Order, Plan, Test};
use super::scalar::Scalar;

/// Conditions of one query, fields of one `select`.
const MOST_PARTS: usize = 100;

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

/// Checks a query.
///
/// # Errors
/// The first part that is wrong.
pub fn parse(query: &Value, bounds: QueryBounds) -> Result<Plan, QueryFault> {
    let Value::Object(query) = query else {
        return fault(
            "query",
            format!(
                "expected an object like {{\"from\":{{\"instance\":…}}}}, got {}",
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

fn source(from: Option<&Value>, most: usize) -> Result<(String, Option<String>), QueryFault> {
    let from = match from {
        Some(Value::Object(from)) => from,
        Some(other) => {
            return fault(
                "query.from",
                format!(
                    "expected an object like {{\"instance\":…}}, got {}",
                    shown(other)
                ),
            );
        }
        None => {
            return fault(
                "query.from",
                "expected an object like {\"instance\":…}, got nothing",
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
            "expected an instance's id or name, got nothing",
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
                    "expected an object like {{\"field\":…,\"direction\":\"asc\"}}, got {}",
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use serde_json::{Value, json};

    use super::{Column, QueryBounds, parse};

    #[test]
    fn counts_that_a_store_keeps_answer_plans_that_count_every_event_by_one_column() {
        let counted = |query: Value| {
            let mut whole = json!({ "from": { "instance": "log" } });
            let object = whole.as_object_mut().unwrap();
            object.extend(query.as_object().unwrap().clone());
            let bounds = QueryBounds {
                name_bytes: 512,
                aggregation_values: 10,
                reply_bytes: 1_000,
            };
            parse(&whole, bounds).unwrap().counted_column()
        };
        let reduced = |reduce: Value| counted(json!({ "reduce": reduce }));
        let by_type = json!({ "type": "count", "groupBy": ["event_type"] });
        assert_eq!(reduced(by_type.clone()), Some(Column::EventType));
        assert_eq!(
            reduced(json!({ "type": "count", "field": "id", "groupBy": ["stream_id"] })),
            Some(Column::Stream)
        );
        for other in [
            json!({ "type": "count" }),
            json!({ "type": "count", "groupBy": ["event_type", "stream_id"] }),
            json!({ "type": "count", "groupBy": ["payload.n"] }),
            json!({ "type": "count", "field": "payload.n", "groupBy": ["event_type"] }),
            json!({ "type": "max", "field": "id", "groupBy": ["event_type"] }),
        ] {
            assert_eq!(reduced(other.clone()), None, "{other}");
        }
        assert_eq!(counted(json!({})), None);
        let condition = json!({ "field": "n", "operator": "eq", "value": 1 });
        let part = json!({ "reduce": by_type, "where": [condition] });
        assert_eq!(counted(part), None);
        let stream = json!({ "instance": "log", "stream": "s" });
        assert_eq!(counted(json!({ "from": stream, "reduce": by_type })), None);
    }
}
