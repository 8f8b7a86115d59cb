//! Which events a plan reads, and by which index.

use std::borrow::Cow;
use std::ops::Range;

use super::condition::all_hold;
use super::instance::Instance;
use super::offset::{Offset, at};
use crate::query::{Column, Comparison, Condition, Field, Number, Plan, Scalar, Test};
use crate::record::EventRow;

/// So many events are read as fast as an index leads to some of them.
const FEW: usize = 500;

/// The events among which those are that meet a plan's conditions, in append order.
pub struct Scope<'a> {
    instance: &'a Instance,
    candidates: Candidates<'a>,
    /// The conditions that do not hold of all of them.
    rest: Vec<&'a Condition>,
}

enum Candidates<'a> {
    Range(Range<usize>),
    Offsets(Cow<'a, [Offset]>),
}

impl<'a> Scope<'a> {
    /// The scope of a plan, with one more condition.
    pub fn new(instance: &'a Instance, plan: &'a Plan, further: Option<&'a Condition>) -> Self {
        let mut rest: Vec<&Condition> = plan.conditions.iter().chain(further).collect();
        let range = range(instance, &mut rest);
        let candidates = match shortest(instance, &mut rest) {
            None => Candidates::Range(range),
            Some(offsets) => Candidates::Offsets(clipped(offsets, &range)),
        };
        Self {
            instance,
            candidates,
            rest,
        }
    }

    /// How many events are candidates.
    pub fn len(&self) -> usize {
        match &self.candidates {
            Candidates::Range(range) => range.len(),
            Candidates::Offsets(offsets) => offsets.len(),
        }
    }

    /// Whether all candidates meet the conditions.
    pub const fn is_exact(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many events meet the conditions.
    pub fn count(&self) -> usize {
        if self.is_exact() {
            return self.len();
        }
        (0..self.len())
            .filter(|index| self.matching(*index).is_some())
            .count()
    }

    /// A candidate, by its index among them.
    pub fn candidate(&self, index: usize) -> Option<&'a EventRow> {
        let events = self.instance.events();
        match &self.candidates {
            Candidates::Range(range) => events.get(range.start.checked_add(index)?),
            Candidates::Offsets(offsets) => at(events, *offsets.get(index)?),
        }
    }

    /// A candidate, if it meets the conditions.
    pub fn matching(&self, index: usize) -> Option<&'a EventRow> {
        self.candidate(index)
            .filter(|event| all_hold(&self.rest, event, &self.instance.id))
    }
}

/// The offsets that conditions on `log_position` and `timestamp` leave; takes those out that it answers wholly.
/// Times never run backwards in an instance.
fn range(instance: &Instance, conditions: &mut Vec<&Condition>) -> Range<usize> {
    let events = instance.events();
    let mut range = 0..events.len();
    conditions.retain(|condition| {
        let of: fn(&EventRow) -> i64 = match condition.field {
            Field::Column(Column::Position) => |event| event.position,
            Field::Column(Column::Timestamp) => |event| event.timestamp,
            _ => return true,
        };
        let Some((low, high)) = wholes(&condition.test) else {
            return true;
        };
        range.start = range
            .start
            .max(events.partition_point(|event| of(event) < low));
        range.end = range
            .end
            .min(events.partition_point(|event| of(event) <= high));
        false
    });
    range.start = range.start.min(range.end);
    range
}

/// The lowest and the highest of the whole numbers that pass a test; `None` when they are not a range.
fn wholes(test: &Test) -> Option<(i64, i64)> {
    /// No whole number.
    const NONE: (i64, i64) = (i64::MAX, i64::MIN);
    let up = |value: &Scalar| rounded(value, f64::ceil);
    let down = |value: &Scalar| rounded(value, f64::floor);
    let found = match test {
        Test::Equal(value) => up(value).zip(down(value)),
        Test::Compare(Comparison::GreaterOrEqual, value) => up(value).zip(Some(i64::MAX)),
        Test::Compare(Comparison::Greater, value) => down(value)
            .map(|whole| whole.saturating_add(1))
            .zip(Some(i64::MAX)),
        Test::Compare(Comparison::LessOrEqual, value) => Some(i64::MIN).zip(down(value)),
        Test::Compare(Comparison::Less, value) => {
            Some(i64::MIN).zip(up(value).map(|whole| whole.saturating_sub(1)))
        }
        Test::Between(from, to) => up(from).zip(down(to)),
        Test::Exists | Test::NotEqual(_) | Test::OneOf(_) | Test::Contains(_) => return None,
    };
    // Values of other types have no order to a number.
    Some(found.unwrap_or(NONE))
}

/// A number as a whole one. Beyond 64 bits it is the last one there is, which no position and no time has.
fn rounded(value: &Scalar, round: fn(f64) -> f64) -> Option<i64> {
    match value {
        Scalar::Number(Number::Whole(whole)) => Some(*whole),
        #[expect(clippy::cast_possible_truncation, reason = "it is the nearest then")]
        Scalar::Number(Number::Double(double)) => Some(round(*double) as i64),
        Scalar::Null | Scalar::Boolean(_) | Scalar::Text(_) => None,
    }
}

/// The shortest of the lists that conditions lead to; takes the condition out that it answers.
fn shortest<'a>(
    instance: &'a Instance,
    conditions: &mut Vec<&Condition>,
) -> Option<Cow<'a, [Offset]>> {
    let lists = conditions
        .iter()
        .enumerate()
        .filter_map(|(index, condition)| Some((index, list(instance, condition)?)));
    let best = lists.min_by_key(|(_, offsets)| offsets.len());
    let read = best
        .as_ref()
        .map_or(instance.events().len(), |(_, offsets)| offsets.len());
    let by_field = (read > FEW)
        .then(|| by_field(instance, conditions))
        .flatten();
    let (index, offsets) = match (best, by_field) {
        (Some(best), Some(by_field)) if best.1.len() <= by_field.1.len() => best,
        (best, by_field) => by_field.or(best)?,
    };
    conditions.remove(index);
    Some(offsets)
}

/// The events that an index of a field leads to, and by which condition.
fn by_field<'a>(
    instance: &'a Instance,
    conditions: &[&Condition],
) -> Option<(usize, Cow<'a, [Offset]>)> {
    let mut equal = conditions
        .iter()
        .enumerate()
        .filter_map(
            |(index, condition)| match (&condition.field, &condition.test) {
                (field @ (Field::Payload(_) | Field::Metadata(_)), Test::Equal(value)) => {
                    Some((index, field, value))
                }
                _ => None,
            },
        );
    // One for a query: its other conditions are looked at in what that leads to.
    let (index, field, value) = equal.next()?;
    Some((index, Cow::Owned(instance.with_value(field, value)?)))
}

/// The events of which a condition holds, where that is known without reading them.
fn list<'a>(instance: &'a Instance, condition: &Condition) -> Option<Cow<'a, [Offset]>> {
    let (Field::Column(column), Test::Equal(Scalar::Text(text))) =
        (&condition.field, &condition.test)
    else {
        return None;
    };
    match column {
        Column::Stream => Some(Cow::Borrowed(instance.of_stream(text))),
        Column::EventType => Some(Cow::Borrowed(instance.of_type(text))),
        Column::Id => Some(Cow::Owned(instance.with_id(text).into_iter().collect())),
        Column::Instance | Column::Timestamp | Column::Sequence | Column::Position => None,
    }
}

/// The part of a list that is within a range.
fn clipped<'a>(offsets: Cow<'a, [Offset]>, range: &Range<usize>) -> Cow<'a, [Offset]> {
    let before = |end: usize| {
        offsets.partition_point(|offset| usize::try_from(*offset).is_ok_and(|p| p < end))
    };
    let part = before(range.start)..before(range.end);
    match offsets {
        Cow::Borrowed(offsets) => Cow::Borrowed(offsets.get(part).unwrap_or_default()),
        Cow::Owned(offsets) => Cow::Owned(offsets.get(part).unwrap_or_default().to_vec()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use serde_json::{Value, json};

    use super::{Instance, Scope};
    use crate::query::{QueryBounds, parse};
    use crate::store::NewEvent;
    use crate::store::memory::ids::Ids;

    /// 1,000 events, a tenth of them in stream `s`, and half of type `t`; `n` is 0 to 99 in turn, `is_early` holds of 950.
    fn filled() -> Instance {
        let mut instance = Instance::empty();
        let events: Vec<NewEvent> = (0..1_000)
            .map(|n| NewEvent {
                id: Some(format!("e{n}")),
                stream_id: if n % 10 == 0 { "s" } else { "other" }.into(),
                event_type: if n % 2 == 0 { "t" } else { "other" }.into(),
                payload: format!("{{\"n\":{},\"is_early\":{}}}", n % 100, n < 950).into(),
                metadata: "{}".into(),
                expected_version: None,
                timestamp: Some(n),
            })
            .collect();
        instance.append(&events, None, 0, &Ids::default()).unwrap();
        instance
    }

    #[test]
    fn a_plan_reads_as_few_events_as_an_index_leads_to() {
        let instance = filled();
        let test = |field: &str, operator: &str, value: Value| json!({ "field": field, "operator": operator, "value": value });
        let eq = |field: &str, value: Value| test(field, "eq", value);
        let (stream, of_type) = (eq("stream_id", json!("s")), eq("event_type", json!("t")));
        let n = eq("n", json!(40));
        let other = eq("event_type", json!("other"));
        let (is_early, other_stream) =
            (eq("is_early", json!(true)), eq("stream_id", json!("other")));
        for (conditions, read, is_exact) in [
            (json!([]), 1_000, true),
            (json!([stream]), 100, true),
            (json!([of_type]), 500, true),
            (json!([of_type, stream]), 100, false),
            (json!([stream, of_type]), 100, false),
            (json!([eq("id", json!("e7"))]), 1, true),
            (json!([eq("id", json!("e7")), stream]), 1, false),
            (json!([test("log_position", "gt", json!(900))]), 100, true),
            (json!([test("log_position", "lte", json!(900))]), 900, true),
            (json!([eq("log_position", json!(7))]), 1, true),
            (json!([test("timestamp", "gte", json!(990))]), 10, true),
            (json!([test("timestamp", "lt", json!(990))]), 990, true),
            (
                json!([test("timestamp", "between", json!([10, 19]))]),
                10,
                true,
            ),
            (
                json!([stream, test("log_position", "gt", json!(900))]),
                10,
                true,
            ),
            (json!([test("log_position", "neq", json!(1))]), 1_000, false),
            (
                json!([test("sequence_number", "gt", json!(5))]),
                1_000,
                false,
            ),
            // A field has an index from the second time on that it is asked for.
            (json!([n]), 1_000, false),
            (json!([n]), 10, true),
            (json!([test("event_type", "neq", json!("x")), n]), 10, false),
            // Where few events are left, none is looked for.
            (json!([n, other]), 500, false),
            (json!([n, stream]), 100, false),
            // The shorter of the two is read.
            (json!([eq("n", json!(41)), other_stream]), 10, false),
            (json!([is_early]), 1_000, false),
            (json!([is_early]), 950, true),
            (json!([is_early, other_stream]), 900, false),
        ] {
            let query = json!({ "from": { "instance": "log" }, "where": conditions });
            let bounds = QueryBounds {
                name_bytes: 512,
                aggregation_values: 10,
                reply_bytes: 1_000,
            };
            let plan = parse(&query, bounds).unwrap();
            let scope = Scope::new(&instance, &plan, None);
            assert_eq!(
                (scope.len(), scope.is_exact()),
                (read, is_exact),
                "{conditions}"
            );
        }
    }
}
