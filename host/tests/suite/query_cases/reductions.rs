//! Reductions: their shapes, and sums.

use codebolt_event_log::operations::Bounds;
use serde_json::{Value, json};

use super::numbered_log::fill;
use crate::asking::call;
use crate::stores::{Opened, for_each_store};

for_each_store!(
    groups_are_told_apart_by_values_of_every_type,
    reductions_have_their_documented_shapes,
    values_are_collected_in_groups_by_keys_of_every_type,
    sums_are_exact_to_the_last_digit_in_whatever_order_the_numbers_came,
    as_many_groups_and_values_as_the_host_holds_are_answered_and_more_are_refused,
);

async fn as_many_groups_and_values_as_the_host_holds_are_answered_and_more_are_refused(
    host: Opened,
) {
    let events: Vec<Value> = ["a", "b", "c"]
        .iter()
        .map(|name| json!({ "streamId": name, "eventType": name, "payload": { "k": name } }))
        .collect();
    let params = json!({ "instanceId": "log", "autoCreateInstance": true, "events": events });
    host.done("appendEvents", params).await;
    let groups = "more than 2 groups; narrow it with where";
    for (reduce, wanted) in [
        (json!({ "type": "count", "groupBy": ["stream_id"] }), groups),
        (
            json!({ "type": "count", "groupBy": ["event_type"] }),
            groups,
        ),
        (json!({ "type": "count", "groupBy": ["k"] }), groups),
        (
            json!({ "type": "max", "field": "k", "groupBy": ["stream_id", "event_type"] }),
            groups,
        ),
        (
            json!({ "type": "collect", "field": "k" }),
            "more than 2 values; narrow it with where, or ask for fewer with limit",
        ),
        // A limit is of groups, and all values are there before it applies.
        (
            json!({ "type": "collect", "field": "k", "groupBy": ["k"] }),
            "more than 2 values; narrow it with where",
        ),
    ] {
        let query = json!({ "from": { "instance": "log" }, "reduce": reduce });
        let within = async |aggregation_values: usize| {
            let bounds = Bounds {
                aggregation_values,
                ..Bounds::default()
            };
            let params = json!({ "query": query });
            call(&host.within(bounds), "queryEvents", params).await
        };
        let answered = within(3).await;
        assert_eq!(answered["success"], true, "{reduce}: {answered}");
        let refused = within(2).await;
        assert_eq!(refused["code"], "LIMIT_EXCEEDED", "{reduce}: {refused}");
        let error = refused["error"].as_str().unwrap();
        assert!(error.ends_with(wanted), "{reduce}: {error}");
    }
}

async fn sums_are_exact_to_the_last_digit_in_whatever_order_the_numbers_came(host: Opened) {
    let cases = [
        ("[0.1, 0.2]", "0.3", "0.15"),
        ("[1e16, 1, 1, -1e16]", "2", "0.5"),
        ("[1, 1e300, -1e300]", "1", "0.3333333333333333"),
        (
            "[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]",
            "1",
            "0.1",
        ),
        (
            "[9007199254740993, 0.5, 0.25]",
            "9007199254740994",
            "3002399751580331.5",
        ),
        ("[5e-324, 5e-324]", "1e-323", "5e-324"),
        ("[1.7976931348623157e308, 1e308]", "null", "null"),
        (
            "[1.7976931348623157e308, 1e308, -1e308]",
            "1.7976931348623157e308",
            "5.992310449541053e307",
        ),
    ];
    for (numbers, sum, average) in cases {
        let numbers: Value = serde_json::from_str(numbers).unwrap();
        let payloads = numbers
            .as_array()
            .unwrap()
            .iter()
            .map(|n| json!({ "n": n }));
        fill(&host, payloads.collect()).await;
        let numbers = &numbers;
        for (kind, expected) in [("sum", sum), ("avg", average)] {
            let reduce = json!({ "type": kind, "field": "n" });
            let query = json!({ "from": { "instance": "log" }, "reduce": reduce });
            let found = host.query(query).await["aggregation"].clone();
            let expected: Value = serde_json::from_str(expected).unwrap();
            assert_eq!(
                found.as_f64(),
                expected.as_f64(),
                "{kind} of {numbers}: {found}"
            );
        }
        host.done("deleteInstance", json!({ "instanceId": "log" }))
            .await;
    }
}

async fn reductions_have_their_documented_shapes(host: Opened) {
    fill(&host, json!([{ "k": "a", "v": 1 }, { "k": "b", "v": 2.5 }, { "k": "a", "v": "x" }, { "v": 4 }, { "k": null, "v": null }, { "k": 7 }, { "k": true, "v": "m" }])).await;
    let ask = async |reduce: Value| {
        host.query(json!({ "from": { "instance": "log" }, "reduce": reduce }))
            .await
    };
    let cases = [
        (json!({ "type": "count" }), json!(7)),
        (json!({ "type": "count", "field": "v" }), json!(6)),
        (json!({ "type": "sum", "field": "v" }), json!(7.5)),
        (json!({ "type": "avg", "field": "v" }), json!(2.5)),
        (json!({ "type": "min", "field": "v" }), json!(1)),
        (json!({ "type": "max", "field": "v" }), json!(4)),
        (json!({ "type": "max", "field": "k" }), json!(7)),
        (json!({ "type": "sum", "field": "none" }), json!(null)),
        (json!({ "type": "avg", "field": "event_type" }), json!(null)),
        // An instant is a text to queries, although the databases keep a number.
        (json!({ "type": "sum", "field": "timestamp" }), json!(null)),
        (json!({ "type": "avg", "field": "timestamp" }), json!(null)),
        (
            json!({ "type": "min", "field": "event_type" }),
            json!("event"),
        ),
        (
            json!({ "type": "sum", "field": "sequence_number" }),
            json!(28),
        ),
        (
            json!({ "type": "collect", "field": "v" }),
            json!([1, 2.5, "x", 4, null, "m"]),
        ),
        (
            json!({ "type": "count", "groupBy": ["k"] }),
            json!([{ "k": null, "value": 2 }, { "k": true, "value": 1 }, { "k": 7, "value": 1 }, { "k": "a", "value": 2 }, { "k": "b", "value": 1 }]),
        ),
        (
            json!({ "type": "sum", "field": "v", "groupBy": ["payload.k", "event_type"] }),
            json!([
                { "payload.k": null, "event_type": "event", "value": 4 }, { "payload.k": true, "event_type": "event", "value": null },
                { "payload.k": 7, "event_type": "event", "value": null }, { "payload.k": "a", "event_type": "event", "value": 1 },
                { "payload.k": "b", "event_type": "event", "value": 2.5 }
            ]),
        ),
        (
            json!({ "type": "collect", "field": "v", "groupBy": ["event_type"] }),
            json!([{ "event_type": "event", "value": [1, 2.5, "x", 4, null, "m"] }]),
        ),
        (
            json!({ "type": "count", "groupBy": ["event_type"] }),
            json!([{ "event_type": "event", "value": 7 }]),
        ),
        (
            json!({ "type": "count", "groupBy": ["stream_id"] }),
            json!([{ "stream_id": "default", "value": 7 }]),
        ),
    ];
    for (reduce, wanted) in cases {
        let result = ask(reduce.clone()).await;
        assert_eq!(
            result,
            json!({ "aggregation": wanted, "total": 7 }),
            "{reduce}"
        );
    }
    let none = json!({ "from": { "instance": "log", "stream": "none" }, "reduce": { "type": "count", "groupBy": ["k"] } });
    assert_eq!(
        host.query(none).await,
        json!({ "aggregation": [], "total": 0 })
    );
    let part = json!({ "from": { "instance": "log" }, "reduce": { "type": "count", "groupBy": ["k"] }, "limit": 2, "offset": 1 });
    let part = host.query(part).await;
    assert_eq!(
        part["aggregation"],
        json!([{ "k": true, "value": 1 }, { "k": 7, "value": 1 }])
    );
    assert_eq!((&part["limit"], &part["offset"]), (&json!(2), &json!(1)));
    let newest = ask(json!({ "type": "max", "field": "timestamp" })).await["aggregation"].clone();
    assert!(
        newest.as_str().is_some_and(|text| text.ends_with('Z')),
        "{newest}"
    );
}

async fn values_are_collected_in_groups_by_keys_of_every_type(host: Opened) {
    let keys = json!([true, false, "1", 1, [], null, 1.0, -0.5, true, {}, ""]);
    let payloads = keys.as_array().unwrap().iter().enumerate();
    let payloads = payloads.map(|(n, key)| json!({ "n": n, "k": key }));
    fill(&host, payloads.chain([json!({ "n": 11 })]).collect()).await;
    let reduce = json!({ "type": "collect", "field": "n", "groupBy": ["k"] });
    let query = json!({ "from": { "instance": "log" }, "reduce": reduce });
    let wanted = json!([
        { "k": null, "value": [4, 5, 9, 11] },
        { "k": false, "value": [1] },
        { "k": true, "value": [0, 8] },
        { "k": -0.5, "value": [7] },
        { "k": 1, "value": [3, 6] },
        { "k": "", "value": [10] },
        { "k": "1", "value": [2] },
    ]);
    assert_eq!(host.query(query).await["aggregation"], wanted);
}

async fn groups_are_told_apart_by_values_of_every_type(host: Opened) {
    let all = json!([{ "k": true }, { "k": false }, { "k": null }, { "k": 1 }, { "k": "1" }, { "k": "true" }, { "k": 1.0 }, {}, { "k": true }]);
    fill(&host, all).await;
    let query =
        json!({ "from": { "instance": "log" }, "reduce": { "type": "count", "groupBy": ["k"] } });
    let result = host.query(query).await;
    let groups: Vec<(Value, Value)> = result["aggregation"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["k"].clone(), group["value"].clone()))
        .collect();
    for (key, count) in [
        (json!(true), 2),
        (json!(false), 1),
        (json!(1), 2),
        (json!("1"), 1),
        (json!("true"), 1),
        (json!(null), 2),
    ] {
        let wanted = (key, json!(count));
        assert!(groups.contains(&wanted), "{wanted:?}: {groups:?}");
    }
    assert_eq!(groups.len(), 6, "{groups:?}");
    let times = json!({ "from": { "instance": "log" }, "reduce": { "type": "count", "groupBy": ["timestamp"] } });
    let groups = host.query(times).await["aggregation"].clone();
    let first = json!({ "from": { "instance": "log" }, "limit": 1 });
    let time = host.query(first).await["events"][0]["timestamp"].clone();
    assert_eq!(groups, json!([{ "timestamp": time, "value": 9 }]));
}
