//! Which events have a value in a field of their payload or metadata: indexes that are made for fields that are asked for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::found::found;
use super::place::Place;
use super::seen::Seen;
use crate::query::{Field, Number, Scalar};
use crate::record::EventRow;

/// How many indexes an instance has at most. The one that was not asked for the longest goes first.
const MOST: usize = 8;
/// The ask that makes an index: a field that is asked for once needs none.
const MADE_AT: u32 = 2;

/// A value that events are found by. Lists and objects equal nothing.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Null,
    Boolean(bool),
    Whole(i64),
    /// The bits of a number that is not whole, or has no room in 64 bits.
    Double(u64),
    Text(Box<str>),
}

impl From<Number> for Key {
    fn from(number: Number) -> Self {
        match number {
            Number::Whole(whole) => Self::Whole(whole),
            Number::Double(double) => Self::Double(double.to_bits()),
        }
    }
}

impl Key {
    fn of_event(seen: Seen<'_>) -> Option<Self> {
        match seen {
            Seen::Null => Some(Self::Null),
            Seen::Boolean(boolean) => Some(Self::Boolean(boolean)),
            Seen::Number(number) => Some(number.into()),
            Seen::Text(text) => Some(Self::Text(text.into())),
            Seen::Nested(_) => None,
        }
    }

    fn of_value(value: &Scalar) -> Self {
        match value {
            Scalar::Null => Self::Null,
            Scalar::Boolean(boolean) => Self::Boolean(*boolean),
            Scalar::Number(number) => (*number).into(),
            Scalar::Text(text) => Self::Text(text.as_str().into()),
        }
    }
}

struct Index {
    field: Field,
    asked: u32,
    /// How many events are in it.
    covered: usize,
    places: HashMap<Key, Vec<Place>>,
}

/// The indexes of an instance, the one that was asked for last behind the others.
#[derive(Default)]
pub struct FieldIndexes(Mutex<Vec<Index>>);

impl FieldIndexes {
    /// The events that have the value in the field; none when there is no index for it yet.
    pub fn find(&self, events: &[EventRow], field: &Field, value: &Scalar) -> Option<Vec<Place>> {
        let mut indexes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut index = match indexes.iter().position(|index| index.field == *field) {
            Some(at) => indexes.remove(at),
            None => {
                if indexes.len() >= MOST {
                    indexes.remove(0);
                }
                Index {
                    field: field.clone(),
                    asked: 0,
                    covered: 0,
                    places: HashMap::new(),
                }
            }
        };
        index.asked = index.asked.saturating_add(1);
        let places = (index.asked >= MADE_AT).then(|| {
            index.extend(events);
            let places = index.places.get(&Key::of_value(value));
            places.cloned().unwrap_or_default()
        });
        indexes.push(index);
        places
    }
}

impl Index {
    /// Takes the events in that were appended since.
    fn extend(&mut self, events: &[EventRow]) {
        let new = events.iter().enumerate().skip(self.covered);
        for (place, event) in new {
            // Of columns there is none, so the instance's id is not looked at.
            let key = Seen::of(found(event, "", &self.field)).and_then(Key::of_event);
            if let Some(key) = key
                && let Ok(place) = Place::try_from(place)
            {
                self.places.entry(key).or_default().push(place);
            }
        }
        self.covered = events.len();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use serde_json::json;

    use crate::query::{Answer, QueryBounds, parse};
    use crate::record::InstanceRow;
    use crate::store::NewEvent;
    use crate::store::memory::ids::Ids;
    use crate::store::memory::instance::Instance;
    use crate::store::memory::select::query;

    const VALUES: [&str; 9] = [
        "1",
        "1.0",
        "\"1\"",
        "\"\\u0031\"",
        "true",
        "null",
        "[1]",
        "{}",
        "2.5",
    ];

    fn event(payload: String) -> NewEvent {
        NewEvent {
            id: None,
            stream_id: "s".into(),
            event_type: "t".into(),
            payload: payload.into(),
            metadata: "{}".into(),
            expected_version: None,
            timestamp: None,
        }
    }

    fn ask(instance: &Instance, value: &serde_json::Value, further: bool) -> Answer {
        let mut conditions = vec![json!({ "field": "v", "operator": "eq", "value": value })];
        if further {
            conditions.push(json!({ "field": "log_position", "operator": "gt", "value": 1_000 }));
            conditions.push(json!({ "field": "n", "operator": "neq", "value": 1_001 }));
        }
        let asked = json!({ "from": { "instance": "log" }, "where": conditions, "select": ["n"], "limit": 10_000 });
        let bounds = QueryBounds {
            name_bytes: 512,
            aggregation_values: 10,
            reply_bytes: usize::MAX,
        };
        query(instance, &parse(&asked, bounds).unwrap()).unwrap()
    }

    #[test]
    fn what_an_index_leads_to_is_what_reading_all_events_finds_also_after_further_appends() {
        let ids = Ids::default();
        let mut instance = Instance::new(InstanceRow {
            id: "i".into(),
            name: "log".into(),
            description: None,
            created_at: 0,
            updated_at: 0,
            event_count: 0,
        });
        let mut count = 0;
        for round in 1..=4 {
            let new: Vec<NewEvent> = (0..900)
                .map(|index| {
                    let n = count + index;
                    match VALUES.get(n % 11) {
                        Some(value) => event(format!("{{\"n\":{n},\"v\":{value}}}")),
                        None => event(format!("{{\"n\":{n}}}")),
                    }
                })
                .collect();
            count += new.len();
            instance.append(&new, 0, &ids).unwrap();
            // One that is refused leaves nothing behind, in an index neither.
            let stale = NewEvent {
                expected_version: Some(1),
                ..event("{}".into())
            };
            let refused = [event("{\"v\":2.5}".into()), stale];
            assert!(instance.append(&refused, 0, &ids).is_err());
            for (value, equal) in [
                (json!(1), vec![0, 1]),
                (json!("1"), vec![2, 3]),
                (json!(true), vec![4]),
                (json!(null), vec![5]),
                (json!(2.5), vec![8]),
                (json!("none"), vec![]),
            ] {
                for further in [false, true] {
                    let wanted: Vec<String> = (0..count)
                        .filter(|n| equal.contains(&(n % 11)))
                        .filter(|n| !further || (*n >= 1_000 && *n != 1_001))
                        .map(|n| format!("{{\"n\":{n}}}"))
                        .collect();
                    let answer = ask(&instance, &value, further);
                    assert_eq!(
                        answer.total,
                        wanted.len() as u64,
                        "{value} in round {round}"
                    );
                    assert_eq!(answer.events, wanted, "{value} in round {round}");
                }
            }
        }
        let index = instance.with_value(
            &crate::query::Field::parse("v").unwrap(),
            &crate::query::Scalar::Boolean(true),
        );
        assert!(index.is_some_and(|places| places.len() > 300));
    }
}
