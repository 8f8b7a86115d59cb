//! How long queries take.

use std::path::Path;
use std::time::Instant;

use codebolt_host::store::{Append, NewEvent, Store, Write, write};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde_json::json;

use crate::Effort;
use crate::events::payload;
use crate::host::Host;

const STREAMS: usize = 1_000;
const TYPES: usize = 20;
const USERS: usize = 10_000;

/// What one kind of query came to, in milliseconds.
pub struct Row {
    pub name: &'static str,
    /// Whether an index leads to it.
    pub indexed: bool,
    pub host: Vec<f64>,
    pub bare_sql: Vec<f64>,
}

type Statement = (&'static str, Vec<Value>);

pub struct Kind {
    pub name: &'static str,
    indexed: bool,
    pub query: fn(usize) -> serde_json::Value,
    /// Statements and their values.
    bare_sql: fn(usize) -> Vec<Statement>,
}

fn text(text: String) -> Value {
    Value::Text(text)
}

pub fn kinds() -> Vec<Kind> {
    vec![
        Kind {
            name: "100 of a stream of 1,000",
            indexed: true,
            query: |n| json!({ "from": { "instance": "log", "stream": format!("s{}", n % STREAMS) } }),
            bare_sql: |n| {
                let stream = text(format!("s{}", n % STREAMS));
                vec![
                    (
                        "SELECT e.*, s.name, t.name FROM stream s JOIN event e ON e.stream = s.key JOIN event_type t ON t.key = e.type WHERE s.instance = 1 AND s.name = ?1 ORDER BY e.sequence_number LIMIT 100",
                        vec![stream.clone()],
                    ),
                    (
                        "SELECT last_sequence FROM stream WHERE instance = 1 AND name = ?1",
                        vec![stream],
                    ),
                ]
            },
        },
        Kind {
            name: "100 of a type of 50,000",
            indexed: true,
            query: |n| json!({ "from": { "instance": "log" }, "where": [{ "field": "event_type", "operator": "eq", "value": format!("t{}", n % TYPES) }] }),
            bare_sql: |n| {
                let kind = text(format!("t{}", n % TYPES));
                vec![
                    (
                        "SELECT e.*, (SELECT name FROM stream WHERE key = e.stream) FROM event e WHERE e.type = (SELECT key FROM event_type WHERE instance = 1 AND name = ?1) ORDER BY e.position LIMIT 100",
                        vec![kind.clone()],
                    ),
                    (
                        "SELECT event_count FROM event_type WHERE instance = 1 AND name = ?1",
                        vec![kind],
                    ),
                ]
            },
        },
        Kind {
            name: "all 100 of a user, by a payload field with --index",
            indexed: true,
            query: |n| json!({ "from": { "instance": "log" }, "where": [{ "field": "payload.user", "operator": "eq", "value": format!("user-{}", n * 7 % USERS) }] }),
            bare_sql: |n| {
                let user = text(format!("user-{}", n * 7 % USERS));
                vec![
                    (
                        "SELECT e.*, (SELECT name FROM stream WHERE key = e.stream), (SELECT name FROM event_type WHERE key = e.type) FROM event e WHERE json_extract(payload, '$.\"user\"') = ?1 ORDER BY e.position LIMIT 100",
                        vec![user.clone()],
                    ),
                    (
                        "SELECT count(*) FROM event e WHERE json_extract(payload, '$.\"user\"') = ?1",
                        vec![user],
                    ),
                ]
            },
        },
        Kind {
            name: "the newest 100",
            indexed: true,
            query: |_| json!({ "from": { "instance": "log" }, "orderBy": { "field": "timestamp", "direction": "desc" } }),
            bare_sql: |_| {
                vec![
                    (
                        "SELECT e.*, (SELECT name FROM stream WHERE key = e.stream), (SELECT name FROM event_type WHERE key = e.type) FROM event e ORDER BY e.position DESC LIMIT 100",
                        vec![],
                    ),
                    ("SELECT last_position FROM instance WHERE key = 1", vec![]),
                ]
            },
        },
        Kind {
            name: "count by type",
            indexed: true,
            query: |_| json!({ "from": { "instance": "log" }, "reduce": { "type": "count", "groupBy": ["event_type"] } }),
            bare_sql: |_| {
                vec![(
                    "SELECT t.name, count(*) FROM event e JOIN event_type t ON t.key = e.type GROUP BY e.type ORDER BY t.name",
                    vec![],
                )]
            },
        },
        Kind {
            name: "by a payload field without index: reads all",
            indexed: false,
            query: |n| json!({ "from": { "instance": "log" }, "where": [{ "field": "payload.number", "operator": "eq", "value": n * 1009 }] }),
            bare_sql: |n| {
                let number = Value::Integer(i64::try_from(n * 1009).unwrap());
                vec![
                    (
                        "SELECT e.*, (SELECT name FROM stream WHERE key = e.stream), (SELECT name FROM event_type WHERE key = e.type) FROM event e WHERE json_extract(payload, '$.number') = ?1 ORDER BY e.position LIMIT 100",
                        vec![number.clone()],
                    ),
                    (
                        "SELECT count(*) FROM event e WHERE json_extract(payload, '$.number') = ?1",
                        vec![number],
                    ),
                ]
            },
        },
        Kind {
            name: "sum of a payload field by 10,000 users: reads all",
            indexed: false,
            query: |_| json!({ "from": { "instance": "log" }, "reduce": { "type": "sum", "field": "payload.amount", "groupBy": ["payload.user"] } }),
            bare_sql: |_| {
                vec![(
                    "SELECT json_extract(payload, '$.user') AS u, sum(json_extract(payload, '$.amount')) FROM event e GROUP BY u",
                    vec![],
                )]
            },
        },
        Kind {
            name: "count by a payload field of 1,000 values: reads all",
            indexed: false,
            query: |_| json!({ "from": { "instance": "log" }, "reduce": { "type": "count", "groupBy": ["payload.amount"] } }),
            bare_sql: |_| {
                vec![(
                    "SELECT json_extract(payload, '$.amount') AS a, count(*) FROM event e GROUP BY a",
                    vec![],
                )]
            },
        },
        Kind {
            name: "the first 100 by a payload field: reads all",
            indexed: false,
            query: |_| json!({ "from": { "instance": "log" }, "orderBy": { "field": "payload.amount", "direction": "desc" } }),
            bare_sql: |_| {
                vec![(
                    "SELECT e.position FROM event e ORDER BY json_extract(payload, '$.amount') DESC LIMIT 100",
                    vec![],
                )]
            },
        },
        Kind {
            name: "100 by a payload field at nine tenths of all: reads all",
            indexed: false,
            query: |_| json!({ "from": { "instance": "log" }, "orderBy": { "field": "payload.amount" }, "offset": 900_000 }),
            bare_sql: |_| {
                vec![(
                    "SELECT e.position FROM event e ORDER BY json_extract(payload, '$.amount') LIMIT 100 OFFSET 900000",
                    vec![],
                )]
            },
        },
        Kind {
            name: "100 in append order at offset 900,000",
            indexed: true,
            query: |_| json!({ "from": { "instance": "log" }, "offset": 900_000 }),
            bare_sql: |_| {
                vec![(
                    "SELECT e.* FROM event e WHERE e.position > (1 << 40) + 900000 ORDER BY e.position LIMIT 100",
                    vec![],
                )]
            },
        },
        Kind {
            name: "sum of a payload field by type: reads all",
            indexed: false,
            query: |_| json!({ "from": { "instance": "log" }, "reduce": { "type": "sum", "field": "payload.amount", "groupBy": ["event_type"] } }),
            bare_sql: |_| {
                vec![(
                    "SELECT t.name, sum(json_extract(payload, '$.amount')) FROM event e JOIN event_type t ON t.key = e.type GROUP BY t.name",
                    vec![],
                )]
            },
        },
    ]
}

pub async fn measure(file: &Path, effort: Effort) -> Vec<Row> {
    let host = Host::start(file, &["--index", "payload.user", "--query-timeout", "120"]);
    let mut client = host.client().await;
    let connection = Connection::open(file).unwrap();
    connection
        .pragma_update(None, "cache_size", -32_768)
        .unwrap();
    let mut rows = Vec::new();
    for kind in kinds() {
        let mut row = Row {
            name: kind.name,
            indexed: kind.indexed,
            host: Vec::new(),
            bare_sql: Vec::new(),
        };
        let asks = if kind.indexed { effort.asks } else { 5 };
        let asks = if kind.name == "count by type" {
            asks.min(50)
        } else {
            asks
        };
        for n in 0..asks {
            let frame = json!({ "type": "eventLog.queryEvents", "requestId": "1", "params": { "query": (kind.query)(n) } }).to_string();
            let started = Instant::now();
            client.ask(frame).await;
            row.host.push(started.elapsed().as_secs_f64() * 1e3);
            let started = Instant::now();
            for (sql, values) in (kind.bare_sql)(n) {
                let mut statement = connection.prepare_cached(sql).unwrap();
                let columns = statement.column_count();
                let mut found = statement.query(params_from_iter(values)).unwrap();
                while let Some(found) = found.next().unwrap() {
                    for column in 0..columns {
                        std::hint::black_box(found.get_ref(column).unwrap());
                    }
                }
            }
            row.bare_sql.push(started.elapsed().as_secs_f64() * 1e3);
        }
        eprintln!("{}: done", kind.name);
        rows.push(row);
    }
    rows
}

/// Appends so many events to the instance that is queried.
pub async fn fill(store: &dyn Store, count: usize) {
    let mut number = 0;
    while number < count {
        let events = (number..number + 5_000)
            .map(|number| NewEvent {
                id: None,
                stream_id: format!("s{}", number % STREAMS).into(),
                event_type: format!("t{}", number / 7 % TYPES).into(),
                payload: payload(number).into(),
                metadata: "{}".into(),
                expected_version: None,
                timestamp: None,
            })
            .collect();
        number += 5_000;
        let append = Append {
            reference: "log".into(),
            create: true,
            expected_version: None,
            events,
        };
        write(store, Write::Append(append)).await.unwrap();
    }
    eprintln!("{number} events are there");
}
