//! Aggregations as SQL, and their rows read back.

use codebolt_wasm::wire::event_log::Reduction;

use super::dialect::{Dialect, Kind, Operand};
use crate::query::{Cell, Column, Field, Number, Reduce, Scalar};
use crate::store::iso_8601;

/// The expressions of one key of `GROUP BY`: its rank, its number and its text. What a field
/// cannot be is `NULL`.
#[derive(Debug, Clone)]
pub struct GroupColumns {
    /// As [`Dialect::rank`].
    pub rank: Option<String>,
    /// The number.
    pub number: Option<String>,
    /// The text.
    pub text: Option<String>,
}

impl GroupColumns {
    /// The expressions that are no constants: what to group by.
    pub fn grouped(&self) -> impl Iterator<Item = &String> {
        [&self.rank, &self.number, &self.text].into_iter().flatten()
    }
}

/// The expressions of a key.
#[must_use]
pub fn group_columns(dialect: &dyn Dialect, field: &Field) -> GroupColumns {
    match Operand::of(field) {
        Operand::Text(column) => GroupColumns {
            rank: None,
            number: None,
            text: Some(dialect.column(column)),
        },
        Operand::Number(column) => GroupColumns {
            rank: None,
            number: Some(dialect.column(column)),
            text: None,
        },
        Operand::Json(json) => GroupColumns {
            rank: Some(dialect.rank(json)),
            number: Some(format!(
                "CASE WHEN {} THEN {} END",
                dialect.is(json, Kind::Number),
                dialect.number(json)
            )),
            text: Some(format!(
                "CASE WHEN {} THEN {} END",
                dialect.is(json, Kind::Text),
                dialect.text(json)
            )),
        },
    }
}

/// A key read back from its three columns.
#[must_use]
pub fn scalar_of(
    field: &Field,
    rank: Option<i64>,
    number: Option<Number>,
    text: Option<String>,
) -> Scalar {
    match (field, rank, number, text) {
        (Field::Column(Column::Timestamp), _, Some(Number::Whole(instant)), _) => {
            Scalar::Text(iso_8601(instant))
        }
        (Field::Payload(_) | Field::Metadata(_), Some(1), ..) => Scalar::Boolean(false),
        (Field::Payload(_) | Field::Metadata(_), Some(2), ..) => Scalar::Boolean(true),
        (_, _, Some(number), _) => Scalar::Number(number),
        (_, _, _, Some(text)) => Scalar::Text(text),
        _ => Scalar::Null,
    }
}

/// The aggregates of a reduction: one over numbers and one over texts, `NULL` where there is
/// nothing. A count is over numbers.
#[must_use]
pub fn reduction(dialect: &dyn Dialect, reduce: &Reduce) -> (String, String) {
    let null = || "NULL".to_owned();
    let Some(field) = &reduce.field else {
        return ("count(*)".into(), null());
    };
    let (number, text, present) = match Operand::of(field) {
        Operand::Text(column) => (null(), dialect.column(column), "1".into()),
        Operand::Number(column) => (dialect.column(column), null(), "1".into()),
        Operand::Json(json) => {
            let columns = group_columns(dialect, field);
            let present = format!("CASE WHEN {} THEN 1 END", dialect.is(json, Kind::Present));
            (
                columns.number.unwrap_or_else(null),
                columns.text.unwrap_or_else(null),
                present,
            )
        }
    };
    let is_instant = *field == Field::Column(Column::Timestamp);
    let of = |name: &str, expression: &str| {
        if expression == "NULL" {
            null()
        } else {
            format!("{name}({expression})")
        }
    };
    match reduce.reduction {
        Reduction::Count | Reduction::Collect => (format!("count({present})"), null()),
        Reduction::Sum | Reduction::Avg if is_instant || number == "NULL" => (null(), null()),
        Reduction::Sum | Reduction::Avg => {
            (dialect.summed(reduce.reduction.name(), &number), null())
        }
        Reduction::Min => (of("min", &number), of("min", &text)),
        Reduction::Max => (of("max", &number), of("max", &text)),
    }
}

/// A computed value read back from its two columns.
#[must_use]
pub fn cell_of(reduce: &Reduce, number: Option<Number>, text: Option<String>) -> Cell {
    match (number, text) {
        (Some(Number::Whole(instant)), _)
            if reduce.field == Some(Field::Column(Column::Timestamp))
                && matches!(reduce.reduction, Reduction::Min | Reduction::Max) =>
        {
            Cell::Text(iso_8601(instant))
        }
        (Some(number), _) => Cell::Number(number),
        (None, Some(text)) => Cell::Text(text),
        (None, None) => Cell::Nothing,
    }
}

/// A double that a database computed; none when it is beyond what JSON can hold.
#[must_use]
pub fn number_of(double: f64) -> Option<Number> {
    double.is_finite().then(|| Number::from_double(double))
}
