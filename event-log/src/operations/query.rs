//! Querying events.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::bounds::Bounds;
use super::envelope::Reply;
use super::failure::Failure;
use super::json_check::values_in;
use super::params::Params;
use crate::json_text::shortened;
use crate::query::{
    Aggregation, Answer, Cell, Plan, QueryBounds, Reduce, Unindexed, parse, push_text,
};
use crate::refusal::RefusalCode;
use crate::store::{Caller, Store};

/// How many values a query has at most: more than all conditions with the longest lists.
const MOST_VALUES: usize = 110_000;

/// Checks the query that `queryEvents` asks with.
pub fn plan(params: &Params<'_>, bounds: &Bounds) -> Result<Arc<Plan>, Failure> {
    let Some(raw) = params.get("query") else {
        return Err(Failure::new(
            RefusalCode::InvalidQuery,
            "params.query is missing; it must be an object like {\"from\":{\"instance\":…}}".into(),
        ));
    };
    if values_in(raw.get()) > MOST_VALUES {
        return Err(Failure::new(
            RefusalCode::LimitExceeded,
            format!(
                "params.query has more than {MOST_VALUES} values; ask with fewer conditions, or shorter lists"
            ),
        ));
    }
    let query: Value = serde_json::from_str(raw.get()).map_err(|error| {
        Failure::request(format!(
            "params.query cannot be read: {error}, in {}",
            shortened(raw.get())
        ))
    })?;
    let bounds = QueryBounds {
        name_bytes: bounds.name_bytes,
        aggregation_values: bounds.aggregation_values,
        reply_bytes: bounds.reply_bytes,
    };
    match parse(&query, bounds) {
        Ok(plan) => Ok(Arc::new(plan)),
        Err(fault) => Err(Failure::new(RefusalCode::InvalidQuery, fault.to_string())),
    }
}

/// Answers `queryEvents`.
pub async fn answer(store: &dyn Store, caller: Caller, plan: Arc<Plan>) -> Result<Reply, Failure> {
    let answer = store.query(caller, Arc::clone(&plan)).await?;
    let message = if answer.is_cut {
        "these are fewer events than the limit, as a reply holds no more; ask for the next ones"
    } else {
        "the query was answered"
    };
    let unindexed = answer.unindexed.clone();
    let mut reply = Reply {
        data: render(&plan, answer),
        message: message.into(),
        read_all: false,
    };
    if let Some(Unindexed { field, events }) = unindexed {
        reply.read_all = true;
        reply.message = format!(
            "{}; it took reading {events} events, of which an index leads to the right ones: start the host with --index {field}",
            reply.message
        )
        .into();
    }
    Ok(reply)
}

/// The answer's JSON text. Large events stay the texts that they are.
fn render(plan: &Plan, answer: Answer) -> Vec<Cow<'static, str>> {
    const LARGE: usize = 4 * 1024;
    let mut parts = Vec::new();
    let mut json = String::with_capacity(1024);
    json.push_str("{\"result\":{");
    match (&answer.aggregation, &plan.reduce) {
        (Some(aggregation), Some(reduce)) => {
            json.push_str("\"aggregation\":");
            push_aggregation(&mut json, aggregation, reduce);
        }
        _ => {
            json.push_str("\"events\":[");
            for (index, event) in answer.events.into_iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                if event.len() > LARGE {
                    parts.push(Cow::Owned(std::mem::take(&mut json)));
                    parts.push(Cow::Owned(event));
                } else {
                    json.push_str(&event);
                }
            }
            json.push(']');
        }
    }
    json.push_str(&format!(",\"total\":{}", answer.total));
    if plan.reduce.is_none() {
        json.push_str(&format!(
            ",\"limit\":{},\"offset\":{}",
            plan.event_limit(),
            plan.offset
        ));
        if answer.is_cut {
            json.push_str(",\"more\":true");
        }
    } else if let Some(limit) = plan.limit {
        json.push_str(&format!(",\"limit\":{limit},\"offset\":{}", plan.offset));
    }
    json.push_str("}}");
    parts.push(Cow::Owned(json));
    parts
}

fn push_aggregation(json: &mut String, aggregation: &Aggregation, reduce: &Reduce) {
    let groups = match aggregation {
        Aggregation::Single(cell) => return push_cell(json, cell),
        Aggregation::Groups(groups) => groups,
    };
    json.push('[');
    for (index, group) in groups.iter().enumerate() {
        json.push_str(if index > 0 { ",{" } else { "{" });
        for ((name, _), key) in reduce.group_by.iter().zip(&group.keys) {
            push_text(json, name);
            json.push(':');
            json.push_str(&key.to_json());
            json.push(',');
        }
        json.push_str("\"value\":");
        push_cell(json, &group.value);
        json.push('}');
    }
    json.push(']');
}

fn push_cell(json: &mut String, cell: &Cell) {
    match cell {
        Cell::Nothing => json.push_str("null"),
        Cell::Number(number) => json.push_str(&number.to_json()),
        Cell::Text(text) => push_text(json, text),
        Cell::List(values) => push_list(json, values),
    }
}

fn push_list(json: &mut String, values: &[String]) {
    json.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push_str(value);
    }
    json.push(']');
}
