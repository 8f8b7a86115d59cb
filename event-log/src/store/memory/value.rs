//! The values of an event's fields, parsed as far as conditions and orders need.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::query::{Found, Number, Scalar, text_of};

/// A value, read. An instant counts as a number.
pub enum Value<'a> {
    Null,
    Boolean(bool),
    Number(Number),
    Text(Cow<'a, str>),
    /// The JSON text of a list or an object.
    Nested(&'a str),
}

impl<'a> Value<'a> {
    /// Reads what was found, unless it is missing.
    pub fn of(found: Found<'a>) -> Option<Self> {
        match found {
            Found::Missing => None,
            Found::Text(text) => Some(Self::Text(Cow::Borrowed(text))),
            Found::Whole(whole) | Found::Instant(whole) => Some(Self::Number(Number::Whole(whole))),
            Found::Json(json) => Some(Self::of_json(json)),
        }
    }

    /// Reads JSON text.
    pub fn of_json(json: &'a str) -> Self {
        match json.as_bytes().first() {
            Some(b't') => Self::Boolean(true),
            Some(b'f') => Self::Boolean(false),
            Some(b'"') => Self::Text(text_of(json)),
            Some(b'{' | b'[') => Self::Nested(json),
            Some(b'-' | b'0'..=b'9') => Number::from_json(json).map_or(Self::Null, Self::Number),
            _ => Self::Null,
        }
    }

    /// Whether it is this value, of the same type.
    pub fn equals(&self, value: &Scalar) -> bool {
        match (self, value) {
            (Self::Null, Scalar::Null) => true,
            (Self::Boolean(one), Scalar::Boolean(two)) => one == two,
            _ => self.compare(value) == Some(Ordering::Equal),
        }
    }

    /// Its order to a number or a text; none to one of another type.
    pub fn compare(&self, value: &Scalar) -> Option<Ordering> {
        match (self, value) {
            (Self::Number(one), Scalar::Number(two)) => Some(one.compare(*two)),
            (Self::Text(one), Scalar::Text(two)) => Some(one.as_ref().cmp(two.as_str())),
            _ => None,
        }
    }
}
