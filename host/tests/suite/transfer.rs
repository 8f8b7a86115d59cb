//! Taking an instance out and in again.

use std::io::Cursor;

use codebolt_host::operations::Bounds;
use codebolt_host::store::now_in_milliseconds;
use codebolt_host::transfer::{export, import};
use serde_json::{Value, json};

use crate::stores::{Opened, for_each_store};

for_each_store!(
    an_instance_that_is_exported_and_imported_is_the_same,
    a_faulty_file_is_refused_and_leaves_nothing_behind,
    what_goes_out_and_in_is_the_same_byte_for_byte,
    times_of_every_year_that_javascript_writes_come_out_as_they_went_in,
    an_import_is_held_to_the_bounds_of_the_wire,
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
    let earlier = {
        let mut event: Value = serde_json::from_str(lines[1300]).unwrap();
        event["timestamp"] = json!("2001-02-03T04:05:06.007Z");
        let event = event.to_string();
        [&lines[..1300], &[&*event], &lines[1301..]]
            .concat()
            .join("\n")
    };
    let garbled = file.replacen("\"n\":1200", "\"n\":1200}", 1);
    let cases = [
        (String::new(), "line 1"),
        ("{}".to_owned(), "line 1"),
        (
            file.replacen("\"version\":1", "\"version\":9", 1),
            "version 1",
        ),
        (cut, "got the end of the file"),
        // Also where the store finds it, a thousand events at a time.
        (missing, "line 1503: expected sequence_number 500"),
        (twice, "line 1501: expected each event once"),
        (earlier, "line 1301: expected a timestamp no earlier than"),
        (garbled, "line 1202"),
        (format!("{file}{file}"), "line 2504"),
        (
            format!("{file}\n \njunk"),
            "expected nothing after the end line",
        ),
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

/// The head and the tail of a file with these lines.
fn file_of(name: &str, events: &[Value]) -> String {
    let head =
        json!({ "format": "codebolt-event-log", "version": 1, "instance": { "name": name } });
    let tail = json!({ "end": true, "events": events.len() });
    let lines = std::iter::once(&head)
        .chain(events)
        .chain(std::iter::once(&tail));
    lines.map(|line| format!("{line}\n")).collect()
}

fn event(id: &str) -> Value {
    json!({
        "id": id, "stream_id": "s", "event_type": "t", "payload": 1, "metadata": {},
        "timestamp": "2024-01-02T03:04:05.006Z", "sequence_number": 1,
    })
}

async fn what_goes_out_and_in_is_the_same_byte_for_byte(host: Opened) {
    let made = host.done("createInstance", json!({ "name": "log" })).await["instance"].clone();
    let payloads = [
        "{\n \"a\" :\r\n [ 1 ,\n\t2\r]\n}",
        "[\n]",
        "[1\n,\n\"a\\nb\"\r,{\"k\"\n:\nnull}]",
        "{ \"big\": 12345678901234567890123.50e+1 }",
        "\"\\u2028\u{2028}\u{feff}\"",
    ];
    for payload in payloads {
        let frame = format!(
            r#"{{"type":"eventLog.appendEvent","requestId":"r","params":{{"instanceId":"log","payload":{payload},"metadata":{payload}}}}}"#
        );
        host.operations.answer(&frame).outcome.await.unwrap();
    }
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let file = exported(&host, "log").await;
    assert_eq!(file.lines().count(), payloads.len() + 2);
    for line in file.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    // As editors of another system leave it.
    let edited = format!("\u{feff}{}", file.replace('\n', "\r\n"));
    let bounds = Bounds::default();
    import(
        &host.store,
        Some("copy".into()),
        &bounds,
        &mut Cursor::new(edited),
    )
    .await
    .unwrap();
    let copied = host
        .done("getInstance", json!({ "instanceId": "copy" }))
        .await["instance"]
        .clone();
    assert_eq!(copied["createdAt"], made["createdAt"]);
    assert_eq!(copied["updatedAt"], made["updatedAt"]);
    for (position, payload) in payloads.iter().enumerate() {
        let query = format!(
            r#"{{"type":"eventLog.queryEvents","requestId":"r","params":{{"query":{{"from":{{"instance":"copy"}},"where":[{{"field":"log_position","operator":"eq","value":{}}}]}}}}}}"#,
            position + 1
        );
        let answering = host.operations.answer(&query);
        let reply = answering
            .address
            .frame(&answering.outcome.await, now_in_milliseconds());
        let wanted = format!(r#""payload":{payload},"metadata":{payload},"#);
        assert!(reply.contains(&wanted), "{reply}");
    }
    let again = exported(&host, "copy").await;
    let id = |instance: &Value| instance["id"].as_str().unwrap().to_owned();
    let same = again.replace(&id(&copied), &id(&made)).replacen(
        "\"name\":\"copy\"",
        "\"name\":\"log\"",
        1,
    );
    assert_eq!(file, same);
}

async fn times_of_every_year_that_javascript_writes_come_out_as_they_went_in(host: Opened) {
    let times = [
        "-271821-04-20T00:00:00.000Z",
        "-000001-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00.000Z",
        "1969-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59.999Z",
        "+010000-01-01T00:00:00.000Z",
        "+275760-09-13T00:00:00.000Z",
    ];
    let events: Vec<Value> = (1..)
        .zip(times)
        .map(|(number, time)| {
            let mut event = event(&format!("e{number}"));
            event["timestamp"] = json!(time);
            event["sequence_number"] = json!(number);
            event
        })
        .collect();
    let file = file_of("log", &events).replace(
        "\"name\":\"log\"",
        &format!(
            "\"name\":\"log\",\"createdAt\":{:?},\"updatedAt\":{:?}",
            times[0], times[6]
        ),
    );
    let bounds = Bounds::default();
    import(&host.store, None, &bounds, &mut Cursor::new(file))
        .await
        .unwrap();
    let instance = host
        .done("getInstance", json!({ "instanceId": "log" }))
        .await["instance"]
        .clone();
    assert_eq!(instance["createdAt"], times[0]);
    assert_eq!(instance["updatedAt"], times[6]);
    let out = exported(&host, "log").await;
    for (line, event) in out.lines().skip(1).zip(&events) {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["timestamp"], event["timestamp"]);
    }
    for (number, time) in times.iter().enumerate() {
        let condition = json!({ "field": "timestamp", "operator": "eq", "value": time });
        let query = json!({ "from": { "instance": "log" }, "where": [condition] });
        let found = host.query(query).await;
        assert_eq!(found["total"], 1, "{time}");
        assert_eq!(found["events"][0]["sequence_number"], number + 1);
        assert_eq!(found["events"][0]["timestamp"], *time);
    }
}

async fn an_import_is_held_to_the_bounds_of_the_wire(host: Opened) {
    let with = |key: &str, value: Value| {
        let mut event = event("e");
        event[key] = value;
        file_of("in", &[event])
    };
    let long = "n".repeat(600);
    let deep: Value =
        serde_json::from_str(&format!("{}1{}", "[".repeat(110), "]".repeat(110))).unwrap();
    let mut cases = vec![
        (
            with("id", json!(long)),
            "id: expected at most 512 bytes, got 600",
        ),
        (
            with("stream_id", json!(long)),
            "stream_id: expected at most 512 bytes, got 600",
        ),
        (with("event_type", json!("a\u{0}b")), "U+0000"),
        (
            with("stream_id", json!(" ")),
            "stream_id: expected a non-blank string, got \" \"",
        ),
        (with("payload", deep.clone()), "levels of nesting"),
        (with("metadata", deep), "levels of nesting"),
        (
            with("payloadText", json!("2")),
            "payloadText: expected the same JSON as payload",
        ),
        (with("payload", json!("x".repeat(100_000))), "--max-message"),
        (
            file_of(&long, &[]),
            "name: expected at most 512 bytes, got 600",
        ),
        (file_of("a\u{0}b", &[]), "U+0000"),
        (
            file_of("", &[]),
            "name: expected a non-blank string, got \"\"",
        ),
        (
            file_of("importing-0192a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", &[]),
            "imports in progress",
        ),
        (
            with("payload", json!(1)).replace("\"payload\":1", "\"payload\":1e999"),
            "1e999",
        ),
    ];
    cases.push((
        file_of("in", &[event("twice"), event("twice")]),
        "expected each event once, got twice again",
    ));
    let bounds = Bounds {
        message_bytes: 1_500,
        ..Bounds::default()
    };
    for (text, wanted) in cases {
        let failure = import(&host.store, None, &bounds, &mut Cursor::new(text)).await;
        let failure = failure.unwrap_err().to_string();
        assert!(
            failure.contains(wanted),
            "{failure} should speak of {wanted}"
        );
    }
    let not_utf8 = [file_of("in", &[]).into_bytes(), vec![0xff, 0xfe]].concat();
    let failure = import(&host.store, None, &bounds, &mut Cursor::new(not_utf8)).await;
    assert!(failure.unwrap_err().to_string().contains("line 3"));
    let all = host.done("listInstances", json!({})).await;
    assert_eq!(all["instances"], json!([]), "nothing is left behind");
}
