//! Conditions as SQL.

use super::dialect::{Bind, Binds, Dialect, Json, Kind, Operand};
use crate::query::{Column, Condition, Number, Scalar, Test};

const TRUE: &str = "(1=1)";
const FALSE: &str = "(1=0)";

/// The condition as an expression that is true exactly where the test holds.
pub fn condition(dialect: &dyn Dialect, binds: &mut Binds, condition: &Condition) -> String {
    match Operand::of(&condition.field) {
        Operand::Text(column) => text_column(dialect, binds, column, &condition.test),
        Operand::Number(column) => number_column(dialect, binds, column, &condition.test),
        Operand::Json(json) => in_json(dialect, binds, json, &condition.test),
    }
}

fn text_column(dialect: &dyn Dialect, binds: &mut Binds, column: Column, test: &Test) -> String {
    let wrapped = |build: &mut dyn FnMut(&str) -> String| dialect.text_condition(column, build);
    match test {
        Test::Exists => TRUE.into(),
        Test::Equal(Scalar::Text(text)) => {
            let placeholder = binds.text(dialect, text);
            dialect.text_equal(column, &placeholder)
        }
        Test::NotEqual(Scalar::Text(text)) => {
            let placeholder = binds.text(dialect, text);
            wrapped(&mut |expression| format!("{expression} <> {placeholder}"))
        }
        Test::NotEqual(_) => TRUE.into(),
        Test::Compare(comparison, Scalar::Text(text)) => {
            let placeholder = binds.text(dialect, text);
            let sign = comparison.sign();
            wrapped(&mut |expression| format!("{expression} {sign} {placeholder}"))
        }
        Test::Between(Scalar::Text(low), Scalar::Text(high)) => {
            let low = binds.text(dialect, low);
            let high = binds.text(dialect, high);
            wrapped(&mut |expression| format!("{expression} BETWEEN {low} AND {high}"))
        }
        Test::Contains(Scalar::Text(part)) => {
            let part = binds.text(dialect, part);
            wrapped(&mut |expression| dialect.contains(expression, &part))
        }
        Test::OneOf(values) => {
            let Some(list) = texts(dialect, values) else {
                return FALSE.into();
            };
            wrapped(&mut |expression| binds.one_of(dialect, expression, list.clone()))
        }
        Test::Equal(_) | Test::Compare(..) | Test::Between(..) | Test::Contains(_) => FALSE.into(),
    }
}

fn number_column(dialect: &dyn Dialect, binds: &mut Binds, column: Column, test: &Test) -> String {
    let expression = dialect.column(column);
    match test {
        Test::Exists => TRUE.into(),
        Test::Equal(Scalar::Number(number)) => {
            format!("{expression} = {}", binds.number(dialect, *number))
        }
        Test::NotEqual(Scalar::Number(number)) => {
            format!("{expression} <> {}", binds.number(dialect, *number))
        }
        Test::NotEqual(_) => TRUE.into(),
        Test::Compare(comparison, Scalar::Number(number)) => format!(
            "{expression} {} {}",
            comparison.sign(),
            binds.number(dialect, *number)
        ),
        Test::Between(Scalar::Number(low), Scalar::Number(high)) => {
            let low = binds.number(dialect, *low);
            let high = binds.number(dialect, *high);
            format!("{expression} BETWEEN {low} AND {high}")
        }
        Test::OneOf(values) => {
            // Such a column holds no other number.
            let wholes = numbers(values)
                .into_iter()
                .filter_map(|number| match number {
                    Number::Whole(whole) => Some(whole),
                    Number::Double(_) => None,
                });
            let list: Vec<i64> = wholes.collect();
            if list.is_empty() {
                return FALSE.into();
            }
            binds.one_of(dialect, &expression, Bind::Wholes(list))
        }
        Test::Equal(_) | Test::Compare(..) | Test::Between(..) | Test::Contains(_) => FALSE.into(),
    }
}

fn in_json(dialect: &dyn Dialect, binds: &mut Binds, json: Json<'_>, test: &Test) -> String {
    match test {
        Test::Exists => dialect.is(json, Kind::Present),
        Test::Equal(value) => equal(dialect, binds, json, value),
        Test::NotEqual(value) => format!(
            "({} AND NOT {})",
            dialect.is(json, Kind::Present),
            equal(dialect, binds, json, value)
        ),
        Test::Compare(comparison, value) => {
            let (kind, expression, placeholder) = comparable(dialect, binds, json, value);
            format!(
                "({expression} {} {placeholder} AND {kind})",
                comparison.sign()
            )
        }
        Test::Between(low, high) => {
            let (kind, expression, low) = comparable(dialect, binds, json, low);
            let (_, _, high) = comparable(dialect, binds, json, high);
            format!("({expression} BETWEEN {low} AND {high} AND {kind})")
        }
        Test::OneOf(values) => one_of(dialect, binds, json, values),
        Test::Contains(value) => {
            let is_list = dialect.is(json, Kind::List);
            let member = dialect.has_member(json, value, binds);
            let in_list = format!("({is_list} AND {member})");
            let Scalar::Text(part) = value else {
                return in_list;
            };
            let part = binds.text(dialect, part);
            format!(
                "({in_list} OR ({} AND {}))",
                dialect.is(json, Kind::Text),
                dialect.contains(&dialect.text(json), &part)
            )
        }
    }
}

fn comparable(
    dialect: &dyn Dialect,
    binds: &mut Binds,
    json: Json<'_>,
    value: &Scalar,
) -> (String, String, String) {
    match value {
        Scalar::Number(number) => (
            dialect.is(json, Kind::Number),
            dialect.number(json),
            binds.number(dialect, *number),
        ),
        Scalar::Text(text) => (
            dialect.is(json, Kind::Text),
            dialect.text(json),
            binds.text(dialect, text),
        ),
        // The parser refuses other values here, because they have no order.
        Scalar::Null | Scalar::Boolean(_) => (FALSE.into(), "1".into(), "1".into()),
    }
}

fn equal(dialect: &dyn Dialect, binds: &mut Binds, json: Json<'_>, value: &Scalar) -> String {
    match value {
        Scalar::Null => dialect.is(json, Kind::Null),
        Scalar::Boolean(true) => dialect.is(json, Kind::True),
        Scalar::Boolean(false) => dialect.is(json, Kind::False),
        Scalar::Number(_) | Scalar::Text(_) => {
            let (kind, expression, placeholder) = comparable(dialect, binds, json, value);
            format!("({expression} = {placeholder} AND {kind})")
        }
    }
}

fn one_of(dialect: &dyn Dialect, binds: &mut Binds, json: Json<'_>, values: &[Scalar]) -> String {
    let mut ways = Vec::new();
    if let Some(texts) = texts(dialect, values) {
        ways.push(format!(
            "({} AND {})",
            binds.one_of(dialect, &dialect.text(json), texts),
            dialect.is(json, Kind::Text)
        ));
    }
    let numbers = numbers(values);
    if !numbers.is_empty() {
        ways.push(format!(
            "({} AND {})",
            binds.one_of(dialect, &dialect.number(json), Bind::Numbers(numbers)),
            dialect.is(json, Kind::Number)
        ));
    }
    for (value, kind) in [
        (Scalar::Null, Kind::Null),
        (Scalar::Boolean(true), Kind::True),
        (Scalar::Boolean(false), Kind::False),
    ] {
        if values.contains(&value) {
            ways.push(dialect.is(json, kind));
        }
    }
    if ways.is_empty() {
        return FALSE.into();
    }
    format!("({})", ways.join(" OR "))
}

fn texts(dialect: &dyn Dialect, values: &[Scalar]) -> Option<Bind> {
    let texts: Vec<String> = values
        .iter()
        .filter_map(|value| match value {
            Scalar::Text(text) => Some(dialect.text_value(text)),
            _ => None,
        })
        .collect();
    (!texts.is_empty()).then_some(Bind::Texts(texts))
}

fn numbers(values: &[Scalar]) -> Vec<Number> {
    let numbers = values.iter().filter_map(|value| match value {
        Scalar::Number(number) => Some(*number),
        _ => None,
    });
    numbers.collect()
}
