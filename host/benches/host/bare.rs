//! The bare loop: the same transactions on the same tables, with nothing around them.

use std::path::Path;
use std::time::{Duration, Instant};

use codebolt_host::store::Store;
use codebolt_host::store::sqlite::{SqliteOptions, SqliteStore};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::events::{STREAMS, payload};
use crate::process::processor_time;

/// An empty database with the host's tables and settings.
pub async fn database(file: &Path) -> Connection {
    SqliteStore::open(SqliteOptions::new(file))
        .unwrap()
        .close()
        .await;
    let connection = Connection::open(file).unwrap();
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .unwrap();
    connection
        .pragma_update(None, "synchronous", "FULL")
        .unwrap();
    connection.pragma_update(None, "fullfsync", true).unwrap();
    connection
        .pragma_update(None, "checkpoint_fullfsync", true)
        .unwrap();
    connection
        .pragma_update(None, "cache_size", -65_536)
        .unwrap();
    connection
        .execute("INSERT INTO instance (key, id, name, created_at, updated_at) VALUES (1, 'i', 'log', 0, 0)", [])
        .unwrap();
    for stream in 0..STREAMS {
        connection
            .execute(
                "INSERT INTO stream (key, instance, name) VALUES (?1 + 1, 1, 's' || ?1)",
                [stream as i64],
            )
            .unwrap();
    }
    connection
        .execute(
            "INSERT INTO event_type (key, instance, name) VALUES (1, 1, 'made')",
            [],
        )
        .unwrap();
    connection
}

/// Commits transactions of so many events for a while; answers events a second, and
/// microseconds of processor time an event.
pub fn append(connection: &Connection, events: usize, span: Duration) -> (f64, f64) {
    let mut position: i64 = 1 << 40;
    let mut sequences = [0_i64; STREAMS];
    let mut insert = connection
        .prepare("INSERT INTO event (position, instance, stream, sequence_number, type, timestamp, id, payload, metadata) VALUES (?1, 1, ?2, ?3, 1, 0, ?4, ?5, '{}')")
        .unwrap();
    let mut stream_counter = connection
        .prepare("UPDATE stream SET last_sequence = ?2 WHERE key = ?1")
        .unwrap();
    let mut counter = connection
        .prepare("UPDATE instance SET last_position = ?1 WHERE key = 1")
        .unwrap();
    let mut type_counter = connection
        .prepare("UPDATE event_type SET event_count = event_count + ?1 WHERE key = 1")
        .unwrap();
    let mut done = 0_usize;
    let worked = processor_time("/proc/thread-self/stat");
    let started = Instant::now();
    while started.elapsed() < span {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        for _ in 0..events {
            position += 1;
            let stream = done % STREAMS;
            sequences[stream] += 1;
            insert
                .execute(params![
                    position,
                    stream as i64 + 1,
                    sequences[stream],
                    Uuid::now_v7().to_string(),
                    payload(done)
                ])
                .unwrap();
            done += 1;
        }
        for (stream, sequence) in sequences.iter().enumerate().take(events) {
            stream_counter
                .execute(params![stream as i64 + 1, sequence])
                .unwrap();
        }
        counter.execute([position]).unwrap();
        type_counter.execute([events as i64]).unwrap();
        connection.execute_batch("COMMIT").unwrap();
    }
    let rate = done as f64 / started.elapsed().as_secs_f64();
    (
        rate,
        (processor_time("/proc/thread-self/stat") - worked) * 1e6 / done as f64,
    )
}
