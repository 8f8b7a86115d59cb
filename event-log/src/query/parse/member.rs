//! Reads the members of a query's objects, each as the type that it must have, with a fault that names it.

use serde_json::{Map, Value};

use super::fault::{QueryFault, fault, shown};
use crate::query::field::Field;

/// Refuses unknown keys, so that a misspelt one is not ignored.
pub(super) fn only_known(
    path: &str,
    object: &Map<String, Value>,
    known: &[&str],
) -> Result<(), QueryFault> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(stranger) => fault(
            path,
            format!(
                "expected only {}, got the unknown key {}",
                known.join(", "),
                shown(&Value::from(stranger.as_str()))
            ),
        ),
    }
}

/// A list, empty when absent or `null`.
pub(super) fn list<'a>(
    value: Option<&'a Value>,
    path: &str,
    most: usize,
) -> Result<&'a [Value], QueryFault> {
    match value {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(parts)) if parts.len() > most => fault(
            path,
            format!("expected at most {most} entries, got {}", parts.len()),
        ),
        Some(Value::Array(parts)) => Ok(parts),
        Some(other) => fault(path, format!("expected a list, got {}", shown(other))),
    }
}

/// A field's name.
pub(super) fn field(value: Option<&Value>, path: &str) -> Result<(String, Field), QueryFault> {
    match value {
        Some(Value::String(name)) => match Field::parse(name) {
            Ok(field) => Ok((name.clone(), field)),
            Err(reason) => fault(path, reason.to_string()),
        },
        None | Some(Value::Null) => fault(
            path,
            "expected a field's name such as event_type or payload.user.id, got nothing",
        ),
        Some(other) => fault(
            path,
            format!(
                "expected a field's name such as event_type or payload.user.id, got {}",
                shown(other)
            ),
        ),
    }
}

/// One of several names.
pub(super) fn one_of<T: Copy>(
    value: Option<&Value>,
    path: &str,
    allowed: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T, QueryFault> {
    let names = || {
        allowed
            .iter()
            .map(|one| name(*one))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match value {
        Some(Value::String(given)) => match allowed.iter().find(|one| name(**one) == given) {
            Some(one) => Ok(*one),
            None => fault(
                path,
                format!(
                    "expected one of {}, got {}",
                    names(),
                    shown(&Value::from(given.as_str()))
                ),
            ),
        },
        Some(other) if !other.is_null() => fault(
            path,
            format!("expected one of {}, got {}", names(), shown(other)),
        ),
        _ => fault(path, format!("expected one of {}, got nothing", names())),
    }
}

/// An instance or a stream, by name or id.
pub(super) fn name(
    value: Option<&Value>,
    path: &str,
    most: usize,
) -> Result<Option<String>, QueryFault> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() || text.contains('\0') => fault(
            path,
            format!(
                "expected a string that is not empty and without U+0000, got {}",
                shown(&Value::from(text.as_str()))
            ),
        ),
        Some(Value::String(text)) if text.len() > most => fault(
            path,
            format!("expected at most {most} bytes, got {}", text.len()),
        ),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => fault(path, format!("expected a string, got {}", shown(other))),
    }
}

/// A whole number.
pub(super) fn whole(
    value: Option<&Value>,
    path: &str,
    most: u64,
) -> Result<Option<u64>, QueryFault> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    match value.as_u64().filter(|number| *number <= most) {
        Some(number) => Ok(Some(number)),
        None => fault(
            path,
            format!(
                "expected a whole number from 0 to {most}, got {}",
                shown(value)
            ),
        ),
    }
}
