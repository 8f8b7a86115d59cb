//! Appends events in PostgreSQL: several requests for one instance in one transaction.
//!
//! The instance's row is locked first. So all hosts assign and commit positions in the same order, and a reader
//! that has seen a position never misses one before it. Errors in a request are found before anything is written.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::instances::{self, Locked};
use super::rows;
use super::searchable::searchable;
use super::staging::{Counters, Request, stage};
use crate::store::{Appended, EventRow, StoreFailure};

type Outcome = Result<Appended, StoreFailure>;

/// Why nothing was appended.
pub enum AppendFailure {
    /// A failure of the store.
    Store(StoreFailure),
    /// The requests are not all for the same instance.
    SeveralInstances,
}

impl From<StoreFailure> for AppendFailure {
    fn from(failure: StoreFailure) -> Self {
        Self::Store(failure)
    }
}

impl From<sqlx::Error> for AppendFailure {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Locks the instance of all requests. Also returns how many of the requests came before it existed.
async fn lock(
    connection: &mut PgConnection,
    requests: &[Request],
) -> Result<Result<(Locked, usize), StoreFailure>, AppendFailure> {
    let references: BTreeSet<&str> = requests
        .iter()
        .map(|request| request.append.reference.as_str())
        .collect();
    let mut ids = BTreeSet::new();
    let mut missing = None;
    for reference in &references {
        match rows::find_name(connection, reference).await {
            Ok((id, _)) => {
                ids.insert(id);
            }
            Err(failure @ StoreFailure::NoInstance(_)) => missing = Some(failure),
            Err(failure) => return Err(failure.into()),
        }
    }
    let create = requests.iter().position(|request| request.append.create);
    match (ids.pop_first(), missing, create) {
        (Some(id), None, _) if ids.is_empty() => {
            Ok(Ok((instances::lock_id(connection, &id).await?, 0)))
        }
        (None, Some(_), Some(create)) if references.len() == 1 => {
            let name = references.first().copied().unwrap_or_default();
            match instances::create(connection, name, None).await {
                Ok(_) | Err(StoreFailure::NameExists(_)) => {}
                Err(failure) => return Err(failure.into()),
            }
            // Requests before the first one that may create the instance found none.
            Ok(Ok((instances::lock(connection, name).await?, create)))
        }
        (None, Some(failure), None) if references.len() == 1 => Ok(Err(failure)),
        _ => Err(AppendFailure::SeveralInstances),
    }
}

/// Appends the requests, which are all for one instance. An error fails them all. When the transaction is
/// repeated, events that are stored already are the answer.
pub async fn append(
    connection: &mut PgConnection,
    requests: &[Request],
    is_redone: bool,
) -> Result<Vec<Outcome>, AppendFailure> {
    let (locked, missing_before) = match lock(connection, requests).await? {
        Ok(locked) => locked,
        Err(failure) => return Ok(requests.iter().map(|_| Err(failure.clone())).collect()),
    };
    let mut counters = Counters {
        position: locked.last_position,
        timestamp: locked.last_timestamp,
        streams: stream_versions(connection, &locked, requests).await?,
    };
    let before = counters.clone();
    let mut known = stored_events(connection, &locked, requests, is_redone).await?;
    let instance_id: Arc<str> = Arc::from(locked.id.as_str());
    let mut outcomes = Vec::with_capacity(requests.len());
    for (index, request) in requests.iter().enumerate() {
        if index < missing_before {
            let name = format!("{:?}", request.append.reference);
            outcomes.push(Err(StoreFailure::NoInstance(name)));
            continue;
        }
        let mut staged = counters.clone();
        let outcome = stage(request, &mut staged, &known);
        if let Ok(events) = &outcome {
            counters = staged;
            for (event, _) in events {
                known.insert(event.id.clone(), event.clone());
            }
        }
        outcomes.push(outcome.map(|events| Appended {
            instance_id: Arc::clone(&instance_id),
            events,
        }));
    }
    let new: Vec<&EventRow> = outcomes
        .iter()
        .flatten()
        .flat_map(|appended| &appended.events)
        .filter(|(_, duplicate)| !duplicate)
        .map(|(event, _)| event)
        .collect();
    if !new.is_empty() {
        insert_events(connection, &locked.id, &new).await?;
        store_counters(connection, &locked.id, &before, &counters).await?;
    }
    Ok(outcomes)
}

async fn stream_versions(
    connection: &mut PgConnection,
    locked: &Locked,
    requests: &[Request],
) -> Result<BTreeMap<Arc<str>, i64>, StoreFailure> {
    let mut names: Vec<&str> = requests
        .iter()
        .flat_map(|request| &request.append.events)
        .map(|event| &*event.stream_id)
        .collect();
    names.sort_unstable();
    names.dedup();
    let rows = sqlx::query(
        "SELECT name, last_sequence FROM event_log_stream WHERE instance_id = $1 AND name = ANY($2)",
    )
    .bind(&locked.id)
    .bind(names)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok((Arc::from(row.try_get::<&str, _>(0)?), row.try_get(1)?)))
        .collect()
}

async fn stored_events(
    connection: &mut PgConnection,
    locked: &Locked,
    requests: &[Request],
    is_redone: bool,
) -> Result<HashMap<String, EventRow>, StoreFailure> {
    let ids: Vec<&str> = requests
        .iter()
        .flat_map(Request::events)
        .filter(|(event, _)| is_redone || event.id.is_some())
        .map(|(_, id)| id)
        .collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT {} FROM event_log_event e WHERE e.instance_id = $1 AND e.id = ANY($2)",
        rows::EVENT
    )))
    .bind(&locked.id)
    .bind(ids)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let event = rows::event(row)?;
            Ok((event.id.clone(), event))
        })
        .collect()
}

/// Reads the instance's id from its head: where tables are distributed, the whole statement then runs on the
/// server with the instance. Rows of parameters alone would be routed by another server, and would need a
/// two-phase commit.
async fn insert_events(
    connection: &mut PgConnection,
    instance_id: &str,
    events: &[&EventRow],
) -> Result<(), StoreFailure> {
    let texts =
        |of: fn(&EventRow) -> &str| events.iter().map(|event| of(event)).collect::<Vec<_>>();
    let numbers =
        |of: fn(&EventRow) -> i64| events.iter().map(|event| of(event)).collect::<Vec<_>>();
    sqlx::query(
        "INSERT INTO event_log_event
         (instance_id, position, id, stream_id, sequence_number, event_type, timestamp,
          payload, metadata, payload_search, metadata_search)
         SELECT h.instance_id, new.position, new.id, new.stream_id, new.sequence_number,
                new.event_type, new.timestamp, new.payload, new.metadata,
                new.payload_search::jsonb, new.metadata_search::jsonb
         FROM event_log_head h,
              unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[],
                     $8::text[], $9::text[], $10::text[], $11::text[])
              AS new(position, id, stream_id, sequence_number, event_type, timestamp,
                     payload, metadata, payload_search, metadata_search)
         WHERE h.instance_id = $1",
    )
    .bind(instance_id)
    .bind(numbers(|event| event.position))
    .bind(texts(|event| &event.id))
    .bind(texts(|event| &event.stream_id))
    .bind(numbers(|event| event.sequence_number))
    .bind(texts(|event| &event.event_type))
    .bind(numbers(|event| event.timestamp))
    .bind(texts(|event| &event.payload))
    .bind(texts(|event| &event.metadata))
    .bind(
        events
            .iter()
            .map(|event| searchable(&event.payload))
            .collect::<Vec<_>>(),
    )
    .bind(
        events
            .iter()
            .map(|event| searchable(&event.metadata))
            .collect::<Vec<_>>(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn store_counters(
    connection: &mut PgConnection,
    instance_id: &str,
    before: &Counters,
    after: &Counters,
) -> Result<(), StoreFailure> {
    let (names, versions): (Vec<&str>, Vec<i64>) = after
        .streams
        .iter()
        .filter(|(name, version)| before.streams.get(*name).unwrap_or(&0) != *version)
        .map(|(name, version)| (&**name, *version))
        .unzip();
    sqlx::query(
        "INSERT INTO event_log_stream (instance_id, name, last_sequence)
         SELECT h.instance_id, new.name, new.last_sequence
         FROM event_log_head h, unnest($2::text[], $3::bigint[]) AS new(name, last_sequence)
         WHERE h.instance_id = $1
         ON CONFLICT (instance_id, name) DO UPDATE SET last_sequence = EXCLUDED.last_sequence",
    )
    .bind(instance_id)
    .bind(names)
    .bind(versions)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE event_log_head SET last_position = $2, last_timestamp = $3 WHERE instance_id = $1",
    )
    .bind(instance_id)
    .bind(after.position)
    .bind(after.timestamp)
    .execute(connection)
    .await?;
    Ok(())
}
