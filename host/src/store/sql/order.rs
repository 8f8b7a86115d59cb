//! `ORDER BY`.

use codebolt_wasm::wire::event_log::Direction;

use super::dialect::{Dialect, Operand};
use crate::query::{Column, Field, Order};

/// The terms of `ORDER BY`. `position` is the expression of append order.
///
/// Instants of an instance never run backwards, so their order is append order.
pub fn order_by(dialect: &dyn Dialect, order: Option<&Order>, position: &str) -> String {
    let Some(Order { field, direction }) = order else {
        return position.to_owned();
    };
    let way = match direction {
        Direction::Asc => "",
        Direction::Desc => " DESC",
    };
    if matches!(
        field,
        Field::Column(Column::Timestamp | Column::Position | Column::Instance)
    ) {
        return format!("{position}{way}");
    }
    match Operand::of(field) {
        Operand::Text(column) | Operand::Number(column) => {
            format!("{}{way}, {position}{way}", dialect.column(column))
        }
        Operand::Json(json) => {
            format!("{}, {position}{way}", dialect.json_order(json, way))
        }
    }
}
