//! The statement that reads the events of a `collect`.

use crate::query::Collected;

/// The statement that reads the events to collect: `select` with a condition, in append order.
pub fn collected_events(
    select: &str,
    condition: &str,
    append_order: &str,
    collected: &Collected<'_>,
) -> String {
    format!(
        "{select} WHERE {condition} ORDER BY {append_order} LIMIT {} OFFSET {}",
        collected.most_events(),
        collected.events_passed_over()
    )
}
