//! What a query costs, in steps of SQLite's virtual machine: those that lead to few events cost the same in a log that is
//! ten times as long.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::counters::CachedCounters;
use super::{append, connection, indexes, instances, rows, schema, select};
use crate::query::{Answer, Plan, QueryBounds, parse};
use crate::store::{Append, NewEvent};

const SHORT: i64 = 200;
const LONG: i64 = 2_000;
/// So many events at the end of a log are of a stream, a type and a user of their own.
const FEW: i64 = 5;
/// When the first event happened; the others follow by milliseconds.
const BEGINNING: i64 = 1_700_000_000_000;

fn event(length: i64, number: i64) -> NewEvent {
    let (stream, kind, user) = if number > length - FEW {
        ("few", "rare", 1)
    } else {
        ("many", "common", 0)
    };
    NewEvent {
        id: Some(format!("{length}-{number}")),
        stream_id: Arc::from(stream),
        event_type: Arc::from(kind),
        payload: Arc::from(json!({ "user": user }).to_string()),
        metadata: Arc::from("{}"),
        expected_version: None,
        timestamp: Some(BEGINNING + number),
    }
}

fn append_all(file: &Path, length: i64) {
    let connection = connection::open_for_writing(file).unwrap();
    let request = Append {
        reference: "log".into(),
        create: true,
        expected_version: None,
        events: (1..=length).map(|number| event(length, number)).collect(),
    };
    let transaction = connection.unchecked_transaction().unwrap();
    append::append(&connection, &mut CachedCounters::default(), &request).unwrap();
    transaction.commit().unwrap();
}

fn plan(query: &Value) -> Plan {
    let mut whole = query.clone();
    let mut from = json!({ "instance": "log" });
    if let Some(stream) = whole.as_object_mut().unwrap().remove("stream") {
        from["stream"] = stream;
    }
    whole["from"] = from;
    let bounds = QueryBounds {
        name_bytes: 100,
        aggregation_values: 100,
        reply_bytes: 100_000,
    };
    parse(&whole, bounds).unwrap()
}

/// A connection that reads, and the steps that it has made.
fn counting(file: &Path) -> (Connection, Arc<AtomicU64>) {
    let mut connection = connection::open_for_reading(file).unwrap();
    let steps = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&steps);
    let count = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        false
    };
    connection.progress_handler(1, Some(count)).unwrap();
    (connection, steps)
}

/// Asks the logs of both lengths; the answers, and what each cost.
fn costs<T>(folder: &Path, ask: impl Fn(&Connection, i64) -> T) -> [(T, u64); 2] {
    [SHORT, LONG].map(|length| {
        let (connection, steps) = counting(&file_of(folder, length));
        ask(&connection, length);
        // Once more, for the first time reads what tables there are.
        let before = steps.load(Ordering::Relaxed);
        let answer = ask(&connection, length);
        (answer, steps.load(Ordering::Relaxed) - before)
    })
}

fn is_as_cheap<T>(folder: &Path, what: &str, ask: impl Fn(&Connection, i64) -> T) -> [T; 2] {
    let [(one, short), (two, long)] = costs(folder, ask);
    assert!(
        long < short + short / 2,
        "{what}: {short} steps for {SHORT} events, {long} steps for {LONG}"
    );
    [one, two]
}

/// Each log has a file of its own: what reads a whole table costs as much as the table is long.
fn file_of(folder: &Path, length: i64) -> PathBuf {
    folder.join(format!("{length}.db"))
}

fn make(folder: &Path, length: i64) {
    let file = file_of(folder, length);
    let mut connection = connection::open_for_writing(&file).unwrap();
    schema::migrate(&mut connection).unwrap();
    indexes::create(&connection, "payload.user").unwrap();
    append_all(&file, length);
}

fn folder_of_both() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), SHORT);
    make(folder.path(), LONG);
    folder
}

#[test]
fn what_leads_to_few_events_costs_the_same_in_a_log_that_is_ten_times_as_long() {
    let folder = folder_of_both();
    let few = u64::try_from(FEW).unwrap();
    let test = |field: &str, operator: &str, value: Value| json!([{ "field": field, "operator": operator, "value": value }]);
    let by = |field: &str, direction: &str| json!({ "field": field, "direction": direction });
    type Query<'a> = Box<dyn Fn(i64) -> Value + 'a>;
    let pages: Vec<(&str, u64, Query<'_>)> = vec![
        ("the first page", few, Box::new(|_| json!({}))),
        (
            "the last page",
            few,
            Box::new(|length| json!({ "offset": length - FEW })),
        ),
        (
            "behind the last page",
            0,
            Box::new(|length| json!({ "offset": length + 1 })),
        ),
        (
            "the newest first",
            few,
            Box::new(|_| json!({ "orderBy": by("log_position", "desc") })),
        ),
        (
            "the oldest, counted from the newest",
            few,
            Box::new(
                |length| json!({ "orderBy": by("timestamp", "desc"), "offset": length - FEW }),
            ),
        ),
        (
            "a short stream",
            few,
            Box::new(|_| json!({ "stream": "few" })),
        ),
        (
            "the last page of a long stream",
            few,
            Box::new(|length| json!({ "stream": "many", "offset": length - FEW - FEW })),
        ),
        (
            "the first page of a long stream, from its end",
            few,
            Box::new(
                |length| json!({ "stream": "many", "orderBy": by("log_position", "desc"), "offset": length - FEW - FEW }),
            ),
        ),
        (
            "a type in a short stream",
            0,
            Box::new(
                |_| json!({ "stream": "few", "where": test("event_type", "eq", json!("common")) }),
            ),
        ),
        (
            "a stream of a list",
            few,
            Box::new(|_| json!({ "where": test("stream_id", "in", json!(["few"])) })),
        ),
        (
            "a rare type",
            few,
            Box::new(|_| json!({ "where": test("event_type", "eq", json!("rare")) })),
        ),
        (
            "a rare type of a list",
            few,
            Box::new(|_| json!({ "where": test("event_type", "in", json!(["rare"])) })),
        ),
        (
            "an event by its id",
            1,
            Box::new(|length| json!({ "where": test("id", "eq", json!(format!("{length}-1"))) })),
        ),
        (
            "what follows a position",
            few,
            Box::new(|length| json!({ "where": test("log_position", "gt", json!(length - FEW)) })),
        ),
        (
            "what follows half a position",
            few,
            Box::new(
                |length| json!({ "where": test("log_position", "gte", json!(length as f64 - FEW as f64 + 0.5)) }),
            ),
        ),
        (
            "what is before a position",
            few,
            Box::new(|_| json!({ "where": test("log_position", "lte", json!(FEW)) })),
        ),
        (
            "an event by its position",
            1,
            Box::new(|length| json!({ "where": test("log_position", "eq", json!(length - 1)) })),
        ),
        (
            "what is between two positions",
            2,
            Box::new(
                |length| json!({ "where": test("log_position", "between", json!([length - 1, length])) }),
            ),
        ),
        (
            "what follows an instant",
            few,
            Box::new(
                |length| json!({ "where": test("timestamp", "gt", json!(BEGINNING + length - FEW)) }),
            ),
        ),
        (
            "what is before an instant",
            few,
            Box::new(|_| json!({ "where": test("timestamp", "lte", json!(BEGINNING + FEW)) })),
        ),
        (
            "what has an index",
            few,
            Box::new(|_| json!({ "where": test("payload.user", "eq", json!(1)) })),
        ),
        (
            "the newest by an index",
            few,
            Box::new(
                |_| json!({ "where": test("payload.user", "in", json!([1, 2])), "orderBy": by("timestamp", "desc") }),
            ),
        ),
    ];
    for (what, found, query) in pages {
        let answers = is_as_cheap(folder.path(), what, |connection, length| -> Answer {
            let mut query = query(length);
            query["limit"] = json!(FEW);
            select::query(connection, &plan(&query)).unwrap()
        });
        for answer in answers {
            assert_eq!(answer.events.len() as u64, found, "{what}");
        }
    }
}

#[test]
fn counts_of_events_streams_and_types_are_kept_and_not_counted_again() {
    let folder = folder_of_both();
    for (reduce, more) in [
        (json!({ "type": "count" }), json!({})),
        (json!({ "type": "count" }), json!({ "stream": "many" })),
        (
            json!({ "type": "count" }),
            json!({ "where": [{ "field": "event_type", "operator": "eq", "value": "common" }] }),
        ),
        (
            json!({ "type": "count", "groupBy": ["stream_id"] }),
            json!({}),
        ),
        (
            json!({ "type": "count", "groupBy": ["event_type"] }),
            json!({}),
        ),
        (json!({ "type": "collect" }), json!({ "limit": 1 })),
    ] {
        let mut query = more;
        query["reduce"] = reduce;
        let totals = is_as_cheap(folder.path(), &query.to_string(), |connection, _| {
            select::query(connection, &plan(&query)).unwrap().total
        });
        assert!(
            totals[0] >= 195 && totals[1] >= 1_995,
            "{query}: {totals:?}"
        );
    }
}

#[test]
fn an_export_goes_on_from_where_it_was() {
    let folder = folder_of_both();
    let positions = is_as_cheap(folder.path(), "what follows", |connection, length| {
        let id = instances::find(connection, "log").unwrap().row.id;
        let events = rows::after(connection, &id, length - 2, 10).unwrap();
        events
            .iter()
            .map(|event| event.position)
            .collect::<Vec<_>>()
    });
    assert_eq!(positions, [vec![SHORT - 1, SHORT], vec![LONG - 1, LONG]]);
}

/// So far down SQLite sorts in another way.
#[test]
fn a_page_far_down_an_order_by_a_field_is_the_one_that_counting_leads_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let mut connection = connection::open_for_writing(&file).unwrap();
    schema::migrate(&mut connection).unwrap();
    append_all(&file, 10_003);
    let (reader, _) = counting(&file);
    for (direction, offset, limit, expected) in [
        ("asc", 9_996, 4, vec![9_997, 9_998, 9_999, 10_000]),
        (
            "asc",
            9_996,
            10,
            vec![9_997, 9_998, 9_999, 10_000, 10_001, 10_002, 10_003],
        ),
        ("desc", 9_998, 3, vec![5, 4, 3]),
        ("desc", 10_001, 10, vec![2, 1]),
        ("desc", 10_003, 10, vec![]),
    ] {
        let order = json!({ "field": "payload.user", "direction": direction });
        let query = json!({ "orderBy": order, "offset": offset, "limit": limit, "select": ["log_position"] });
        let answer = select::query(&reader, &plan(&query)).unwrap();
        let expected: Vec<String> = expected
            .iter()
            .map(|position| format!("{{\"log_position\":{position}}}"))
            .collect();
        assert_eq!(answer.events, expected, "{query}");
    }
}
