//! Running a plan's `reduce`.

use codebolt_wasm::wire::event_log::Reduction;

use super::found::found;
use super::instance::Instance;
use super::offset::Offset;
use super::scope::Scope;
use crate::query::{
    Aggregation, Cell, Collected, Column, Found, Group, Number, Plan, Reduce, Reducing, Scalar,
    TooMuch,
};
use crate::store::StoreFailure;

/// Computes an aggregation; answers with how many events meet the conditions, too.
pub fn aggregate(
    instance: &Instance,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<(usize, Aggregation), StoreFailure> {
    if reduce.reduction == Reduction::Collect {
        return collect(instance, plan, reduce);
    }
    let scope = Scope::new(instance, plan, None);
    if let Some(groups) = kept_counts(instance, plan)? {
        let aggregation = Aggregation::sorted(groups, plan.offset, plan.limit);
        return Ok((scope.count(), aggregation));
    }
    if reduce.counts_events() && reduce.group_by.is_empty() {
        let total = scope.count();
        let count = i64::try_from(total).unwrap_or(i64::MAX);
        return Ok((
            total,
            Aggregation::Single(Cell::Number(Number::Whole(count))),
        ));
    }
    let mut reducing = Reducing::new(plan, reduce);
    let mut keys = Vec::with_capacity(reduce.group_by.len());
    for index in 0..scope.len() {
        let Some(event) = scope.matching(index) else {
            continue;
        };
        keys.clear();
        keys.extend(
            reduce
                .group_by
                .iter()
                .map(|(_, field)| found(event, &instance.id, field)),
        );
        let value = match &reduce.field {
            // Something that is there, to be counted.
            None => Found::Whole(1),
            Some(field) => found(event, &instance.id, field),
        };
        reducing.add(&keys, value)?;
    }
    let total = usize::try_from(reducing.total()).unwrap_or(usize::MAX);
    Ok((total, reducing.finish()))
}

/// Counts of all streams or all types are known without reading any event.
fn kept_counts(instance: &Instance, plan: &Plan) -> Result<Option<Vec<Group>>, StoreFailure> {
    let group = |(name, offsets): (&std::sync::Arc<str>, &Vec<Offset>)| Group {
        keys: vec![Scalar::Text(name.to_string())],
        value: Cell::Number(Number::Whole(
            i64::try_from(offsets.len()).unwrap_or(i64::MAX),
        )),
    };
    let groups: Vec<Group> = match plan.counted_column() {
        Some(Column::Stream) => instance.streams().map(group).collect(),
        Some(Column::EventType) => instance.types().map(group).collect(),
        _ => return Ok(None),
    };
    if groups.len() > plan.most_values {
        return Err(TooMuch::Groups(plan.most_values).into());
    }
    Ok(Some(groups))
}

fn collect(
    instance: &Instance,
    plan: &Plan,
    reduce: &Reduce,
) -> Result<(usize, Aggregation), StoreFailure> {
    let has_field = reduce.has_field();
    let scope = Scope::new(instance, plan, has_field.as_ref());
    let mut collected = Collected::new(plan, reduce, &instance.id);
    let passed_over = usize::try_from(collected.events_passed_over()).unwrap_or(usize::MAX);
    let events = (0..scope.len())
        .filter_map(|index| scope.matching(index))
        .skip(passed_over)
        .take(collected.most_events());
    for event in events {
        collected.add(event)?;
    }
    let total = Scope::new(instance, plan, None).count();
    Ok((total, collected.finish()))
}
