//! Conditions, with the values where databases like to be helpful.

use serde_json::{Value, json};

use super::numbered_log::{fill, matching, numbers};
use crate::stores::{Opened, for_each_store};

for_each_store!(
    values_of_different_types_are_never_equal_nor_in_order,
    paths_lead_into_objects_and_lists,
    every_column_can_be_asked_for_by_both_spellings,
    every_double_equals_itself,
    numbers_compare_by_value_also_where_doubles_end,
    instants_are_milliseconds_or_iso_texts,
    as_many_long_lists_as_a_query_may_have_are_answered,
    texts_that_a_database_cannot_hold_are_still_found,
);

async fn as_many_long_lists_as_a_query_may_have_are_answered(host: Opened) {
    fill(
        &host,
        json!([{ "a": 1.5, "b": "x7" }, { "a": 2000, "b": "x7" }, { "a": 7, "b": "y" }]),
    )
    .await;
    let numbers: Vec<Value> = (0..999).map(Value::from).chain([json!(1.5)]).collect();
    let texts: Vec<String> = (0..1_000).map(|n| format!("x{n}")).collect();
    let mixed: Vec<Value> = (0..500)
        .map(Value::from)
        .chain(texts[..500].iter().map(|text| json!(text)))
        .collect();
    let streams: Vec<&str> = ["default"]
        .into_iter()
        .chain(texts.iter().map(String::as_str))
        .take(1_000)
        .collect();
    let lists = [
        json!({ "field": "payload.a", "operator": "in", "value": numbers }),
        json!({ "field": "payload.b", "operator": "in", "value": texts }),
        json!({ "field": "payload.b", "operator": "in", "value": mixed }),
        json!({ "field": "stream_id", "operator": "in", "value": streams }),
        json!({ "field": "sequence_number", "operator": "in", "value": numbers }),
    ];
    let conditions: Vec<&Value> = lists.iter().cycle().take(100).collect();
    let query = json!({ "from": { "instance": "log" }, "where": conditions });
    let found = host.query(query).await;
    assert_eq!(found["total"], 1, "{found}");
    assert_eq!(found["events"][0]["payload"]["a"], 1.5);
    let faulty =
        json!({ "query": { "from": { "instance": "log" }, "where": vec![lists[0].clone(); 101] } });
    assert!(
        host.refused("queryEvents", faulty)
            .await
            .contains("at most 100")
    );
}

async fn values_of_different_types_are_never_equal_nor_in_order(host: Opened) {
    let all = json!([
        { "v": 1 }, { "v": "1" }, { "v": true }, { "v": false }, { "v": null }, {}, { "v": 0 }, { "v": "" },
        { "v": 1.0 }, { "v": [1] }, { "v": { "a": 1 } }, { "v": "true" }, { "v": "abc" }, { "v": 10 }, { "v": "10" }, { "v": "9" }, { "v": ["abc", 1, null, true] },
    ]);
    fill(&host, all).await;
    let cases = [
        ("eq", json!(1), vec![0, 8]),
        ("eq", json!("1"), vec![1]),
        ("eq", json!(true), vec![2]),
        ("eq", json!(false), vec![3]),
        ("eq", json!(null), vec![4]),
        ("eq", json!(0), vec![6]),
        ("eq", json!(""), vec![7]),
        (
            "neq",
            json!(1),
            vec![1, 2, 3, 4, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16],
        ),
        (
            "neq",
            json!(null),
            vec![0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
        ),
        // Text sorts above numbers in SQLite.
        ("gt", json!(5), vec![13]),
        ("lt", json!(5), vec![0, 6, 8]),
        ("gte", json!(1), vec![0, 8, 13]),
        ("lte", json!(0), vec![6]),
        // "10" is before "9", and neither is a number.
        ("gt", json!("10"), vec![11, 12, 15]),
        ("lte", json!("10"), vec![1, 7, 14]),
        ("between", json!([0, 1]), vec![0, 6, 8]),
        ("between", json!(["1", "9"]), vec![1, 14, 15]),
        ("between", json!([1, 0]), vec![]),
        ("in", json!([1, "1", null]), vec![0, 1, 4, 8]),
        ("in", json!([true, ""]), vec![2, 7]),
        ("in", json!([]), vec![]),
        ("contains", json!("b"), vec![12]),
        ("contains", json!("B"), vec![]),
        ("contains", json!("abc"), vec![12, 16]),
        ("contains", json!(""), vec![1, 7, 11, 12, 14, 15]),
        ("contains", json!("%"), vec![]),
        ("contains", json!("_"), vec![]),
        ("contains", json!(1), vec![9, 16]),
        ("contains", json!("1"), vec![1, 14]),
        ("contains", json!(null), vec![16]),
        ("contains", json!(true), vec![16]),
        ("contains", json!(false), vec![]),
    ];
    for (operator, value, wanted) in cases {
        for field in ["payload.v", "v", "payload[\"v\"]"] {
            assert_eq!(
                matching(&host, field, operator, value.clone()).await,
                wanted,
                "{field} {operator} {value}"
            );
        }
    }
    for (field, operator, value, count) in [
        ("event_type", "eq", json!("event"), 17),
        ("event_type", "eq", json!(1), 0),
        ("event_type", "neq", json!(1), 17),
        ("stream_id", "gt", json!("a"), 17),
        ("stream_id", "gt", json!(0), 0),
        ("sequence_number", "gt", json!(3), 14),
        ("sequence_number", "gt", json!(3.5), 14),
        ("sequence_number", "gt", json!("3"), 0),
        ("sequence_number", "in", json!([1, 2.0, "3"]), 2),
        ("sequence_number", "contains", json!("1"), 0),
        ("log_position", "lte", json!(3.5), 3),
        ("none.at.all", "neq", json!(1), 0),
    ] {
        let found = matching(&host, field, operator, value.clone()).await;
        assert_eq!(found.len(), count, "{field} {operator} {value}");
    }
}

async fn paths_lead_into_objects_and_lists(host: Opened) {
    let all = json!([
        { "items": [{ "name": "a" }, { "name": "b" }] },
        { "items": { "0": { "name": "a" }, "1": { "name": "b" } } },
        { "items": "abc", "a.b": 1, "it's": 2, "q\"q": 3, "back\\slash": 4, "": 5, "é 🎉": 6 },
        [10, 20, [30]],
        "text",
        { "$": 1, "[0]": 2, "*": 3 },
    ]);
    fill(&host, all).await;
    let cases = [
        ("payload.items[1].name", json!("b"), vec![0]),
        ("payload.items.1.name", json!("b"), vec![0, 1]),
        ("payload.items[\"1\"].name", json!("b"), vec![1]),
        ("items.1.name", json!("b"), vec![0, 1]),
        ("items[0]", json!("abc"), vec![]),
        ("items.0", json!("a"), vec![]),
        ("payload[\"a.b\"]", json!(1), vec![2]),
        ("payload.a.b", json!(1), vec![]),
        ("payload.it's", json!(2), vec![2]),
        ("payload[\"q\\\"q\"]", json!(3), vec![2]),
        ("payload[\"back\\\\slash\"]", json!(4), vec![2]),
        ("payload[\"\"]", json!(5), vec![2]),
        ("payload.é 🎉", json!(6), vec![2]),
        ("payload[0]", json!(10), vec![3]),
        ("payload.1", json!(20), vec![3]),
        ("payload[2][0]", json!(30), vec![3]),
        ("payload.2.0", json!(30), vec![3]),
        ("payload", json!("text"), vec![4]),
        ("payload.$", json!(1), vec![5]),
        ("payload[\"[0]\"]", json!(2), vec![5]),
        ("payload.*", json!(3), vec![5]),
        ("metadata.n", json!(5), vec![5]),
    ];
    for (field, value, wanted) in cases {
        assert_eq!(matching(&host, field, "eq", value).await, wanted, "{field}");
    }
    assert_eq!(
        matching(&host, "payload", "contains", json!(20)).await,
        vec![3]
    );
    assert_eq!(
        matching(&host, "payload", "contains", json!("ex")).await,
        vec![4]
    );
}

async fn every_column_can_be_asked_for_by_both_spellings(host: Opened) {
    fill(&host, json!([1, 2])).await;
    let all = host.query(json!({ "from": { "instance": "log" } })).await["events"].clone();
    let second = &all[1];
    for (names, value, found) in [
        (["id", "id"], &second["id"], vec![1]),
        (
            ["instance_id", "instanceId"],
            &second["instanceId"],
            vec![0, 1],
        ),
        (["stream_id", "streamId"], &json!("default"), vec![0, 1]),
        (["event_type", "eventType"], &json!("event"), vec![0, 1]),
        (["sequence_number", "sequenceNumber"], &json!(2), vec![1]),
        (["log_position", "log_position"], &json!(2), vec![1]),
    ] {
        for name in names {
            assert_eq!(
                matching(&host, name, "eq", value.clone()).await,
                found,
                "{name}"
            );
            let none = matching(&host, name, "in", json!(["none", -1])).await;
            assert_eq!(none, Vec::<i64>::new(), "{name}");
            let query = json!({
                "from": { "instance": "log" }, "select": [name], "limit": 1,
                "orderBy": { "field": name, "direction": "desc" },
            });
            let selected = host.query(query).await["events"].clone();
            assert_eq!(selected, json!([{ name: value }]), "{name}");
            let reduce = json!({ "type": "max", "field": name, "groupBy": [name] });
            let query = json!({ "from": { "instance": "log" }, "reduce": reduce });
            let groups = host.query(query).await["aggregation"].clone();
            let last = groups.as_array().and_then(|groups| groups.last());
            assert_eq!(
                last,
                Some(&json!({ name: value, "value": value })),
                "{name}"
            );
        }
    }
}

async fn every_double_equals_itself(host: Opened) {
    // A fixed walk over the bits of doubles, and some that are known to be hard to read.
    let mut bits = 0x9E37_79B9_7F4A_7C15_u64;
    let mut doubles: Vec<f64> = vec![
        0.1,
        0.2,
        0.1 + 0.2,
        1.0 / 3.0,
        5e-324,
        f64::MAX,
        f64::MIN_POSITIVE,
        2.225_073_858_507_201_4e-308,
        9007199254740993.5,
        1e23,
        8.5e22,
    ];
    while doubles.len() < 900 {
        bits = bits
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let double = f64::from_bits(bits);
        let in_daily_use = (bits >> 11) as f64 / 1e7;
        doubles.extend(
            [double, in_daily_use]
                .into_iter()
                .filter(|double| double.is_finite()),
        );
    }
    let payloads: Vec<Value> = doubles
        .iter()
        .map(|double| json!({ "v": double }))
        .collect();
    fill(&host, json!(payloads)).await;
    for chunk in doubles.chunks(100) {
        let found = matching(&host, "v", "in", json!(chunk)).await;
        let wanted: Vec<i64> = (0_i64..)
            .zip(&doubles)
            .filter(|(_, double)| chunk.contains(double))
            .map(|(n, _)| n)
            .collect();
        assert_eq!(found, wanted);
    }
}

async fn numbers_compare_by_value_also_where_doubles_end(host: Opened) {
    let numbers = [
        "9007199254740992",
        "9007199254740993",
        "9007199254740994",
        "9223372036854775807",
        "9223372036854775808",
        "1e19",
        "-9223372036854775808",
        "-1e19",
        "0.5",
        "5e-1",
        "-0",
        "0.0",
    ];
    for (n, number) in numbers.iter().enumerate() {
        let frame = format!(
            "{{\"type\":\"eventLog.appendEvent\",\"params\":{{\"instanceId\":\"log\",\"autoCreateInstance\":true,\"payload\":{{\"v\":{number}}},\"metadata\":{{\"n\":{n}}}}}}}"
        );
        host.operations.answer(&frame).outcome.await.unwrap();
    }
    assert_eq!(
        matching(&host, "v", "eq", json!(9_007_199_254_740_993_i64)).await,
        vec![1]
    );
    assert_eq!(
        matching(&host, "v", "gt", json!(9_007_199_254_740_992_i64)).await,
        vec![1, 2, 3, 4, 5]
    );
    assert_eq!(
        matching(&host, "v", "gte", json!(i64::MAX)).await,
        vec![3, 4, 5]
    );
    assert_eq!(matching(&host, "v", "lt", json!(-1e18)).await, vec![6, 7]);
    let odd = json!({ "field": "v", "operator": "eq", "value": 9_007_199_254_740_993_i64 });
    let sum = json!({ "from": { "instance": "log" }, "where": [odd], "reduce": { "type": "sum", "field": "v" } });
    let sum = host.query(sum).await["aggregation"].clone();
    assert_eq!(sum, 9_007_199_254_740_992_i64, "a sum is a double");
    assert_eq!(matching(&host, "v", "eq", json!(0.5)).await, vec![8, 9]);
    assert_eq!(matching(&host, "v", "eq", json!(0)).await, vec![10, 11]);
    assert_eq!(matching(&host, "v", "eq", json!(-0.0)).await, vec![10, 11]);
}

async fn instants_are_milliseconds_or_iso_texts(host: Opened) {
    fill(&host, json!([1, 2])).await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let third = host
        .done(
            "appendEvent",
            json!({ "instanceId": "log", "metadata": { "n": 2 } }),
        )
        .await["event"]
        .clone();
    let text = third["timestamp"].as_str().unwrap().to_owned();
    let instant: jiff::Timestamp = text.parse().unwrap();
    let milliseconds = instant.as_millisecond();
    for value in [
        json!(text),
        json!(milliseconds),
        json!(text.replace('Z', "+00:00")),
    ] {
        assert_eq!(
            matching(&host, "timestamp", "eq", value.clone()).await,
            vec![2],
            "{value}"
        );
        assert_eq!(
            matching(&host, "timestamp", "lt", value.clone()).await,
            vec![0, 1],
            "{value}"
        );
        assert_eq!(
            matching(&host, "timestamp", "gte", value.clone()).await,
            vec![2],
            "{value}"
        );
        assert_eq!(
            matching(&host, "timestamp", "neq", value.clone()).await,
            vec![0, 1],
            "{value}"
        );
        let between = json!([0, value]);
        assert_eq!(
            matching(&host, "timestamp", "between", between).await,
            vec![0, 1, 2]
        );
    }
    let later = json!(milliseconds as f64 + 0.5);
    assert_eq!(
        matching(&host, "timestamp", "gt", later.clone()).await,
        Vec::<i64>::new()
    );
    assert_eq!(
        matching(&host, "timestamp", "lt", later).await,
        vec![0, 1, 2]
    );
    assert_eq!(
        matching(&host, "timestamp", "gt", json!("1970-01-01")).await,
        vec![0, 1, 2]
    );
    assert_eq!(
        matching(&host, "timestamp", "lt", json!(-1)).await,
        Vec::<i64>::new()
    );
    assert_eq!(
        matching(&host, "timestamp", "eq", json!(null)).await,
        Vec::<i64>::new()
    );
    assert_eq!(
        matching(&host, "timestamp", "in", json!([text, 7])).await,
        vec![2]
    );
    let newest = json!({ "from": { "instance": "log" }, "orderBy": { "field": "timestamp", "direction": "desc" }, "select": ["metadata.n", "timestamp"] });
    let result = host.query(newest).await;
    assert_eq!(
        numbers(&result),
        vec![2, 1, 0],
        "the last of one millisecond comes first"
    );
    assert_eq!(result["events"][0]["timestamp"], text);
}

async fn texts_that_a_database_cannot_hold_are_still_found(host: Opened) {
    fill(
        &host,
        json!([{ "v": "a\u{0}b" }, { "v": "ab" }, { "v": "a" }]),
    )
    .await;
    assert_eq!(matching(&host, "v", "eq", json!("a\u{0}b")).await, vec![0]);
    assert_eq!(
        matching(&host, "v", "contains", json!("\u{0}")).await,
        vec![0]
    );
    let frame = r#"{"type":"eventLog.appendEvent","params":{"instanceId":"log","payload":{"v":"x\ud800y"},"metadata":{"n":3}}}"#;
    host.operations.answer(frame).outcome.await.unwrap();
    assert_eq!(matching(&host, "v", "contains", json!("y")).await, vec![3]);
    for reduce in [
        json!({ "type": "count", "groupBy": ["v"] }),
        json!({ "type": "max", "field": "v" }),
    ] {
        let result = host
            .query(json!({ "from": { "instance": "log" }, "reduce": reduce }))
            .await;
        assert_eq!(result["total"], 4);
    }
}
