//! Queries that are refused with the part that is wrong.

use serde_json::{Value, json};

use super::numbered_log::fill;
use crate::stores::{Opened, for_each_store};

for_each_store!(a_faulty_query_says_which_part_is_wrong,);

async fn a_faulty_query_says_which_part_is_wrong(host: Opened) {
    fill(&host, json!([1])).await;
    let with = |part: Value| {
        let mut query = json!({ "from": { "instance": "log" } });
        query
            .as_object_mut()
            .unwrap()
            .extend(part.as_object().unwrap().clone());
        query
    };
    let condition = |field: Value, operator: Value, value: Value| {
        with(json!({ "where": [{ "field": field, "operator": operator, "value": value }] }))
    };
    let cases = [
        (json!({}), "query.from: expected"),
        (json!({ "from": "log" }), "query.from: expected an object"),
        (json!({ "from": {} }), "query.from.instance: expected"),
        (
            json!({ "from": { "instance": 7 } }),
            "query.from.instance: expected a string, got 7",
        ),
        (
            json!({ "from": { "instance": "" } }),
            "query.from.instance: expected a string that is not empty and without U+0000, got \"\"",
        ),
        (
            json!({ "from": { "instance": "a\u{0}b" } }),
            "query.from.instance: expected a string that is not empty and without U+0000, got",
        ),
        (json!({ "from": { "instance": "none" } }), "\"none\""),
        (
            json!({ "from": { "instance": "log", "stream": [] } }),
            "query.from.stream",
        ),
        (with(json!({ "filter": [] })), "unknown key \"filter\""),
        (with(json!({ "where": {} })), "query.where: expected a list"),
        (
            with(json!({ "where": [7] })),
            "query.where[0]: expected an object",
        ),
        (
            with(json!({ "where": [{ "operator": "eq", "value": 1 }] })),
            "query.where[0].field: expected",
        ),
        (
            condition(json!("v"), json!("like"), json!(1)),
            "query.where[0].operator: expected one of eq, neq, gt, gte, lt, lte, contains, in, between",
        ),
        (
            condition(json!("v"), json!("=="), json!(1)),
            "query.where[0].operator: expected one of",
        ),
        (
            condition(json!("v"), json!(null), json!(1)),
            "query.where[0].operator: expected one of eq, neq, gt, gte, lt, lte, contains, in, between, got nothing",
        ),
        (
            condition(json!("v"), json!(7), json!(1)),
            "in, between, got 7",
        ),
        (
            condition(json!("v' OR '1'='1\""), json!("eq"), json!(1)),
            "query.where[0].field: expected a field, got",
        ),
        (
            condition(json!("payload.a\\"), json!("eq"), json!(1)),
            "query.where[0].field: expected a field, got",
        ),
        (
            condition(json!(7), json!("eq"), json!(1)),
            "query.where[0].field: expected",
        ),
        (
            with(json!({ "where": [{ "field": "v", "operator": "eq" }] })),
            "query.where[0].value: expected",
        ),
        (
            condition(json!("v"), json!("eq"), json!({})),
            "query.where[0].value: expected",
        ),
        (
            condition(json!("v"), json!("gt"), json!(true)),
            "expected a number or a string for gt, got true",
        ),
        (
            condition(json!("v"), json!("in"), json!(1)),
            "expected a list for in",
        ),
        (
            condition(json!("v"), json!("in"), json!([[1]])),
            "query.where[0].value: expected",
        ),
        (
            condition(json!("v"), json!("in"), json!(vec![1; 1001])),
            "at most 1000",
        ),
        (
            condition(json!("v"), json!("between"), json!([1])),
            "list of two values",
        ),
        (
            condition(json!("v"), json!("between"), json!([1, "2"])),
            "two numbers or two strings",
        ),
        (
            condition(json!("timestamp"), json!("gt"), json!("yesterday")),
            "ISO 8601",
        ),
        (
            condition(json!("timestamp"), json!("contains"), json!("2024")),
            "expected another operator for timestamp",
        ),
        (
            with(json!({ "select": "id" })),
            "query.select: expected a list",
        ),
        (with(json!({ "select": [1] })), "query.select[0]"),
        (with(json!({ "select": vec!["a"; 101] })), "at most 100"),
        (
            with(json!({ "orderBy": "id" })),
            "query.orderBy: expected an object",
        ),
        (
            with(json!({ "orderBy": { "field": "id", "direction": "up" } })),
            "query.orderBy.direction: expected one of asc, desc",
        ),
        (
            with(json!({ "orderBy": { "direction": "asc" } })),
            "query.orderBy.field: expected",
        ),
        (
            with(json!({ "limit": -1 })),
            "query.limit: expected a whole number from 0 to 10000",
        ),
        (with(json!({ "limit": 10_001 })), "query.limit"),
        (with(json!({ "limit": 1.5 })), "query.limit"),
        (with(json!({ "limit": "5" })), "query.limit"),
        (with(json!({ "offset": -1 })), "query.offset"),
        (
            with(json!({ "offset": 281_474_976_645_121_u64 })),
            "query.offset: expected a whole number from 0 to 281474976645120, got 281474976645121",
        ),
        (
            with(json!({ "reduce": "count" })),
            "query.reduce: expected an object",
        ),
        (
            with(json!({ "reduce": { "type": "median", "field": "v" } })),
            "query.reduce.type: expected one of count, sum, avg, min, max, collect",
        ),
        (
            with(json!({ "reduce": { "type": "sum" } })),
            "query.reduce.field: expected",
        ),
        (
            with(json!({ "reduce": { "type": "count", "groupBy": "k" } })),
            "query.reduce.groupBy: expected a list",
        ),
        (
            with(json!({ "reduce": { "type": "count", "groupBy": ["value"] } })),
            "query.reduce.groupBy[0]",
        ),
        (
            with(json!({ "reduce": { "type": "count", "groupBy": [""] } })),
            "query.reduce.groupBy[0]",
        ),
    ];
    for (query, wanted) in cases {
        let error = host.refused("queryEvents", json!({ "query": query })).await;
        assert!(error.contains(wanted), "{query}: {error}");
        let is_in_pattern = error.contains(": expected ") && error.contains(", got ");
        assert!(
            is_in_pattern || error.contains("no instance"),
            "{query}: {error}"
        );
    }
}
