//! Aggregations as SQL, and their rows read back.

use codebolt_wasm::wire::event_log::Reduction;

use crate::query::{Cell, Column, Field, Number, Reduce, Scalar};
use crate::store::iso_8601;
use crate::store::sql::{Dialect, Kind, Operand};

/// The expressions of one key of `GROUP BY`: its rank, its number and its text. What a field
/// cannot be is `NULL`.
#[derive(Debug, Clone)]
pub struct GroupColumns {
    /// The rank, as in [`Dialect::rank`].
    pub rank: Option<String>,
    /// The number.
    pub number: Option<String>,
    /// The text.
    pub text: Option<String>,
}

impl GroupColumns {
    /// The expressions to group by: those that are not constants.
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

/// The aggregates of a reduction as expressions, `NULL` where there is nothing.
#[derive(Debug)]
pub struct Aggregates {
    /// Over numbers. A count is one.
    pub number: String,
    /// Over texts.
    pub text: String,
    /// How many numbers went into a sum.
    pub count: String,
}

/// The values that the database computed for [`Aggregates`].
#[derive(Debug)]
pub struct Computed {
    /// Over numbers.
    pub number: Option<Number>,
    /// Over texts.
    pub text: Option<String>,
    /// How many numbers.
    pub count: Option<Number>,
}

fn null() -> String {
    "NULL".into()
}

/// The aggregates of a reduction.
#[must_use]
pub fn reduction(dialect: &dyn Dialect, reduce: &Reduce) -> Aggregates {
    let of_numbers = |number: String| Aggregates {
        number,
        text: null(),
        count: null(),
    };
    let Some(field) = &reduce.field else {
        return of_numbers("count(*)".into());
    };
    let columns = group_columns(dialect, field);
    let is_instant = *field == Field::Column(Column::Timestamp);
    let extreme = |name: &str| Aggregates {
        number: columns
            .number
            .as_ref()
            .map_or_else(null, |number| format!("{name}({number})")),
        text: columns
            .text
            .as_ref()
            .map_or_else(null, |text| format!("{name}({text})")),
        count: null(),
    };
    match reduce.reduction {
        Reduction::Count | Reduction::Collect => of_numbers(match Operand::of(field) {
            Operand::Json(json) => {
                format!(
                    "count(CASE WHEN {} THEN 1 END)",
                    dialect.is(json, Kind::Present)
                )
            }
            Operand::Text(_) | Operand::Number(_) => "count(*)".into(),
        }),
        Reduction::Sum | Reduction::Avg => match &columns.number {
            Some(number) if !is_instant => Aggregates {
                // The sum is exact: PostgreSQL adds decimals.
                number: format!("sum({number})"),
                text: null(),
                count: format!("count({number})"),
            },
            _ => of_numbers(null()),
        },
        Reduction::Min => extreme("min"),
        Reduction::Max => extreme("max"),
    }
}

/// A computed value read back.
#[must_use]
pub fn cell_of(reduce: &Reduce, computed: Computed) -> Cell {
    let is_instant = reduce.field == Some(Field::Column(Column::Timestamp));
    match (reduce.reduction, computed.number, computed.text) {
        (Reduction::Avg, Some(sum), _) => computed
            .count
            .and_then(|count| number_of(sum.to_double() / count.to_double()))
            .map_or(Cell::Nothing, Cell::Number),
        (Reduction::Sum, Some(sum), _) => {
            number_of(sum.to_double()).map_or(Cell::Nothing, Cell::Number)
        }
        (Reduction::Min | Reduction::Max, Some(Number::Whole(instant)), _) if is_instant => {
            Cell::Text(iso_8601(instant))
        }
        (_, Some(number), _) => Cell::Number(number),
        (_, None, Some(text)) => Cell::Text(text),
        (_, None, None) => Cell::Nothing,
    }
}

/// A double that the database computed; `None` when JSON cannot represent it.
#[must_use]
pub fn number_of(double: f64) -> Option<Number> {
    double.is_finite().then(|| Number::from_double(double))
}
