use std::path::Path;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{create, expression, name_of, wanted};
use crate::query::{Field, QueryBounds, parse};
use crate::store::sqlite::counters::CachedCounters;
use crate::store::sqlite::{append, connection, instances, schema};
use crate::store::{Append, NewEvent};

/// What a reply says is what somebody copies to the command line.
#[test]
fn the_name_that_a_reply_says_is_the_one_that_index_takes_for_the_field() {
    for (asked, said) in [
        ("payload.user", "payload.user"),
        ("user", "payload.user"),
        ("metadata.user.name", "metadata.user.name"),
        ("payload.a_b-c$d", "payload.a_b-c$d"),
        ("payload.été2", "payload.été2"),
        ("payload[\"it's\"]", "payload[\"it's\"]"),
        ("payload[\"a b\"].c", "payload[\"a b\"].c"),
        ("payload[\"a.b\"]", "payload[\"a.b\"]"),
        ("payload[\"\"]", "payload[\"\"]"),
        ("payload[\"0\"]", "payload[\"0\"]"),
        ("payload[\"1st\"]", "payload[\"1st\"]"),
        ("payload.list[0]", "payload.list[0]"),
    ] {
        let field = Field::parse(asked).unwrap();
        let (in_metadata, path) = match &field {
            Field::Payload(path) => (false, path),
            Field::Metadata(path) => (true, path),
            Field::Column(_) => panic!("{asked} is a column"),
        };
        let name = name_of(in_metadata, path);
        assert_eq!(name, said);
        assert_eq!(Field::parse(&name).unwrap(), field, "{asked}");
        assert_eq!(expression(&name), expression(asked), "{asked}");
    }
}

#[test]
fn what_can_have_no_index_is_refused_with_what_is_wanted() {
    for (name, expected) in [
        ("payload", "a field inside payload or metadata, got payload"),
        (
            "metadata",
            "a field inside payload or metadata, got metadata",
        ),
        (
            "event_type",
            "a field inside payload or metadata, got event_type",
        ),
        (
            "payload.list.0",
            "a list's index as [0] and a key as [\"0\"], got payload.list.0",
        ),
        ("payload[", "--index: "),
    ] {
        let text = expression(name).unwrap_err().to_string();
        assert!(text.contains(expected), "{name}: {text}");
    }
    assert!(expression("payload.list[0]").is_ok());
    assert!(expression("metadata.a").is_ok());
}

fn new_file(file: &Path) -> Connection {
    let mut connection = connection::open_for_writing(file).unwrap();
    schema::migrate(&mut connection).unwrap();
    connection
}

fn number_of_indexes(connection: &Connection) -> i64 {
    let count =
        "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name LIKE 'event_field %'";
    connection.query_row(count, [], |row| row.get(0)).unwrap()
}

#[test]
fn an_index_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let connection = new_file(&folder.path().join("events.db"));
    for _ in 0..2 {
        for name in ["payload.user", "payload[\"say \\\"it's\\\"\"]"] {
            create(&connection, name).unwrap();
        }
        assert_eq!(number_of_indexes(&connection), 2);
    }
}

#[test]
fn an_index_is_wanted_where_it_would_spare_reading_ten_thousand_events_or_more() {
    let folder = tempfile::tempdir().unwrap();
    let connection = new_file(&folder.path().join("events.db"));
    let append_at = |name: &str, events: usize, timestamp: Option<i64>| {
        let event = NewEvent {
            id: None,
            stream_id: "s".into(),
            event_type: "t".into(),
            payload: "{}".into(),
            metadata: "{}".into(),
            expected_version: None,
            timestamp,
        };
        let request = Append {
            reference: name.into(),
            create: true,
            expected_version: None,
            events: vec![event; events],
        };
        let transaction = connection.unchecked_transaction().unwrap();
        append::append(&connection, &mut CachedCounters::default(), &request).unwrap();
        transaction.commit().unwrap();
    };
    let append = |name: &str, events: usize| append_at(name, events, None);
    append("short", 9_999);
    append("long", 10_000);
    create(&connection, "payload.indexed").unwrap();
    let asked = |instance: &str, conditions: Value| {
        let query = json!({ "from": { "instance": instance }, "where": conditions });
        let bounds = QueryBounds {
            name_bytes: 100,
            aggregation_values: 100,
            reply_bytes: 100_000,
        };
        let plan = parse(&query, bounds).unwrap();
        let found = instances::find(&connection, instance).unwrap();
        let wanted = wanted(&connection, &found, &plan).unwrap();
        wanted.map(|wanted| (wanted.field, wanted.events))
    };
    let test = |field: &str, operator: &str, value: Value| json!({ "field": field, "operator": operator, "value": value });
    let user = test("payload.user", "eq", json!(1));
    let said = |events: u64| Some(("payload.user".to_owned(), events));
    assert_eq!(asked("long", json!([user])), said(10_000));
    append("long", 1);
    let said = said(10_001);
    assert_eq!(asked("long", json!([user])), said);
    assert_eq!(asked("short", json!([user])), None);
    for (operator, value) in [
        ("in", json!([1, 2])),
        ("gt", json!(1)),
        ("between", json!([1, 2])),
    ] {
        let condition = json!([test("payload.user", operator, value)]);
        assert_eq!(asked("long", condition), said, "{operator}");
    }
    let both = json!([test("metadata.by", "eq", json!(1)), user]);
    assert_eq!(
        asked("long", both),
        Some(("metadata.by".to_owned(), 10_001))
    );
    // Of those that a range of positions leaves, too.
    for (first, expected) in [(2, Some(10_000)), (3, None)] {
        let from = json!([user, test("log_position", "gte", json!(first))]);
        assert_eq!(asked("long", from).map(|(_, events)| events), expected);
    }
    append_at("dated", 10_000, Some(1));
    append_at("dated", 9_999, Some(2));
    for (operator, instant, expected) in [
        ("lte", 2, Some(19_999)),
        ("lte", 1, Some(10_000)),
        ("gte", 1, Some(19_999)),
        ("gte", 2, None),
        ("eq", 1, Some(10_000)),
    ] {
        let of_time = json!([user, test("timestamp", operator, json!(instant))]);
        let found = asked("dated", of_time).map(|(_, events)| events);
        assert_eq!(found, expected, "{operator} {instant}");
    }
    // None helps, there is one, or something else leads to the few already.
    for (what, other) in [
        ("an index", test("payload.indexed", "eq", json!(1))),
        ("a stream", test("stream_id", "eq", json!("s"))),
        ("types", test("event_type", "in", json!(["t"]))),
        ("an id", test("id", "eq", json!("x"))),
    ] {
        assert_eq!(asked("long", json!([user, other])), None, "{what}");
    }
    for (what, conditions) in [
        ("nothing asked", json!([])),
        ("not equal", json!([test("payload.user", "neq", json!(1))])),
        (
            "contains",
            json!([test("payload.user", "contains", json!(1))]),
        ),
        (
            "the whole payload",
            json!([test("payload", "eq", json!(1))]),
        ),
        (
            "the whole metadata",
            json!([test("metadata", "eq", json!(1))]),
        ),
        (
            "a key or an index",
            json!([test("payload.list.0", "eq", json!(1))]),
        ),
        (
            "an order of the type",
            json!([test("event_type", "gt", json!("a"))]),
        ),
    ] {
        assert_eq!(asked("long", conditions), None, "{what}");
    }
    // These lead to few no more than a range does.
    let range = json!([user, test("event_type", "neq", json!("x"))]);
    assert_eq!(asked("long", range), said);
}
