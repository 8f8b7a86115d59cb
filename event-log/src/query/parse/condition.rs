//! One condition of a query's `where`.

use codebolt_wasm::wire::event_log::Operator;
use serde_json::Value;

use super::fault::{QueryFault, fault, shown};
use super::member::{field, list, one_of, only_known};
use crate::query::field::{Column, Field};
use crate::query::instant::instant_of;
use crate::query::plan::{Comparison, Condition, Test};
use crate::query::scalar::Scalar;

/// Values of one `in`.
const MOST_IN: usize = 1_000;

/// Checks one entry of `where`.
pub(super) fn condition(part: &Value, path: &str) -> Result<Condition, QueryFault> {
    let Value::Object(part) = part else {
        return fault(
            path,
            format!(
                "must be an object like {{\"field\":…,\"operator\":\"eq\",\"value\":…}}, and is {}",
                shown(part)
            ),
        );
    };
    only_known(path, part, &["field", "operator", "value"])?;
    let (_, field) = field(part.get("field"), &format!("{path}.field"))?;
    let operator = one_of(
        part.get("operator"),
        &format!("{path}.operator"),
        &Operator::ALL,
        Operator::name,
    )?;
    let at = format!("{path}.value");
    let Some(value) = part.get("value") else {
        return fault(
            at,
            "is missing; JSON drops undefined, so give null or leave the condition out",
        );
    };
    let is_instant = field == Field::Column(Column::Timestamp);
    let read = |value: &Value| scalar(value, &at, operator, is_instant);
    let compared = |comparison| {
        Ok(Test::Compare(
            comparison,
            ordered(read(value)?, value, &at, operator)?,
        ))
    };
    let test = match operator {
        Operator::Eq => Ok(Test::Equal(read(value)?)),
        Operator::Neq => Ok(Test::NotEqual(read(value)?)),
        Operator::Gt => compared(Comparison::Greater),
        Operator::Gte => compared(Comparison::GreaterOrEqual),
        Operator::Lt => compared(Comparison::Less),
        Operator::Lte => compared(Comparison::LessOrEqual),
        Operator::Contains if is_instant => fault(
            &at,
            "cannot be looked for in timestamp; use between, gte and lt",
        ),
        Operator::Contains => Ok(Test::Contains(read(value)?)),
        Operator::In => match value {
            Value::Array(_) => {
                let values = list(Some(value), &at, MOST_IN)?;
                values
                    .iter()
                    .map(read)
                    .collect::<Result<_, _>>()
                    .map(Test::OneOf)
            }
            other => fault(
                &at,
                format!("must be a list for in, and is {}", shown(other)),
            ),
        },
        Operator::Between => match value.as_array().map(Vec::as_slice) {
            Some([low, high]) => between(
                ordered(read(low)?, low, &at, operator)?,
                ordered(read(high)?, high, &at, operator)?,
                &at,
            ),
            _ => fault(
                &at,
                format!(
                    "must be a list of two values for between, the lower first, and is {}",
                    shown(value)
                ),
            ),
        },
    }?;
    Ok(Condition { field, test })
}

fn scalar(
    value: &Value,
    at: &str,
    operator: Operator,
    is_instant: bool,
) -> Result<Scalar, QueryFault> {
    let Some(scalar) = Scalar::from_value(value) else {
        return fault(
            at,
            format!(
                "must be a text, a number, true, false or null for {}, and is {}; compare the fields inside of lists and objects",
                operator.name(),
                shown(value)
            ),
        );
    };
    if !is_instant || matches!(scalar, Scalar::Null | Scalar::Boolean(_)) {
        return Ok(scalar);
    }
    match instant_of(&scalar) {
        Some(instant) => Ok(Scalar::Number(instant)),
        None => fault(
            at,
            format!(
                "must be an instant, as milliseconds since 1970 or ISO-8601 text with an offset and no zone's name, and is {}",
                shown(value)
            ),
        ),
    }
}

fn ordered(
    scalar: Scalar,
    value: &Value,
    at: &str,
    operator: Operator,
) -> Result<Scalar, QueryFault> {
    match scalar {
        Scalar::Number(_) | Scalar::Text(_) => Ok(scalar),
        Scalar::Null | Scalar::Boolean(_) => fault(
            at,
            format!(
                "must be a number or a text for {}, and is {}",
                operator.name(),
                shown(value)
            ),
        ),
    }
}

fn between(low: Scalar, high: Scalar, at: &str) -> Result<Test, QueryFault> {
    match (&low, &high) {
        (Scalar::Number(_), Scalar::Number(_)) | (Scalar::Text(_), Scalar::Text(_)) => {
            Ok(Test::Between(low, high))
        }
        _ => fault(
            at,
            "must be two numbers or two texts for between, not one of each",
        ),
    }
}
