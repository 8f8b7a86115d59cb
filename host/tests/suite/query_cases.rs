//! Queries by hand, with the places where databases like to be helpful.

use serde_json::{Value, json};

use crate::stores::{Opened, for_each_store};

for_each_store!(
    values_of_different_types_are_never_equal_nor_in_order,
    paths_lead_into_objects_and_lists,
    every_double_equals_itself,
    numbers_compare_by_value_also_where_doubles_end,
    instants_are_milliseconds_or_iso_texts,
    an_order_puts_types_apart_and_what_is_missing_last,
    selected_fields_come_back_by_the_names_that_were_asked,
    limits_and_offsets_cut_and_are_echoed,
    as_many_long_lists_as_a_query_may_have_are_answered,
    texts_that_a_database_cannot_hold_are_still_found,
    reductions_have_their_documented_shapes,
    sums_are_exact_to_the_last_digit_in_whatever_order_the_numbers_came,
    deep_pages_are_those_that_counting_leads_to,
    a_faulty_query_says_which_part_is_wrong,
    a_follower_reads_on_from_a_position,
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

/// One event for each payload, and in its metadata the number that says which it is.
async fn fill(host: &Opened, payloads: Value) {
    let events = payloads.as_array().unwrap().iter().enumerate();
    let events: Vec<Value> = events
        .map(|(n, payload)| json!({ "payload": payload, "metadata": { "n": n } }))
        .collect();
    host.done(
        "appendEvents",
        json!({ "instanceId": "log", "autoCreateInstance": true, "events": events }),
    )
    .await;
}

/// Which events meet the condition.
async fn matching(host: &Opened, field: &str, operator: &str, value: Value) -> Vec<i64> {
    let condition = json!({ "field": field, "operator": operator, "value": value });
    let query = json!({ "from": { "instance": "log" }, "where": [condition], "select": ["metadata.n"], "limit": 10_000 });
    numbers(&host.query(query).await)
}

fn numbers(result: &Value) -> Vec<i64> {
    let events = result["events"].as_array().unwrap();
    events
        .iter()
        .map(|event| event["metadata.n"].as_i64().unwrap())
        .collect()
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

async fn an_order_puts_types_apart_and_what_is_missing_last(host: Opened) {
    fill(&host, json!([{ "v": "b" }, {}, { "v": 10 }, { "v": true }, { "v": null }, { "v": "B" }, { "v": 9.5 }, { "v": [1] }, { "v": false }, { "v": 10 }, { "v": "é" }])).await;
    let order = |direction: &str| json!({ "from": { "instance": "log" }, "orderBy": { "field": "payload.v", "direction": direction }, "select": ["metadata.n"] });
    assert_eq!(
        numbers(&host.query(order("asc")).await),
        vec![8, 3, 6, 2, 9, 5, 0, 10, 1, 4, 7]
    );
    assert_eq!(
        numbers(&host.query(order("desc")).await),
        vec![10, 0, 5, 9, 2, 6, 3, 8, 7, 4, 1]
    );
    let plain = json!({ "from": { "instance": "log" }, "orderBy": { "field": "sequence_number" }, "select": ["metadata.n"], "limit": 2, "offset": 1 });
    assert_eq!(numbers(&host.query(plain).await), vec![1, 2]);
}

async fn selected_fields_come_back_by_the_names_that_were_asked(host: Opened) {
    fill(
        &host,
        json!([{ "a": { "b": [1, { "c": null }] }, "x": "y" }]),
    )
    .await;
    let select = json!([
        "payload.a.b",
        "payload.a.b[1].c",
        "a.b.0",
        "x",
        "x",
        "payload.none",
        "event_type",
        "eventType",
        "metadata",
        "sequence_number"
    ]);
    let result = host
        .query(json!({ "from": { "instance": "log" }, "select": select }))
        .await;
    let wanted = json!({ "payload.a.b": [1, { "c": null }], "payload.a.b[1].c": null, "a.b.0": 1, "x": "y", "event_type": "event", "eventType": "event", "metadata": { "n": 0 }, "sequence_number": 1 });
    assert_eq!(result["events"], json!([wanted]));
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

async fn limits_and_offsets_cut_and_are_echoed(host: Opened) {
    let all: Vec<i64> = (0..150).collect();
    fill(&host, json!(all)).await;
    let ask = async |limit: Value, offset: Value| {
        let result = host.query(json!({ "from": { "instance": "log" }, "select": ["metadata.n"], "limit": limit, "offset": offset })).await;
        (
            numbers(&result),
            result["total"].clone(),
            result["limit"].clone(),
            result["offset"].clone(),
        )
    };
    let (found, total, limit, offset) = ask(json!(null), json!(null)).await;
    assert_eq!(
        (found.len(), total, limit, offset),
        (100, json!(150), json!(100), json!(0))
    );
    assert_eq!(ask(json!(3), json!(148)).await.0, vec![148, 149]);
    assert_eq!(
        ask(json!(0), json!(0)).await,
        (vec![], json!(150), json!(0), json!(0))
    );
    assert_eq!(ask(json!(10_000), json!(0)).await.0.len(), 150);
    assert_eq!(ask(json!(1), json!(1000)).await.0, Vec::<i64>::new());
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

async fn deep_pages_are_those_that_counting_leads_to(host: Opened) {
    let payloads = (0..40).map(|n| json!({ "n": n }));
    fill(&host, payloads.collect()).await;
    let others: Vec<Value> = (0..7)
        .map(|n| json!({ "streamId": "other", "payload": { "n": 100 + n } }))
        .collect();
    host.done(
        "appendEvents",
        json!({ "instanceId": "log", "events": others }),
    )
    .await;
    let page = async |stream: Option<&str>, order: Option<(&str, &str)>, offset: usize| {
        let mut query = json!({ "from": { "instance": "log" }, "limit": 3, "offset": offset });
        if let Some(stream) = stream {
            query["from"]["stream"] = json!(stream);
        }
        if let Some((field, direction)) = order {
            query["orderBy"] = json!({ "field": field, "direction": direction });
        }
        let found = host.query(query).await;
        let numbers = found["events"].as_array().unwrap().iter();
        numbers
            .map(|event| event["payload"]["n"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    for field in ["timestamp", "log_position"] {
        let (up, down) = (Some((field, "asc")), Some((field, "desc")));
        assert_eq!(page(None, up, 38).await, [38, 39, 100]);
        assert_eq!(page(None, down, 0).await, [106, 105, 104]);
        assert_eq!(page(None, down, 46).await, [0]);
        assert_eq!(page(None, down, 47).await, [0_i64; 0]);
        assert_eq!(page(Some("other"), up, 5).await, [105, 106]);
        assert_eq!(page(Some("other"), down, 5).await, [101, 100]);
    }
    assert_eq!(page(None, None, 45).await, [105, 106]);
    assert_eq!(page(None, None, 47).await, [0_i64; 0]);
    assert_eq!(page(Some("other"), None, 0).await, [100, 101, 102]);
    assert_eq!(page(None, Some(("payload.n", "desc")), 45).await, [1, 0]);
    assert_eq!(page(Some("none"), None, 1).await, [0_i64; 0]);
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

async fn a_follower_reads_on_from_a_position(host: Opened) {
    let all: Vec<i64> = (0..25).collect();
    fill(&host, json!(all)).await;
    let mut position = 0;
    let mut seen = Vec::new();
    loop {
        let condition = json!({ "field": "log_position", "operator": "gt", "value": position });
        let query = json!({ "from": { "instance": "log" }, "where": [condition], "select": ["log_position", "metadata.n"], "limit": 10 });
        let result = host.query(query).await;
        let Some(last) = result["events"].as_array().unwrap().last() else {
            break;
        };
        position = last["log_position"].as_i64().unwrap();
        seen.extend(numbers(&result));
    }
    assert_eq!(seen, all);
}
