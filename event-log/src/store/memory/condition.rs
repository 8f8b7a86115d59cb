//! Whether a condition holds of an event.

use super::found::found;
use super::value::Value;
use crate::query::{Comparison, Condition, Scalar, Test, members};
use crate::record::EventRow;

/// Whether all of them hold.
pub fn all_hold(conditions: &[&Condition], event: &EventRow, instance_id: &str) -> bool {
    conditions.iter().all(|condition| {
        Value::of(found(event, instance_id, &condition.field))
            .is_some_and(|seen| passes(&seen, &condition.test))
    })
}

fn passes(seen: &Value<'_>, test: &Test) -> bool {
    match test {
        Test::Exists => true,
        Test::Equal(value) => seen.equals(value),
        Test::NotEqual(value) => !seen.equals(value),
        Test::Compare(comparison, value) => {
            seen.compare(value).is_some_and(|order| match comparison {
                Comparison::Greater => order.is_gt(),
                Comparison::GreaterOrEqual => order.is_ge(),
                Comparison::Less => order.is_lt(),
                Comparison::LessOrEqual => order.is_le(),
            })
        }
        Test::Between(low, high) => {
            seen.compare(low).is_some_and(|order| order.is_ge())
                && seen.compare(high).is_some_and(|order| order.is_le())
        }
        Test::OneOf(values) => values.iter().any(|value| seen.equals(value)),
        Test::Contains(value) => match (seen, value) {
            (Value::Text(text), Scalar::Text(part)) => text.contains(part.as_str()),
            (Value::Nested(json), _) => {
                members(json).any(|member| Value::of_json(member).equals(value))
            }
            _ => false,
        },
    }
}
