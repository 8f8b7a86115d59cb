//! Random events and random queries: every store agrees with the plain evaluator.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestError, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::evaluator::evaluate;
use crate::stores::{Opened, for_each_store};

for_each_store!(random_queries_mean_the_same_as_to_the_evaluator);

/// Numbers whose sums as doubles depend on the order, and some that tempt to coerce.
fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-8_i64..8).prop_map(Value::from),
        (-16_i64..16).prop_map(|quarters| json!(quarters as f64 / 4.0)),
        select(vec![json!(1e15), json!(1), json!(1.0), json!(-1e15)]),
        select(vec![
            json!(0.1),
            json!(0.2),
            json!(-0.7),
            json!(1e-9),
            json!(123_456.789),
            json!(9_007_199_254_740_993_i64),
            json!(0.100_000_000_000_000_02),
        ]),
        select(vec![
            "",
            "a",
            "b",
            "ab",
            "A",
            "1",
            "1.0",
            "true",
            "null",
            "é",
            "z",
            "\u{10000}",
            "\u{ffff}",
            "'",
            "\"",
            "a\u{1}b"
        ])
        .prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "c", "0", "1", "it's", "x y"]).prop_map(String::from)
}

fn payload() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => prop::collection::btree_map(key(), value(), 0..5)
            .prop_map(|map| Value::Object(map.into_iter().collect())),
        1 => value(),
    ]
}

#[derive(Debug, Clone)]
struct NewEvent {
    stream: String,
    event_type: String,
    payload: Value,
    metadata: Value,
}

fn event() -> impl Strategy<Value = NewEvent> {
    (
        select(vec!["s", "t", "S"]),
        select(vec!["made", "gone", "x"]),
        payload(),
        payload(),
    )
        .prop_map(|(stream, event_type, payload, metadata)| NewEvent {
            stream: stream.into(),
            event_type: event_type.into(),
            payload,
            metadata,
        })
}

fn field() -> impl Strategy<Value = String> {
    let column = select(vec!["stream_id", "event_type", "sequence_number"]).prop_map(String::from);
    let path = (
        select(vec!["payload", "metadata", ""]),
        prop::collection::vec(key(), 1..4),
    )
        .prop_map(|(root, keys)| {
            let path = keys.join(".");
            // A bare name does not begin with a number.
            if root.is_empty() {
                format!("a.{path}")
            } else {
                format!("{root}.{path}")
            }
        });
    prop_oneof![1 => column, 5 => path, 1 => Just("payload".to_string())]
}

fn ordered() -> impl Strategy<Value = Value> {
    scalar().prop_filter("a number or a text", |value| {
        value.is_number() || value.is_string()
    })
}

fn condition() -> impl Strategy<Value = Value> {
    let made = |field, operator: &str, value| json!({ "field": field, "operator": operator, "value": value });
    prop_oneof![
        (field(), select(vec!["eq", "neq", "contains"]), scalar())
            .prop_map(move |(f, o, v)| made(f, o, v)),
        (field(), select(vec!["gt", "gte", "lt", "lte"]), ordered())
            .prop_map(move |(f, o, v)| made(f, o, v)),
        (field(), prop::collection::vec(scalar(), 0..4)).prop_map(move |(f, v)| made(
            f,
            "in",
            json!(v)
        )),
        (field(), ordered(), ordered())
            .prop_filter("two of a type", |(_, one, two)| one.is_number()
                == two.is_number())
            .prop_map(move |(f, one, two)| made(f, "between", json!([one, two]))),
    ]
}

fn reduce() -> impl Strategy<Value = Value> {
    let kind = select(vec!["count", "sum", "avg", "min", "max", "collect"]);
    let group_by = prop::option::of(prop::collection::btree_set(field(), 1..3));
    (kind, prop::option::of(field()), group_by).prop_map(|(kind, field, group_by)| {
        let mut reduce = json!({ "type": kind });
        match field {
            Some(field) => reduce["field"] = json!(field),
            None if matches!(kind, "count" | "collect") => {}
            None => reduce["field"] = json!("payload.a"),
        }
        if let Some(names) = group_by {
            reduce["groupBy"] = json!(names);
        }
        reduce
    })
}

fn query() -> impl Strategy<Value = Value> {
    (
        prop::option::weighted(0.2, select(vec!["s", "t", "S", "none"])),
        prop::collection::vec(condition(), 0..3),
        prop::option::weighted(0.3, prop::collection::btree_set(field(), 1..4)),
        prop::option::of((field(), select(vec!["asc", "desc"]))),
        prop::option::weighted(0.4, reduce()),
        prop::option::weighted(0.3, (0_u32..6, 0_u32..4)),
    )
        .prop_map(|(stream, conditions, fields, order, reduce, slice)| {
            let mut query = json!({ "from": { "instance": "log" }, "where": conditions });
            if let Some(stream) = stream {
                query["from"]["stream"] = json!(stream);
            }
            if let Some((limit, offset)) = slice {
                query["limit"] = json!(limit);
                query["offset"] = json!(offset);
            }
            if let Some(reduce) = reduce {
                query["reduce"] = reduce;
                return query;
            }
            if let Some(fields) = fields {
                query["select"] = json!(fields);
            }
            if let Some((field, direction)) = order {
                query["orderBy"] = json!({ "field": field, "direction": direction });
            }
            query
        })
}

async fn fill(host: &Opened, events: &[NewEvent]) -> Vec<Value> {
    host.call("deleteInstance", json!({ "instanceId": "log" }))
        .await;
    let events: Vec<Value> = events
        .iter()
        .map(|event| json!({ "streamId": event.stream, "eventType": event.event_type, "payload": event.payload, "metadata": event.metadata }))
        .collect();
    let params = json!({ "instanceId": "log", "autoCreateInstance": true, "events": events });
    let stored = host.done("appendEvents", params).await;
    stored["events"].as_array().unwrap().clone()
}

/// A result without what the evaluator does not say.
fn trimmed(mut result: Value) -> Value {
    let object = result.as_object_mut().unwrap();
    object.remove("limit");
    object.remove("offset");
    result
}

async fn agrees(
    host: &Opened,
    events: &[NewEvent],
    queries: &[Value],
) -> Result<(), TestCaseError> {
    let stored = fill(host, events).await;
    for query in queries {
        let reply = host.call("queryEvents", json!({ "query": query })).await;
        prop_assert!(reply["success"] == true, "refused {query}: {reply}");
        let got = trimmed(reply["data"]["result"].clone());
        let wanted = evaluate(&stored, query);
        prop_assert_eq!(&got, &wanted, "answered {} differently", query);
    }
    Ok(())
}

async fn random_queries_mean_the_same_as_to_the_evaluator(host: Opened) {
    let cases = std::env::var("CODEBOLT_HOST_QUERY_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(150);
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    let strategy = (
        prop::collection::vec(event(), 0..20),
        prop::collection::vec(query(), 8),
    );
    let runtime = Handle::current();
    let outcome = block_in_place(|| {
        runner.run(&strategy, |(events, queries)| {
            runtime.block_on(agrees(&host, &events, &queries))
        })
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, (events, queries))) => {
            panic!("{reason}\nevents: {events:#?}\nqueries: {queries:#?}")
        }
        Err(other) => panic!("{other}"),
    }
}
