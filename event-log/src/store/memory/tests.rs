//! The events that an index of a field leads to.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::json;

use crate::query::{Answer, QueryBounds, parse};
use crate::store::NewEvent;
use crate::store::memory::ids::Ids;
use crate::store::memory::instance::Instance;
use crate::store::memory::select::query;

const VALUES: [&str; 9] = [
    "1",
    "1.0",
    "\"1\"",
    "\"\\u0031\"",
    "true",
    "null",
    "[1]",
    "{}",
    "2.5",
];

fn event(payload: String) -> NewEvent {
    NewEvent {
        id: None,
        stream_id: "s".into(),
        event_type: "t".into(),
        payload: payload.into(),
        metadata: "{}".into(),
        expected_version: None,
        timestamp: None,
    }
}

fn ask(instance: &Instance, value: &serde_json::Value, further: bool) -> Answer {
    let mut conditions = vec![json!({ "field": "v", "operator": "eq", "value": value })];
    if further {
        conditions.push(json!({ "field": "log_position", "operator": "gt", "value": 1_000 }));
        conditions.push(json!({ "field": "n", "operator": "neq", "value": 1_001 }));
    }
    let asked = json!({ "from": { "instance": "log" }, "where": conditions, "select": ["n"], "limit": 10_000 });
    let bounds = QueryBounds {
        name_bytes: 512,
        aggregation_values: 10,
        reply_bytes: usize::MAX,
    };
    query(instance, &parse(&asked, bounds).unwrap()).unwrap()
}

#[test]
fn what_an_index_leads_to_is_what_reading_all_events_finds_also_after_further_appends() {
    let ids = Ids::default();
    let mut instance = Instance::empty();
    let mut count = 0;
    for round in 1..=4 {
        let new: Vec<NewEvent> = (0..900)
            .map(|index| {
                let n = count + index;
                match VALUES.get(n % 11) {
                    Some(value) => event(format!("{{\"n\":{n},\"v\":{value}}}")),
                    None => event(format!("{{\"n\":{n}}}")),
                }
            })
            .collect();
        count += new.len();
        instance.append(&new, None, 0, &ids).unwrap();
        // A refused write changes nothing, not even an index.
        let stale = NewEvent {
            expected_version: Some(1),
            ..event("{}".into())
        };
        let refused = [event("{\"v\":2.5}".into()), stale];
        assert!(instance.append(&refused, None, 0, &ids).is_err());
        for (value, equal) in [
            (json!(1), vec![0, 1]),
            (json!("1"), vec![2, 3]),
            (json!(true), vec![4]),
            (json!(null), vec![5]),
            (json!(2.5), vec![8]),
            (json!("none"), vec![]),
        ] {
            for further in [false, true] {
                let wanted: Vec<String> = (0..count)
                    .filter(|n| equal.contains(&(n % 11)))
                    .filter(|n| !further || (*n >= 1_000 && *n != 1_001))
                    .map(|n| format!("{{\"n\":{n}}}"))
                    .collect();
                let answer = ask(&instance, &value, further);
                assert_eq!(
                    answer.total,
                    wanted.len() as u64,
                    "{value} in round {round}"
                );
                assert_eq!(answer.events, wanted, "{value} in round {round}");
            }
        }
    }
    let index = instance.with_value(
        &crate::query::Field::parse("v").unwrap(),
        &crate::query::Scalar::Boolean(true),
    );
    assert!(index.is_some_and(|offsets| offsets.len() > 300));
}
