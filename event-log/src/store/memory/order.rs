//! The order that events are answered in.

use std::borrow::Cow;
use std::cmp::Ordering;

use codebolt_wasm::wire::event_log::Direction;

use super::found::found;
use super::scope::Scope;
use super::value::Value;
use crate::query::{Column, Field, Number, Order};
use crate::record::EventRow;

/// Whether append order, or its reverse, is the order that is asked for; none when it is another.
pub fn is_reversed(order: Option<&Order>) -> Option<bool> {
    match order {
        None => Some(false),
        // Times of an instance never run backwards.
        Some(order) => matches!(
            order.field,
            Field::Column(Column::Timestamp | Column::Position | Column::Instance)
        )
        .then_some(order.direction == Direction::Desc),
    }
}

/// What an event is ordered by, in the order of the types.
#[derive(PartialEq)]
enum Key<'a> {
    Boolean(bool),
    Number(Number),
    Text(Cow<'a, str>),
}

impl Key<'_> {
    const fn rank(&self) -> u8 {
        match self {
            Self::Boolean(_) => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(one), Self::Boolean(two)) => one.cmp(two),
            (Self::Number(one), Self::Number(two)) => one.compare(*two),
            (Self::Text(one), Self::Text(two)) => one.cmp(two),
            (one, two) => one.rank().cmp(&two.rank()),
        }
    }
}

struct Ordered<'a> {
    key: Option<Key<'a>>,
    index: usize,
    event: &'a EventRow,
}

/// The events that meet the conditions, of which those from `offset` on, at most `limit`, are in order; and how
/// many there are in all.
pub fn ordered<'a>(
    scope: &Scope<'a>,
    instance_id: &'a str,
    order: &Order,
    offset: usize,
    limit: usize,
) -> (Vec<&'a EventRow>, usize) {
    let mut all: Vec<Ordered<'a>> = (0..scope.len())
        .filter_map(|index| {
            let event = scope.matching(index)?;
            let key = match Value::of(found(event, instance_id, &order.field)) {
                Some(Value::Boolean(boolean)) => Some(Key::Boolean(boolean)),
                Some(Value::Number(number)) => Some(Key::Number(number)),
                Some(Value::Text(text)) => Some(Key::Text(text)),
                Some(Value::Null | Value::Nested(_)) | None => None,
            };
            Some(Ordered { key, index, event })
        })
        .collect();
    let total = all.len();
    let is_descending = order.direction == Direction::Desc;
    let compare = |one: &Ordered<'a>, two: &Ordered<'a>| {
        let values = match (&one.key, &two.key) {
            (Some(one), Some(two)) => directed(one.compare(two), is_descending),
            // Last both ways.
            (one, two) => one.is_none().cmp(&two.is_none()),
        };
        values.then_with(|| directed(one.index.cmp(&two.index), is_descending))
    };
    let end = offset.saturating_add(limit);
    if end == 0 {
        return (Vec::new(), total);
    }
    if end < total {
        all.select_nth_unstable_by(end - 1, compare);
        all.truncate(end);
    }
    all.sort_unstable_by(compare);
    let page = all.into_iter().skip(offset).map(|ordered| ordered.event);
    (page.collect(), total)
}

const fn directed(order: Ordering, is_descending: bool) -> Ordering {
    if is_descending {
        order.reverse()
    } else {
        order
    }
}
