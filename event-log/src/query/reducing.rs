//! An aggregation over events that are read one after the other.

use std::borrow::Cow;
use std::collections::HashMap;

use codebolt_wasm::wire::event_log::Reduction;

use super::answer::{Aggregation, Cell, Group};
use super::extract::text_of;
use super::plan::{Plan, Reduce};
use super::render::TooMuch;
use super::scalar::{Number, Scalar};
use super::sum::Sum;
use crate::time::iso_8601;

/// An event's value of a field.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// Nothing.
    Missing,
    /// JSON text.
    Json(&'a str),
    /// A text.
    Text(&'a str),
    /// A whole number.
    Whole(i64),
    /// Milliseconds since 1970.
    Instant(i64),
}

impl<'a> Found<'a> {
    /// As what events are grouped by: lists, objects and what is missing are null.
    fn key(self) -> Key<'a> {
        match self {
            Self::Missing => Key::Null,
            Self::Text(text) => Key::Text(Cow::Borrowed(text)),
            Self::Whole(whole) => Key::Number(Number::Whole(whole)),
            Self::Instant(instant) => Key::Instant(instant),
            Self::Json(json) => match json.as_bytes().first() {
                Some(b't') => Key::Boolean(true),
                Some(b'f') => Key::Boolean(false),
                Some(b'"') => Key::Text(text_of(json)),
                Some(b'-' | b'0'..=b'9') => Number::from_json(json).map_or(Key::Null, Key::Number),
                _ => Key::Null,
            },
        }
    }
}

enum Key<'a> {
    Null,
    Boolean(bool),
    Number(Number),
    Instant(i64),
    Text(Cow<'a, str>),
}

impl Key<'_> {
    /// Appends bytes that no other key begins with.
    fn push(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Null => bytes.push(0),
            Self::Boolean(boolean) => bytes.push(1 + u8::from(*boolean)),
            Self::Number(Number::Whole(whole)) | Self::Instant(whole) => {
                bytes.push(3);
                bytes.extend(whole.to_ne_bytes());
            }
            Self::Number(Number::Double(double)) => {
                bytes.push(4);
                bytes.extend(double.to_ne_bytes());
            }
            Self::Text(text) => {
                bytes.push(5);
                bytes.extend(text.len().to_ne_bytes());
                bytes.extend(text.as_bytes());
            }
        }
    }

    fn into_scalar(self) -> Scalar {
        match self {
            Self::Null => Scalar::Null,
            Self::Boolean(boolean) => Scalar::Boolean(boolean),
            Self::Number(number) => Scalar::Number(number),
            Self::Instant(instant) => Scalar::Text(iso_8601(instant)),
            Self::Text(text) => Scalar::Text(text.into_owned()),
        }
    }
}

/// The values of a group so far.
enum State {
    Count(i64),
    Sum(Sum),
    Average(Sum),
    Extreme {
        is_max: bool,
        number: Option<Number>,
        instant: Option<i64>,
        text: Option<String>,
    },
}

impl State {
    fn new(reduction: Reduction) -> Self {
        match reduction {
            Reduction::Count | Reduction::Collect => Self::Count(0),
            Reduction::Sum => Self::Sum(Sum::default()),
            Reduction::Avg => Self::Average(Sum::default()),
            Reduction::Min | Reduction::Max => Self::Extreme {
                is_max: reduction == Reduction::Max,
                number: None,
                instant: None,
                text: None,
            },
        }
    }

    fn add(&mut self, found: Found<'_>) {
        match self {
            Self::Count(count) => *count += i64::from(!matches!(found, Found::Missing)),
            Self::Sum(sum) | Self::Average(sum) => match found {
                Found::Json(json) => sum.add_json(json),
                Found::Whole(whole) => sum.add(Number::Whole(whole)),
                _ => {}
            },
            Self::Extreme {
                is_max,
                number,
                instant,
                text,
            } => {
                let is_max = *is_max;
                match found.key() {
                    Key::Number(new) => {
                        let is_beyond = number.is_none_or(|old| {
                            let order = new.compare(old);
                            if is_max { order.is_gt() } else { order.is_lt() }
                        });
                        if is_beyond {
                            *number = Some(new);
                        }
                    }
                    Key::Instant(new) => {
                        let old = instant.unwrap_or(new);
                        *instant = Some(if is_max { old.max(new) } else { old.min(new) });
                    }
                    Key::Text(new) => {
                        let is_beyond = text.as_deref().is_none_or(|old| {
                            let order = (*new).cmp(old);
                            if is_max { order.is_gt() } else { order.is_lt() }
                        });
                        if is_beyond {
                            *text = Some(new.into_owned());
                        }
                    }
                    Key::Null | Key::Boolean(_) => {}
                }
            }
        }
    }

    fn into_cell(self) -> Cell {
        let of_double = |double: Option<f64>| {
            double
                .filter(|double| double.is_finite())
                .map_or(Cell::Nothing, |double| {
                    Cell::Number(Number::from_double(double))
                })
        };
        match self {
            Self::Count(count) => Cell::Number(Number::Whole(count)),
            Self::Sum(sum) => of_double(sum.total()),
            #[expect(clippy::cast_precision_loss, reason = "no host holds so many events")]
            Self::Average(sum) => of_double(sum.total().map(|total| total / sum.count() as f64)),
            Self::Extreme {
                number,
                instant,
                text,
                ..
            } => match (number, instant, text) {
                (Some(number), ..) => Cell::Number(number),
                (_, Some(instant), _) => Cell::Text(iso_8601(instant)),
                (.., Some(text)) => Cell::Text(text),
                _ => Cell::Nothing,
            },
        }
    }
}

/// An aggregation that is not finished.
pub struct Reducing<'a> {
    plan: &'a Plan,
    reduce: &'a Reduce,
    indexes: HashMap<Box<[u8]>, usize>,
    groups: Vec<(Vec<Scalar>, State)>,
    key: Vec<u8>,
    total: u64,
}

impl<'a> Reducing<'a> {
    /// Nothing was read yet.
    #[must_use]
    pub fn new(plan: &'a Plan, reduce: &'a Reduce) -> Self {
        let mut reducing = Self {
            plan,
            reduce,
            indexes: HashMap::new(),
            groups: Vec::new(),
            key: Vec::new(),
            total: 0,
        };
        if reduce.group_by.is_empty() {
            // There is an answer without any event, too.
            reducing.indexes.insert(Box::default(), 0);
            reducing
                .groups
                .push((Vec::new(), State::new(reduce.reduction)));
        }
        reducing
    }

    /// Adds an event: what it is grouped by, and what it has in the field that is reduced.
    ///
    /// # Errors
    /// When there are more groups than may be held.
    pub fn add(&mut self, keys: &[Found<'_>], value: Found<'_>) -> Result<(), TooMuch> {
        self.total += 1;
        self.key.clear();
        for key in keys {
            key.key().push(&mut self.key);
        }
        let index = match self.indexes.get(self.key.as_slice()) {
            Some(index) => *index,
            None => {
                let index = self.groups.len();
                if index >= self.plan.most_values {
                    return Err(TooMuch::Groups(self.plan.most_values));
                }
                self.indexes.insert(self.key.as_slice().into(), index);
                let scalars = keys.iter().map(|key| key.key().into_scalar()).collect();
                self.groups
                    .push((scalars, State::new(self.reduce.reduction)));
                index
            }
        };
        if let Some((_, state)) = self.groups.get_mut(index) {
            state.add(value);
        }
        Ok(())
    }

    /// How many events were added.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// The aggregation.
    #[must_use]
    pub fn finish(mut self) -> Aggregation {
        if self.reduce.group_by.is_empty() {
            let only = self.groups.pop();
            return Aggregation::Single(only.map_or(Cell::Nothing, |(_, state)| state.into_cell()));
        }
        let groups = self.groups.into_iter().map(|(keys, state)| Group {
            keys,
            value: state.into_cell(),
        });
        Aggregation::sorted(groups.collect(), self.plan.offset, self.plan.limit)
    }
}
