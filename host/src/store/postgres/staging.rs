//! The events that a transaction of appends is going to write.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use uuid::Uuid;

use crate::store::{Append, EventRow, NewEvent, StoreFailure, now_in_milliseconds};

/// An append with an id for each of its events. The ids stay the same when it is tried again, so that a
/// repeated append finds its events.
pub struct Request {
    pub append: Append,
    ids: Vec<String>,
}

impl Request {
    pub fn new(append: Append) -> Self {
        let ids = append.events.iter().map(|event| match &event.id {
            Some(id) => id.clone(),
            None => Uuid::now_v7().to_string(),
        });
        Self {
            ids: ids.collect(),
            append,
        }
    }

    pub fn events(&self) -> impl Iterator<Item = (&NewEvent, &str)> {
        self.append
            .events
            .iter()
            .zip(self.ids.iter().map(String::as_str))
    }
}

/// The state that a transaction builds up before it writes.
#[derive(Default, Clone)]
pub struct Counters {
    pub position: i64,
    pub timestamp: i64,
    pub streams: BTreeMap<Arc<str>, i64>,
}

/// Gives the events of a request their positions, sequence numbers and times. Events that are `known` stay what
/// they are; the second of each pair says so.
pub fn stage(
    request: &Request,
    counters: &mut Counters,
    known: &HashMap<String, EventRow>,
) -> Result<Vec<(EventRow, bool)>, StoreFailure> {
    let now = now_in_milliseconds();
    let mut events: Vec<(EventRow, bool)> = Vec::with_capacity(request.ids.len());
    let mut own: HashMap<&str, usize> = HashMap::new();
    let mut of_whole = request.append.expected_version;
    for (new, id) in request.events() {
        let in_batch = own.get(id).and_then(|at| events.get(*at));
        if let Some(stored) = known.get(id).or(in_batch.map(|(event, _)| event)) {
            // An id that the host made is stored only if an earlier try of this transaction has stored it.
            events.push((stored.clone(), true));
            continue;
        }
        if new.id.is_some() {
            own.insert(id, events.len());
        }
        let expected = new.expected_version.or(of_whole.take());
        events.push((stage_event(new, id, expected, counters, now)?, false));
    }
    Ok(events)
}

fn stage_event(
    new: &NewEvent,
    id: &str,
    expected: Option<i64>,
    counters: &mut Counters,
    now: i64,
) -> Result<EventRow, StoreFailure> {
    let sequence = counters
        .streams
        .entry(Arc::clone(&new.stream_id))
        .or_insert(0);
    if let Some(expected) = expected.filter(|expected| expected != sequence) {
        return Err(StoreFailure::VersionConflict {
            stream: format!("{:?}", new.stream_id),
            expected,
            actual: *sequence,
        });
    }
    // A clock that was set back must not put events before those already there.
    let timestamp = new.timestamp.unwrap_or_else(|| now.max(counters.timestamp));
    if timestamp < counters.timestamp {
        return Err(StoreFailure::OlderThanLast(counters.position));
    }
    *sequence += 1;
    counters.timestamp = timestamp;
    counters.position += 1;
    Ok(EventRow {
        id: id.to_owned(),
        position: counters.position,
        stream_id: Arc::clone(&new.stream_id),
        event_type: Arc::clone(&new.event_type),
        payload: Arc::clone(&new.payload),
        metadata: Arc::clone(&new.metadata),
        timestamp,
        sequence_number: *sequence,
    })
}
