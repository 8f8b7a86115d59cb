//! An instance and its events.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;

use super::field_index::FieldIndexes;
use super::ids::Ids;
use super::offset::{Offset, at};
use crate::query::{Field, Scalar};
use crate::record::{EventRow, InstanceRow};
use crate::store::{NewEvent, StoreFailure};

/// Which events have a text in common, in append order.
type Offsets = HashMap<Arc<str>, Vec<Offset>>;

/// An instance and its events.
pub struct Instance {
    pub id: Arc<str>,
    pub name: String,
    pub description: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    /// In append order; the first has position 1.
    events: Vec<EventRow>,
    streams: Offsets,
    types: Offsets,
    ids: HashTable<Offset>,
    hasher: RandomState,
    field_indexes: FieldIndexes,
}

impl Instance {
    /// Without events, however many the row says.
    pub fn new(row: InstanceRow) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            description: row.description,
            created_at: row.created_at,
            updated_at: row.updated_at,
            events: Vec::new(),
            streams: Offsets::new(),
            types: Offsets::new(),
            ids: HashTable::new(),
            hasher: RandomState::new(),
            field_indexes: FieldIndexes::default(),
        }
    }

    /// One named `log` without events, for tests.
    #[cfg(test)]
    pub fn empty() -> Self {
        Self::new(InstanceRow {
            id: "i".into(),
            name: "log".into(),
            description: None,
            created_at: 0,
            updated_at: 0,
            event_count: 0,
        })
    }

    pub fn row(&self) -> InstanceRow {
        InstanceRow {
            id: self.id.to_string(),
            name: self.name.clone(),
            description: self.description.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
            event_count: signed(self.events.len()),
        }
    }

    pub fn events(&self) -> &[EventRow] {
        &self.events
    }

    /// The events of a stream.
    pub fn of_stream(&self, stream: &str) -> &[Offset] {
        self.streams.get(stream).map_or(&[], Vec::as_slice)
    }

    /// The events of a type.
    pub fn of_type(&self, event_type: &str) -> &[Offset] {
        self.types.get(event_type).map_or(&[], Vec::as_slice)
    }

    /// The events that have a value in a field of the payload or the metadata; none when no index has them.
    pub fn with_value(&self, field: &Field, value: &Scalar) -> Option<Vec<Offset>> {
        self.field_indexes.find(&self.events, field, value)
    }

    /// The streams, and which events are theirs.
    pub fn streams(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Vec<Offset>)> {
        self.streams.iter()
    }

    /// The types, and which events are theirs.
    pub fn types(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Vec<Offset>)> {
        self.types.iter()
    }

    /// The event with that id.
    pub fn with_id(&self, id: &str) -> Option<Offset> {
        let is_it = |offset: &Offset| at(&self.events, *offset).is_some_and(|event| event.id == id);
        self.ids.find(self.hasher.hash_one(id), is_it).copied()
    }

    /// Appends all of them, or none; answers with each, and whether it had been there before. `expected_version` is that of
    /// [`Append`](crate::store::Append).
    pub fn append(
        &mut self,
        new: &[NewEvent],
        expected_version: Option<i64>,
        now: i64,
        ids: &Ids,
    ) -> Result<Vec<(EventRow, bool)>, StoreFailure> {
        let before = self.events.len();
        let mut answers = Vec::with_capacity(new.len());
        let mut of_whole = expected_version;
        for event in new {
            match self.append_one(event, of_whole, now, ids) {
                Ok(answer) => {
                    if !answer.1 {
                        of_whole = None;
                    }
                    answers.push(answer);
                }
                Err(failure) => {
                    while self.events.len() > before {
                        self.take_back();
                    }
                    return Err(failure);
                }
            }
        }
        Ok(answers)
    }

    fn append_one(
        &mut self,
        new: &NewEvent,
        of_whole: Option<i64>,
        now: i64,
        ids: &Ids,
    ) -> Result<(EventRow, bool), StoreFailure> {
        let stored = new.id.as_deref().and_then(|id| self.with_id(id));
        if let Some(event) = stored.and_then(|offset| at(&self.events, offset)) {
            return Ok((event.clone(), true));
        }
        let version = signed(self.of_stream(&new.stream_id).len());
        if let Some(expected) = new.expected_version.or(of_whole)
            && expected != version
        {
            return Err(StoreFailure::VersionConflict {
                stream: format!("{:?}", new.stream_id),
                expected,
                actual: version,
            });
        }
        // The first event is older than no other, also when it is from before 1970.
        let last = self.events.last().map_or(i64::MIN, |event| event.timestamp);
        // When the clock was set back, new events must still not come before earlier ones.
        let timestamp = new.timestamp.unwrap_or_else(|| now.max(last));
        if timestamp < last {
            return Err(StoreFailure::OlderThanLast(signed(self.events.len())));
        }
        let Ok(offset) = Offset::try_from(self.events.len()) else {
            return Err(StoreFailure::TooManyEvents(self.events.len()));
        };
        let row = EventRow {
            id: new.id.clone().unwrap_or_else(|| ids.made_at(now)),
            position: i64::from(offset) + 1,
            stream_id: add(&mut self.streams, &new.stream_id, offset),
            event_type: add(&mut self.types, &new.event_type, offset),
            payload: Arc::clone(&new.payload),
            metadata: Arc::clone(&new.metadata),
            timestamp,
            sequence_number: version + 1,
        };
        let hash = self.hasher.hash_one(row.id.as_str());
        self.events.push(row.clone());
        let (events, hasher) = (&self.events, &self.hasher);
        self.ids.insert_unique(hash, offset, |offset| {
            at(events, *offset).map_or(0, |event| hasher.hash_one(event.id.as_str()))
        });
        Ok((row, false))
    }

    /// Removes the last event.
    fn take_back(&mut self) {
        let Some(event) = self.events.last() else {
            return;
        };
        let offset = self.events.len() - 1;
        let is_it = |other: &Offset| usize::try_from(*other) == Ok(offset);
        if let Ok(found) = self
            .ids
            .find_entry(self.hasher.hash_one(event.id.as_str()), is_it)
        {
            found.remove();
        }
        for (offsets, text) in [
            (&mut self.streams, &event.stream_id),
            (&mut self.types, &event.event_type),
        ] {
            if let Some(list) = offsets.get_mut(text) {
                list.pop();
                if list.is_empty() {
                    offsets.remove(text);
                }
            }
        }
        self.events.pop();
    }
}

/// Notes which event has the text; answers with the one copy of it that all of them share.
fn add(offsets: &mut Offsets, text: &Arc<str>, offset: Offset) -> Arc<str> {
    if let Some((known, _)) = offsets.get_key_value(text) {
        let known = Arc::clone(known);
        if let Some(list) = offsets.get_mut(text) {
            list.push(offset);
        }
        return known;
    }
    offsets.insert(Arc::clone(text), vec![offset]);
    Arc::clone(text)
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::{Ids, Instance, NewEvent};

    fn event(id: &str, expected_version: Option<i64>) -> NewEvent {
        NewEvent {
            id: Some(id.into()),
            stream_id: id.into(),
            event_type: id.into(),
            payload: "{}".into(),
            metadata: "{}".into(),
            expected_version,
            timestamp: None,
        }
    }

    #[test]
    fn a_batch_that_is_refused_leaves_nothing_in_any_index() {
        let ids = Ids::default();
        let mut instance = Instance::empty();
        instance
            .append(&[event("kept", None)], None, 0, &ids)
            .unwrap();
        for _ in 0..10 {
            let refused = [event("a", None), event("b", None), event("c", Some(7))];
            assert!(instance.append(&refused, None, 0, &ids).is_err());
        }
        assert_eq!(instance.events().len(), 1);
        assert_eq!(instance.with_id("kept"), Some(0));
        assert_eq!(instance.ids.len(), 1);
        assert_eq!((instance.streams().len(), instance.types().len()), (1, 1));
        instance
            .append(&[event("b", Some(0))], None, 0, &ids)
            .unwrap();
        assert_eq!(instance.with_id("b"), Some(1));
    }
}
