//! Which events have a value in a field of their payload or metadata: indexes that are made for fields that are asked for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::found::found;
use super::offset::Offset;
use super::value::Value;
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
    fn of_event(seen: Value<'_>) -> Option<Self> {
        match seen {
            Value::Null => Some(Self::Null),
            Value::Boolean(boolean) => Some(Self::Boolean(boolean)),
            Value::Number(number) => Some(number.into()),
            Value::Text(text) => Some(Self::Text(text.into())),
            Value::Nested(_) => None,
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
    offsets: HashMap<Key, Vec<Offset>>,
}

/// The indexes of an instance, the one that was asked for last behind the others.
#[derive(Default)]
pub struct FieldIndexes(Mutex<Vec<Index>>);

impl FieldIndexes {
    /// The events that have the value in the field; none when there is no index for it yet.
    pub fn find(&self, events: &[EventRow], field: &Field, value: &Scalar) -> Option<Vec<Offset>> {
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
                    offsets: HashMap::new(),
                }
            }
        };
        index.asked = index.asked.saturating_add(1);
        let offsets = (index.asked >= MADE_AT).then(|| {
            index.extend(events);
            let offsets = index.offsets.get(&Key::of_value(value));
            offsets.cloned().unwrap_or_default()
        });
        indexes.push(index);
        offsets
    }
}

impl Index {
    /// Takes the events in that were appended since.
    fn extend(&mut self, events: &[EventRow]) {
        let new = events.iter().enumerate().skip(self.covered);
        for (offset, event) in new {
            // Of columns there is none, so the instance's id is not looked at.
            let key = Value::of(found(event, "", &self.field)).and_then(Key::of_event);
            if let Some(key) = key
                && let Ok(offset) = Offset::try_from(offset)
            {
                self.offsets.entry(key).or_default().push(offset);
            }
        }
        self.covered = events.len();
    }
}
