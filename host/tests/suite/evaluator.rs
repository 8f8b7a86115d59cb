//! What a query means, written down as plainly as possible: over whole events in memory, on
//! `serde_json` values, without any of the host's own code.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A field of an event, by the names that the tests use: a column, or dotted steps below payload
/// or metadata, each a key of an object or an index of a list; any other name is below payload.
pub fn field(event: &Value, name: &str) -> Option<Value> {
    let columns = [
        "id",
        "stream_id",
        "event_type",
        "timestamp",
        "sequence_number",
    ];
    if columns.contains(&name) {
        return Some(event[name].clone());
    }
    let mut steps: Vec<&str> = name.split('.').collect();
    let mut value = &event["payload"];
    if matches!(steps[0], "payload" | "metadata") {
        value = &event[steps.remove(0)];
    }
    for step in steps {
        value = match value {
            Value::Object(object) => object.get(step)?,
            Value::Array(list) => list.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value.clone())
}

fn numbers(one: &Value, two: &Value) -> Option<Ordering> {
    match (one.as_i64(), two.as_i64()) {
        (Some(one), Some(two)) => Some(one.cmp(&two)),
        _ => one.as_f64()?.partial_cmp(&two.as_f64()?),
    }
}

/// Their order, when they are of one type that has an order.
fn compare(one: &Value, two: &Value) -> Option<Ordering> {
    match (one, two) {
        (Value::Number(_), Value::Number(_)) => numbers(one, two),
        // UTF-8 sorts by code points.
        (Value::String(one), Value::String(two)) => Some(one.as_bytes().cmp(two.as_bytes())),
        _ => None,
    }
}

fn equal(one: &Value, two: &Value) -> bool {
    match (one, two) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(one), Value::Bool(two)) => one == two,
        _ => compare(one, two) == Some(Ordering::Equal),
    }
}

fn holds(event: &Value, condition: &Value) -> bool {
    let Some(found) = field(event, condition["field"].as_str().unwrap()) else {
        return false;
    };
    let value = &condition["value"];
    match condition["operator"].as_str().unwrap() {
        "eq" => equal(&found, value),
        "neq" => !equal(&found, value),
        "gt" => compare(&found, value) == Some(Ordering::Greater),
        "gte" => matches!(
            compare(&found, value),
            Some(Ordering::Greater | Ordering::Equal)
        ),
        "lt" => compare(&found, value) == Some(Ordering::Less),
        "lte" => matches!(
            compare(&found, value),
            Some(Ordering::Less | Ordering::Equal)
        ),
        "in" => value
            .as_array()
            .unwrap()
            .iter()
            .any(|one| equal(&found, one)),
        "between" => {
            matches!(
                compare(&found, &value[0]),
                Some(Ordering::Greater | Ordering::Equal)
            ) && matches!(
                compare(&found, &value[1]),
                Some(Ordering::Less | Ordering::Equal)
            )
        }
        "contains" => match (&found, value) {
            (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
            (Value::Array(list), _) => list.iter().any(|member| equal(member, value)),
            _ => false,
        },
        other => panic!("no operator {other}"),
    }
}

/// Where a value stands among values of other types; none stands last, whichever the direction.
fn rank(value: Option<&Value>) -> Option<u8> {
    match value? {
        Value::Bool(false) => Some(1),
        Value::Bool(true) => Some(2),
        Value::Number(_) => Some(3),
        Value::String(_) => Some(4),
        _ => None,
    }
}

fn sort(events: &mut [Value], order: &Value) {
    if order["direction"] == "desc" {
        events.reverse();
    }
    let name = order["field"].as_str().unwrap();
    // A stable sort leaves ties as they are: in append order, reversed when descending.
    events.sort_by(|one, two| {
        let (one, two) = (field(one, name), field(two, name));
        match (rank(one.as_ref()), rank(two.as_ref())) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(first), Some(second)) => {
                let order_of_values = first
                    .cmp(&second)
                    .then_with(|| compare(&one.unwrap(), &two.unwrap()).unwrap_or(Ordering::Equal));
                if order["direction"] == "desc" {
                    order_of_values.reverse()
                } else {
                    order_of_values
                }
            }
        }
    });
}

/// A number as JSON writes it when it is whole.
fn plain(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9.2e18 {
        json!(number as i64)
    } else {
        json!(number)
    }
}

fn reduced(events: &[&Value], reduce: &Value) -> Value {
    let kind = reduce["type"].as_str().unwrap();
    let Some(name) = reduce.get("field").and_then(Value::as_str) else {
        return match kind {
            "count" => json!(events.len()),
            "collect" => json!(events),
            other => panic!("{other} needs a field"),
        };
    };
    let values: Vec<Value> = events
        .iter()
        .filter_map(|event| field(event, name))
        .collect();
    let numbers: Vec<i128> = values.iter().filter_map(decimal).collect();
    // All digits of the tests' numbers are there, so nothing is lost but at the end.
    let sum = || -> f64 {
        let total: i128 = numbers.iter().sum();
        let (whole, rest) = (total.abs() / ONE, total.abs() % ONE);
        let text = format!("{whole}.{rest:0digits$}", digits = DIGITS as usize);
        text.parse::<f64>().unwrap() * total.signum() as f64
    };
    let best = |wanted: Ordering| {
        let pick = |is: fn(&Value) -> bool| {
            values
                .iter()
                .filter(|value| is(value))
                .cloned()
                .reduce(|best, value| {
                    if compare(&value, &best) == Some(wanted) {
                        value
                    } else {
                        best
                    }
                })
        };
        let found = pick(Value::is_number).or_else(|| pick(Value::is_string));
        found.map_or(Value::Null, |value| {
            value
                .as_f64()
                .map_or(value.clone(), |_| match value.as_i64() {
                    Some(_) => value.clone(),
                    None => plain(value.as_f64().unwrap()),
                })
        })
    };
    match kind {
        "count" => json!(values.len()),
        "collect" => json!(values),
        "sum" if numbers.is_empty() => Value::Null,
        "sum" => plain(sum()),
        "avg" if numbers.is_empty() => Value::Null,
        "avg" => plain(sum() / numbers.len() as f64),
        "min" => best(Ordering::Less),
        "max" => best(Ordering::Greater),
        other => panic!("no reduction {other}"),
    }
}

/// How many decimal digits behind the point numbers have here at most, and what 1 is then.
const DIGITS: u32 = 20;
const ONE: i128 = 10_i128.pow(DIGITS);

/// A number in units of its last digit.
fn decimal(value: &Value) -> Option<i128> {
    let text = match value.as_i64() {
        Some(whole) => whole.to_string(),
        None => value.as_f64()?.to_string(),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    assert!(fraction.len() <= DIGITS as usize, "{text}");
    Some(
        format!("{whole}{fraction:0<digits$}", digits = DIGITS as usize)
            .parse()
            .unwrap(),
    )
}

fn key_of(event: &Value, name: &str) -> Value {
    match field(event, name) {
        None | Some(Value::Array(_) | Value::Object(_)) => Value::Null,
        Some(Value::Number(number)) if number.as_i64().is_none() => plain(number.as_f64().unwrap()),
        Some(value) => value,
    }
}

fn grouped(events: &[Value], reduce: &Value) -> Value {
    let names: Vec<&str> = reduce["groupBy"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let mut groups: BTreeMap<String, (Vec<Value>, Vec<&Value>)> = BTreeMap::new();
    for event in events {
        let keys: Vec<Value> = names.iter().map(|name| key_of(event, name)).collect();
        let group = groups
            .entry(json!(keys).to_string())
            .or_insert_with(|| (keys, Vec::new()));
        group.1.push(event);
    }
    let mut groups: Vec<(Vec<Value>, Vec<&Value>)> = groups.into_values().collect();
    if reduce["type"] == "collect" && reduce.get("field").is_some() {
        // A group is made by the values it collects.
        let name = reduce["field"].as_str().unwrap();
        groups.retain(|(_, events)| events.iter().any(|event| field(event, name).is_some()));
    }
    groups.sort_by(|(one, _), (two, _)| {
        one.iter()
            .zip(two)
            .map(|(one, two)| {
                // Null before everything else, here.
                rank(Some(one))
                    .unwrap_or(0)
                    .cmp(&rank(Some(two)).unwrap_or(0))
                    .then(compare(one, two).unwrap_or(Ordering::Equal))
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    groups
        .into_iter()
        .map(|(keys, events)| {
            let mut row: Map<String, Value> =
                names.iter().map(ToString::to_string).zip(keys).collect();
            row.insert("value".into(), reduced(&events, reduce));
            Value::Object(row)
        })
        .collect()
}

fn slice(list: &Value, query: &Value, default: usize) -> Value {
    let whole = |name: &str| query.get(name).and_then(Value::as_u64).map(|n| n as usize);
    let rows = list
        .as_array()
        .unwrap()
        .iter()
        .skip(whole("offset").unwrap_or(0));
    rows.take(whole("limit").unwrap_or(default))
        .cloned()
        .collect()
}

/// The `result` of a query over these events, which are in append order.
pub fn evaluate(events: &[Value], query: &Value) -> Value {
    let no_conditions = Vec::new();
    let conditions = query
        .get("where")
        .and_then(Value::as_array)
        .unwrap_or(&no_conditions);
    let stream = query["from"].get("stream");
    let mut matching: Vec<Value> = events
        .iter()
        .filter(|event| stream.is_none_or(|stream| event["stream_id"] == *stream))
        .filter(|event| conditions.iter().all(|condition| holds(event, condition)))
        .cloned()
        .collect();
    let total = matching.len();
    if let Some(reduce) = query.get("reduce") {
        let aggregation = if reduce.get("groupBy").is_some() {
            slice(&grouped(&matching, reduce), query, usize::MAX)
        } else {
            let whole = reduced(&matching.iter().collect::<Vec<_>>(), reduce);
            if whole.is_array() {
                slice(&whole, query, usize::MAX)
            } else {
                whole
            }
        };
        return json!({ "aggregation": aggregation, "total": total });
    }
    if let Some(order) = query.get("orderBy") {
        sort(&mut matching, order);
    }
    let rows = slice(&json!(matching), query, 100);
    let Some(select) = query.get("select").and_then(Value::as_array) else {
        return json!({ "events": rows, "total": total });
    };
    let selected = |event: &Value| -> Value {
        let fields = select.iter().filter_map(|name| {
            let name = name.as_str().unwrap();
            Some((name.to_owned(), field(event, name)?))
        });
        Value::Object(fields.collect())
    };
    let rows: Vec<Value> = rows.as_array().unwrap().iter().map(selected).collect();
    json!({ "events": rows, "total": total })
}
