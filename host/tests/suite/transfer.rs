//! Taking an instance out and in again.

use std::io::Cursor;

use codebolt_host::operations::Bounds;
use codebolt_host::transfer::{export, import};
use serde_json::{Value, json};

use crate::stores::{Opened, for_both_stores};

for_both_stores!(
    an_instance_that_is_exported_and_imported_is_the_same,
    a_faulty_file_is_refused_and_leaves_nothing_behind,
);

async fn filled(host: &Opened) {
    host.done(
        "createInstance",
        json!({ "name": "log", "description": "d\n\"é\"" }),
    )
    .await;
    let events: Vec<Value> = (0..2500)
        .map(|n| json!({ "streamId": format!("s{}", n % 3), "eventType": "t", "payload": { "n": n, "z": [1.5, null] }, "metadata": { "m": n } }))
        .collect();
    host.done(
        "appendEvents",
        json!({ "instanceId": "log", "events": events }),
    )
    .await;
    let frame = "{\"type\":\"eventLog.appendEvent\",\"requestId\":\"r\",\"params\":{\"instanceId\":\"log\",\"payload\":{\n \"big\": 12345678901234567890123,\r\n\"half\":\"\\ud800\"}}}";
    host.operations.answer(frame).outcome.await.unwrap();
}

async fn exported(host: &Opened, name: &str) -> String {
    let mut out = Vec::new();
    export(&*host.store, name, &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

async fn an_instance_that_is_exported_and_imported_is_the_same(host: Opened) {
    filled(&host).await;
    let file = exported(&host, "log").await;
    assert_eq!(file.lines().count(), 2503);
    assert!(file.contains("12345678901234567890123") && file.contains("\\ud800"));
    let mut lines = Cursor::new(file.clone());
    let (name, count) = import(
        &host.store,
        Some("copy".into()),
        &Bounds::default(),
        &mut lines,
    )
    .await
    .unwrap();
    assert_eq!((name.as_str(), count), ("copy", 2501));
    let again = exported(&host, "copy").await;
    // All but the first line, which has the instance's own name and id, and the ids in the events.
    let old: Value = serde_json::from_str(file.lines().next().unwrap()).unwrap();
    let new: Value = serde_json::from_str(again.lines().next().unwrap()).unwrap();
    let id = |head: &Value| head["instance"]["id"].as_str().unwrap().to_owned();
    let same = again.replace(&id(&new), &id(&old));
    assert!(file.lines().skip(1).eq(same.lines().skip(1)));
    assert_eq!(new["instance"]["description"], "d\n\"é\"");
    // It goes on where it ended.
    let next = host
        .done(
            "appendEvent",
            json!({ "instanceId": "copy", "streamId": "s0" }),
        )
        .await;
    assert_eq!(next["event"]["sequence_number"], 835);
}

async fn a_faulty_file_is_refused_and_leaves_nothing_behind(host: Opened) {
    filled(&host).await;
    let file = exported(&host, "log").await;
    let lines: Vec<&str> = file.lines().collect();
    let cut = lines[..2000].join("\n");
    let missing = [&lines[..1500], &lines[1501..]].concat().join("\n");
    let twice = [&lines[..1500], &lines[1499..]].concat().join("\n");
    let garbled = file.replacen("\"n\":1200", "\"n\":1200}", 1);
    let cases = [
        (String::new(), "line 1"),
        ("{}".to_owned(), "line 1"),
        (
            file.replacen("\"version\":1", "\"version\":9", 1),
            "version 1",
        ),
        (cut, "ends too early"),
        (missing, "sequence number"),
        (twice, "twice"),
        (garbled, "line 1202"),
        (
            file.replacen("\"timestamp\":\"2", "\"timestamp\":\"x", 1),
            "timestamp",
        ),
    ];
    for (text, wanted) in cases {
        let failure = import(
            &host.store,
            Some("copy".into()),
            &Bounds::default(),
            &mut Cursor::new(text),
        )
        .await
        .unwrap_err();
        assert!(
            failure.to_string().contains(wanted),
            "{failure} should speak of {wanted}"
        );
    }
    let taken = import(
        &host.store,
        None,
        &Bounds::default(),
        &mut Cursor::new(file.clone()),
    )
    .await
    .unwrap_err();
    assert!(taken.to_string().contains("exists"), "{taken}");
    let all = host.done("listInstances", json!({})).await;
    assert_eq!(all["instances"].as_array().unwrap().len(), 1);
}
