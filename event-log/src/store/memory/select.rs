//! Running a plan.

use super::aggregate::aggregate;
use super::instance::Instance;
use super::order::{is_reversed, ordered};
use super::scope::Scope;
use crate::query::{Answer, Plan, Rendered};
use crate::store::StoreFailure;

/// Runs a plan on an instance.
pub fn query(instance: &Instance, plan: &Plan) -> Result<Answer, StoreFailure> {
    let (total, events, is_cut, aggregation) = match &plan.reduce {
        Some(reduce) => {
            let (total, aggregation) = aggregate(instance, plan, reduce)?;
            (total, Vec::new(), false, Some(aggregation))
        }
        None => {
            let mut rendered = Rendered::new(plan, &instance.id);
            let total = render(instance, plan, &mut rendered);
            let (events, is_cut) = rendered.finish();
            (total, events, is_cut, None)
        }
    };
    Ok(Answer {
        unindexed: None,
        total: u64::try_from(total).unwrap_or(u64::MAX),
        events,
        is_cut,
        aggregation,
    })
}

/// Renders the events that are asked for; answers how many meet the conditions.
fn render(instance: &Instance, plan: &Plan, rendered: &mut Rendered<'_>) -> usize {
    let scope = Scope::new(instance, plan, None);
    let offset = usize::try_from(plan.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(plan.event_limit()).unwrap_or(usize::MAX);
    let Some(is_reversed) = is_reversed(plan.order.as_ref()) else {
        let Some(order) = &plan.order else { return 0 };
        let (page, total) = ordered(&scope, &instance.id, order, offset, limit);
        for event in page {
            if rendered.add(event).is_break() {
                break;
            }
        }
        return total;
    };
    let last = scope.len().wrapping_sub(1);
    let nth = |index: usize| {
        if is_reversed {
            last.wrapping_sub(index)
        } else {
            index
        }
    };
    if scope.is_exact() {
        let end = offset.saturating_add(limit).min(scope.len());
        for index in offset..end {
            if let Some(event) = scope.candidate(nth(index))
                && rendered.add(event).is_break()
            {
                break;
            }
        }
        return scope.len();
    }
    let mut total = 0;
    let mut is_full = limit == 0;
    for index in 0..scope.len() {
        let Some(event) = scope.matching(nth(index)) else {
            continue;
        };
        if total >= offset && !is_full {
            is_full = rendered.add(event).is_break() || total - offset + 1 == limit;
        }
        total += 1;
    }
    total
}
