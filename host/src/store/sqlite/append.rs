//! Appends events in SQLite.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::counters::{CachedCounters, KnownInstance, KnownStream};
use super::instances;
use super::schema::POSITION_BITS;
use crate::store::{Append, Appended, EventRow, NewEvent, StoreFailure, now_in_milliseconds};

/// Appends events inside the caller's savepoint. When it fails the caller rolls back and forgets
/// the cached counters.
pub fn append(
    connection: &Connection,
    counters: &mut CachedCounters,
    request: &Append,
) -> Result<Appended, StoreFailure> {
    let instance = known_instance(connection, counters, &request.reference, request.create)?;
    let now = now_in_milliseconds();
    let mut position = instance.last_position;
    // The first event is older than no other, also when it is of before 1970.
    let mut last_timestamp = match position {
        0 => i64::MIN,
        _ => instance.last_timestamp,
    };
    let mut streams: BTreeMap<i64, i64> = BTreeMap::new();
    let mut types: BTreeMap<i64, i64> = BTreeMap::new();
    let mut events = Vec::with_capacity(request.events.len());
    let mut of_whole = request.expected_version;
    for new in &request.events {
        if let Some(stored) = stored_event(connection, instance.key, new.id.as_deref())? {
            events.push((stored, true));
            continue;
        }
        let mut stream = known_stream(connection, counters, instance.key, &new.stream_id)?;
        check_version(new, of_whole.take(), stream.last_sequence)?;
        let event_type = known_type(connection, counters, instance.key, &new.event_type)?;
        // A clock that was set back must not put events before those already there.
        let timestamp = new.timestamp.unwrap_or_else(|| now.max(last_timestamp));
        if timestamp < last_timestamp {
            return Err(StoreFailure::OlderThanLast(position));
        }
        last_timestamp = timestamp;
        stream.last_sequence += 1;
        position += 1;
        let row = EventRow {
            id: new.id.clone().unwrap_or_else(|| Uuid::now_v7().to_string()),
            position,
            stream_id: Arc::clone(&new.stream_id),
            event_type: Arc::clone(&new.event_type),
            payload: Arc::clone(&new.payload),
            metadata: Arc::clone(&new.metadata),
            timestamp,
            sequence_number: stream.last_sequence,
        };
        connection
            .prepare_cached(
                "INSERT INTO event
                 (position, instance, stream, sequence_number, type, timestamp, id, payload, metadata)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                (instance.key << POSITION_BITS) | position,
                instance.key,
                stream.key,
                row.sequence_number,
                event_type,
                row.timestamp,
                row.id,
                row.payload,
                row.metadata,
            ])?;
        counters.set_stream(instance.key, &row.stream_id, stream);
        streams.insert(stream.key, stream.last_sequence);
        *types.entry(event_type).or_default() += 1;
        events.push((row, false));
    }
    if position > instance.last_position {
        connection
            .prepare_cached(
                "UPDATE instance SET last_position = ?2, last_timestamp = ?3 WHERE key = ?1",
            )?
            .execute([instance.key, position, last_timestamp])?;
        store_counters(connection, &streams, &types)?;
        counters.set_last(instance.key, position, last_timestamp);
    }
    Ok(Appended {
        instance_id: instance.id,
        events,
    })
}

fn check_version(new: &NewEvent, of_whole: Option<i64>, actual: i64) -> Result<(), StoreFailure> {
    match new.expected_version.or(of_whole) {
        Some(expected) if expected != actual => Err(StoreFailure::VersionConflict {
            stream: format!("{:?}", new.stream_id),
            expected,
            actual,
        }),
        _ => Ok(()),
    }
}

fn store_counters(
    connection: &Connection,
    streams: &BTreeMap<i64, i64>,
    types: &BTreeMap<i64, i64>,
) -> Result<(), StoreFailure> {
    for (key, last_sequence) in streams {
        connection
            .prepare_cached("UPDATE stream SET last_sequence = ?2 WHERE key = ?1")?
            .execute([key, last_sequence])?;
    }
    for (key, count) in types {
        connection
            .prepare_cached("UPDATE event_type SET event_count = event_count + ?2 WHERE key = ?1")?
            .execute([key, count])?;
    }
    Ok(())
}

fn known_instance(
    connection: &Connection,
    counters: &mut CachedCounters,
    reference: &str,
    create: bool,
) -> Result<KnownInstance, StoreFailure> {
    if let Some(known) = counters.instance(reference) {
        return Ok(known);
    }
    let found = match instances::find(connection, reference) {
        Err(StoreFailure::NoInstance(_)) if create => {
            instances::create(connection, reference, None)?
        }
        other => other?,
    };
    let known = KnownInstance {
        key: found.key,
        id: Arc::from(found.row.id),
        last_position: found.row.event_count,
        last_timestamp: found.last_timestamp,
    };
    counters.remember_instance(reference, known.clone());
    Ok(known)
}

fn known_stream(
    connection: &Connection,
    counters: &mut CachedCounters,
    instance: i64,
    name: &str,
) -> Result<KnownStream, StoreFailure> {
    if let Some(known) = counters.stream(instance, name) {
        return Ok(known);
    }
    let found = connection
        .prepare_cached("SELECT key, last_sequence FROM stream WHERE instance = ?1 AND name = ?2")?
        .query_row(params![instance, name], |row| {
            Ok(KnownStream {
                key: row.get(0)?,
                last_sequence: row.get(1)?,
            })
        })
        .optional()?;
    let known = match found {
        Some(known) => known,
        None => KnownStream {
            key: connection
                .prepare_cached("INSERT INTO stream (instance, name) VALUES (?1, ?2)")?
                .insert(params![instance, name])?,
            last_sequence: 0,
        },
    };
    counters.set_stream(instance, name, known);
    Ok(known)
}

fn known_type(
    connection: &Connection,
    counters: &mut CachedCounters,
    instance: i64,
    name: &str,
) -> Result<i64, StoreFailure> {
    if let Some(key) = counters.event_type(instance, name) {
        return Ok(key);
    }
    let found = connection
        .prepare_cached("SELECT key FROM event_type WHERE instance = ?1 AND name = ?2")?
        .query_row(params![instance, name], |row| row.get(0))
        .optional()?;
    let key = match found {
        Some(key) => key,
        None => connection
            .prepare_cached("INSERT INTO event_type (instance, name) VALUES (?1, ?2)")?
            .insert(params![instance, name])?,
    };
    counters.remember_type(instance, name, key);
    Ok(key)
}

fn stored_event(
    connection: &Connection,
    instance: i64,
    id: Option<&str>,
) -> Result<Option<EventRow>, StoreFailure> {
    let Some(id) = id else { return Ok(None) };
    let stored = connection
        .prepare_cached(&format!(
            "{} WHERE e.instance = ?1 AND e.id = ?2",
            super::rows::SELECT_EVENT
        ))?
        .query_row(params![instance, id], super::rows::read_event)
        .optional()?;
    Ok(stored)
}
