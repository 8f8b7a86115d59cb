//! The `reduce` of a query.

use codebolt_wasm::wire::event_log::Reduction;
use serde_json::Value;

use super::fault::{QueryFault, fault, shown};
use super::member::{field, list, one_of, only_known};
use crate::query::plan::Reduce;

/// Fields of one `groupBy`.
const MOST_KEYS: usize = 8;

pub(super) fn reduce(value: Option<&Value>) -> Result<Option<Reduce>, QueryFault> {
    let reduce = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(reduce)) => reduce,
        Some(other) => {
            return fault(
                "query.reduce",
                format!(
                    "must be an object like {{\"type\":\"count\"}}, and is {}",
                    shown(other)
                ),
            );
        }
    };
    only_known("query.reduce", reduce, &["type", "field", "groupBy"])?;
    let reduction = one_of(
        reduce.get("type"),
        "query.reduce.type",
        &Reduction::ALL,
        Reduction::name,
    )?;
    let path = "query.reduce.field";
    let field_of = match reduce.get("field") {
        None | Some(Value::Null) => None,
        given => Some(field(given, path)?.1),
    };
    let needs_field = !matches!(reduction, Reduction::Count | Reduction::Collect);
    if needs_field && field_of.is_none() {
        return fault(
            path,
            format!(
                "is missing; {} needs the field to compute from",
                reduction.name()
            ),
        );
    }
    let mut group_by = Vec::new();
    for (index, part) in list(reduce.get("groupBy"), "query.reduce.groupBy", MOST_KEYS)?
        .iter()
        .enumerate()
    {
        let path = format!("query.reduce.groupBy[{index}]");
        let key = field(Some(part), &path)?;
        if key.0 == "value" {
            return fault(
                path,
                "must not be value, which is where each group's result goes; write payload.value",
            );
        }
        if !group_by.contains(&key) {
            group_by.push(key);
        }
    }
    Ok(Some(Reduce {
        reduction,
        field: field_of,
        group_by,
    }))
}
