//! Snapshots: what is kept in them, and what bytes are refused.

use codebolt_event_log::operations::Bounds;
use codebolt_event_log::store::memory::MemoryStore;
use codebolt_event_log::transfer::{exported, restored, snapshot};
use serde_json::{Value, json};

use crate::stores::{Opened, now_in_milliseconds};

fn restore(bytes: &[u8]) -> Result<MemoryStore, String> {
    let clock = Box::new(now_in_milliseconds);
    restored(bytes, &Bounds::default(), clock).map_err(|fault| fault.to_string())
}

fn head(instance: &Value) -> Value {
    json!({ "format": "codebolt-event-log", "version": 1, "instance": instance })
}

fn event(id: &str, sequence_number: i64) -> Value {
    json!({
        "id": id, "stream_id": "s", "event_type": "t", "payload": 1, "metadata": {},
        "timestamp": "2024-01-02T03:04:05.006Z", "sequence_number": sequence_number,
    })
}

fn end(events: i64) -> Value {
    json!({ "end": true, "events": events })
}

fn end_of(events: i64, instance: i64, of: i64) -> Value {
    json!({ "end": true, "events": events, "instance": instance, "of": of })
}

fn with(mut object: Value, key: &str, value: Value) -> Value {
    object[key] = value;
    object
}

fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[tokio::test]
async fn a_snapshot_is_restored_byte_for_byte_and_so_is_one_instance_of_it() {
    let host = Opened::memory();
    host.done(
        "createInstance",
        json!({ "name": "one", "description": "the \"first\"" }),
    )
    .await;
    host.done("createInstance", json!({ "name": "empty" }))
        .await;
    for payload in ["{ \"a\" :\n[1.50,\r\n2] }", "\"a\\nb\"", "null"] {
        let frame = format!(
            r#"{{"type":"eventLog.appendEvent","params":{{"instanceId":"one","payload":{payload},"metadata":{{"b": {payload}}}}}}}"#
        );
        host.operations.answer(&frame).outcome.await.unwrap();
    }
    let bytes = snapshot(&host.memory_store);
    let store = restore(&bytes).unwrap();
    assert_eq!(snapshot(&store), bytes);
    assert_eq!(store.all_instances(), host.memory_store.all_instances());
    let one = exported(&store, "one").unwrap();
    assert_eq!(exported(&restore(&one).unwrap(), "one").unwrap(), one);
    let line = std::str::from_utf8(&one).unwrap().lines().nth(1).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["payloadText"], "{ \"a\" :\n[1.50,\r\n2] }");
    let none = exported(&store, "none").unwrap_err().to_string();
    assert!(none.contains("no instance"), "{none}");
    assert_eq!(snapshot(&restore(b"").unwrap()), b"");
}

#[test]
fn an_instance_without_times_was_made_and_changed_when_time_began() {
    let made = "2024-01-02T03:04:05.006Z";
    for (instance, created_at, updated_at) in [
        (json!({ "id": "i", "name": "log" }), 0, 0),
        (
            json!({ "id": "i", "name": "log", "createdAt": made }),
            1_704_164_645_006,
            1_704_164_645_006,
        ),
        (
            json!({ "id": "i", "name": "log", "updatedAt": made }),
            0,
            1_704_164_645_006,
        ),
    ] {
        let store = restore(text(&[head(&instance), end(0)]).as_bytes()).unwrap();
        let row = store.all_instances().pop().unwrap();
        let times = (row.created_at, row.updated_at);
        assert_eq!(times, (created_at, updated_at), "{instance}");
    }
}

#[test]
fn times_of_every_year_that_javascript_writes_are_kept() {
    let times = [
        "-271821-04-20T00:00:00.000Z",
        "-000001-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z",
        "+010000-01-01T00:00:00.000Z",
        "+275760-09-13T00:00:00.000Z",
    ];
    let instance =
        json!({ "id": "i", "name": "log", "createdAt": times[0], "updatedAt": times[5] });
    let events = (1..)
        .zip(times)
        .map(|(number, time)| with(event(time, number), "timestamp", json!(time)));
    let mut lines = vec![head(&instance)];
    lines.extend(events);
    lines.push(end(6));
    let store = restore(text(&lines).as_bytes()).unwrap();
    let kept = exported(&store, "log").unwrap();
    for (line, wanted) in kept.split(|byte| *byte == b'\n').zip(&lines) {
        let mut line: Value = serde_json::from_slice(line).unwrap();
        if let Some(event) = line.as_object_mut() {
            event.remove("instanceId");
        }
        assert_eq!(line, *wanted);
    }
}

#[test]
fn bytes_that_are_no_snapshot_are_refused_with_the_line_and_what_is_wrong_with_it() {
    let log = || head(&json!({ "id": "i", "name": "log" }));
    let named = |key: &str, value: Value| {
        let instance = with(json!({ "id": "i", "name": "log" }), key, value);
        text(&[head(&instance), end(0)])
    };
    let one = |event: Value| text(&[log(), event, end(1)]);
    let other = |id: &str, name: &str| head(&json!({ "id": id, "name": name }));
    let long = "n".repeat(513);
    let older = with(
        event("e2", 2),
        "timestamp",
        json!("2024-01-02T03:04:05.005Z"),
    );
    let mut without_id = event("e", 1);
    without_id.as_object_mut().unwrap().remove("id");
    let cases = [
        (
            "x".into(),
            "line 1: expected an export's first line, got something else: expected value at column 1",
        ),
        (
            text(&[with(log(), "format", json!("csv"))]),
            "line 1: expected codebolt-event-log of version 1, got \"csv\" of version 1",
        ),
        (
            text(&[with(log(), "version", json!(2))]),
            "line 1: expected codebolt-event-log of version 1, got \"codebolt-event-log\" of version 2",
        ),
        (
            named("id", json!(null)),
            "line 1: the instance's id: expected a non-blank string, got nothing",
        ),
        (
            named("id", json!(" ")),
            "line 1: the instance's id: expected a non-blank string, got \" \"",
        ),
        (
            named("name", json!("")),
            "line 1: the instance's name: expected a non-blank string, got \"\"",
        ),
        (
            named("name", json!(long)),
            "line 1: the instance's name: expected at most 512 bytes, got 513",
        ),
        (
            named(
                "name",
                json!("importing-0192a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"),
            ),
            "imports in progress",
        ),
        (
            named("description", json!("d".repeat(64 * 1024 + 1))),
            "line 1: the instance's description: expected at most 65536 bytes, got 65537",
        ),
        (
            named("createdAt", json!("yesterday")),
            "line 1: expected an ISO 8601 timestamp from -271821-04-20 to +275760-09-13 in whole milliseconds, got \"yesterday\"",
        ),
        (
            named("updatedAt", json!("2024-01-02T03:04:05.0065Z")),
            "line 1: expected an ISO 8601 timestamp from -271821-04-20 to +275760-09-13 in whole milliseconds, got \"2024-01-02T03:04:05.0065Z\"",
        ),
        (
            one(without_id),
            "line 2: expected an event or the end line, got something else: missing field `id` at column",
        ),
        (
            text(&[log(), with(end(0), "end", json!(false))]),
            "line 2: expected an event or the end line",
        ),
        (
            one(with(event("e", 1), "id", json!(long))),
            "line 2: id: expected at most 512 bytes, got 513",
        ),
        (
            one(with(event("e", 1), "stream_id", json!(""))),
            "line 2: stream_id: expected a non-blank string, got \"\"",
        ),
        (
            one(with(event("e", 1), "event_type", json!(" "))),
            "line 2: event_type: expected a non-blank string, got \" \"",
        ),
        (
            one(with(event("e", 1), "metadataText", json!("{ }"))),
            "line 2: metadataText: expected the same JSON as metadata, got another",
        ),
        (
            one(with(event("e", 1), "timestamp", json!("now"))),
            "line 2: expected an ISO 8601 timestamp from -271821-04-20 to +275760-09-13 in whole milliseconds, got \"now\"",
        ),
        (
            one(with(
                event("e", 1),
                "timestamp",
                json!("+275760-09-13T00:00:00.001Z"),
            )),
            "line 2: expected an ISO 8601 timestamp from -271821-04-20 to +275760-09-13 in whole milliseconds, got",
        ),
        (
            text(&[log(), event("e", 1), event("e", 2), end(2)]),
            "line 3: expected each event once, got e again",
        ),
        (
            text(&[log(), event("e1", 1), event("e2", 3), end(2)]),
            "line 3: expected sequence_number 2 of event e2, the next in its stream, got 3",
        ),
        (
            text(&[log(), event("e1", 1), older, end(2)]),
            "line 3: the event after position 1 is older than the one at it",
        ),
        (
            text(&[log(), event("e", 1), end(2)]),
            "line 3: expected an end line that counts 1 events, got 2",
        ),
        (
            text(&[log(), event("e", 1)]),
            "line 3: expected more lines, got the end of the snapshot",
        ),
        (
            text(&[log(), end_of(0, 2, 2)]),
            "line 2: expected the end of instance 1, got the end of 2",
        ),
        (
            text(&[log(), end_of(0, 1, 2)]),
            "line 3: expected more lines, got the end of the snapshot",
        ),
        (
            text(&[log(), end_of(0, 1, 2), other("j", "other"), end_of(0, 1, 2)]),
            "line 4: expected the end of instance 2, got the end of 1",
        ),
        (
            text(&[log(), end(0), other("j", "log"), end(0)]),
            "line 4: an instance named \"log\" already exists",
        ),
        (
            text(&[log(), end(0), other("i", "other"), end(0)]),
            "line 4: the name \"i\" is the id of an instance",
        ),
        (
            text(&[log(), end(0), other("log", "other"), end(0)]),
            "line 4: the name \"log\" is the id of an instance",
        ),
    ];
    for (bytes, wanted) in cases {
        let fault = restore(bytes.as_bytes()).err().unwrap_or_default();
        assert!(fault.contains(wanted), "{bytes}: {fault:?}");
    }
    let not_utf8 = [text(&[log(), event("e", 1)]).as_bytes(), b"\"\xff"].concat();
    let fault = restore(&not_utf8).err().unwrap_or_default();
    let wanted = "line 3: expected UTF-8, got other bytes";
    assert!(fault.contains(wanted), "{fault:?}");
}
