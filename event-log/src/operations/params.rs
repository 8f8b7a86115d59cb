//! Reading a request's `params`, with errors that name the parameter.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::failure::Failure;
use super::fitness::check_text;
use crate::json_text::shortened;

/// The names of the parameters that mean something. Others are passed over, however many they are.
const KNOWN: [&str; 6] = [
    "name",
    "description",
    "instanceId",
    "query",
    "limit",
    "offset",
];

/// A request's parameters, each still JSON text. A `null` counts as absent.
#[derive(Debug, Default)]
pub struct Params<'a> {
    values: [Option<&'a RawValue>; KNOWN.len()],
    place: String,
}

impl<'a> Params<'a> {
    /// Reads an object; `place` says where it stood, for errors.
    ///
    /// # Errors
    /// When it is there and no object.
    pub fn parse(raw: Option<&'a RawValue>, place: &str) -> Result<Self, Failure> {
        let place = place.to_owned();
        let Some(raw) = raw else {
            return Ok(Self {
                place,
                ..Self::default()
            });
        };
        let mut deserializer = serde_json::Deserializer::from_str(raw.get());
        match deserializer.deserialize_map(KnownOnly) {
            Ok(values) => Ok(Self { values, place }),
            Err(_) => Err(Failure::request(format!(
                "{place}: expected an object, got {}",
                shortened(raw.get())
            ))),
        }
    }

    /// The parameter's JSON text, unless absent or `null`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.get_or_null(name).filter(|raw| raw.get() != "null")
    }

    /// The parameter's JSON text, also when it is `null`.
    #[must_use]
    pub fn get_or_null(&self, name: &str) -> Option<&'a RawValue> {
        let place = KNOWN.iter().position(|known| *known == name);
        debug_assert!(place.is_some(), "{name} is not in the list");
        place.and_then(|place| self.values.get(place).copied().flatten())
    }

    /// The parameter as a whole number from 0.
    ///
    /// # Errors
    /// When it is something else.
    pub fn whole(&self, name: &str) -> Result<Option<i64>, Failure> {
        /// So many of anything there are not, and one more can be asked for.
        const MOST: i64 = 1 << 53;
        let Some(raw) = self.get(name) else {
            return Ok(None);
        };
        match raw.get().parse() {
            Ok(number) if (0..=MOST).contains(&number) => Ok(Some(number)),
            _ => Err(Failure::request(format!(
                "{}.{name}: expected a whole number from 0 to {MOST}, got {}",
                self.place,
                shortened(raw.get())
            ))),
        }
    }

    /// The parameter as a text of at most `most` bytes.
    ///
    /// # Errors
    /// When it is no text, is too long, or holds the character U+0000.
    pub fn text(&self, name: &str, most: usize) -> Result<Option<String>, Failure> {
        match self.get(name) {
            None => Ok(None),
            Some(raw) => any_text(raw, || format!("{}.{name}", self.place), most).map(Some),
        }
    }

    /// The parameter as a text that is there and not empty.
    ///
    /// # Errors
    /// As [`Params::text`], and when it is missing or empty.
    pub fn required_text(&self, name: &str, most: usize) -> Result<String, Failure> {
        match self.text(name, most)? {
            None => Err(Failure::request(format!(
                "{}.{name}: expected a non-blank string, got nothing",
                self.place
            ))),
            Some(text) if text.trim().is_empty() => Err(Failure::request(format!(
                "{}.{name}: expected a non-blank string, got {}",
                self.place,
                shortened(&format!("{text:?}"))
            ))),
            Some(text) => Ok(text),
        }
    }
}

/// Reads what is known, and holds nothing of the rest.
struct KnownOnly;

impl<'de> Visitor<'de> for KnownOnly {
    type Value = [Option<&'de RawValue>; KNOWN.len()];

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = Self::Value::default();
        while let Some(key) = map.next_key::<Key>()? {
            let value: &RawValue = map.next_value()?;
            if let Some(slot) = key.0.and_then(|place| values.get_mut(place)) {
                *slot = Some(value);
            }
        }
        Ok(values)
    }
}

/// Which of the known names a key is.
struct Key(Option<usize>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOf;
        impl Visitor<'_> for OneOf {
            type Value = Key;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a key")
            }

            fn visit_str<E: Error>(self, key: &str) -> Result<Key, E> {
                Ok(Key(KNOWN.iter().position(|known| *known == key)))
            }
        }
        deserializer.deserialize_str(OneOf)
    }
}

/// A text at `place` that, when it is there, must not be empty.
///
/// # Errors
/// As [`Params::text`], and when it is empty.
pub fn text_of(
    raw: Option<&RawValue>,
    place: impl Fn() -> String,
    most: usize,
) -> Result<Option<String>, Failure> {
    let Some(raw) = raw else { return Ok(None) };
    let text = any_text(raw, &place, most)?;
    if text.trim().is_empty() {
        return Err(Failure::request(format!(
            "{}: expected a non-blank string, got {}; write one, or leave it out",
            place(),
            shortened(raw.get())
        )));
    }
    Ok(Some(text))
}

fn any_text(raw: &RawValue, place: impl Fn() -> String, most: usize) -> Result<String, Failure> {
    let text: String = serde_json::from_str(raw.get()).map_err(|_| {
        let wanted = if raw.get().starts_with('"') {
            "a string of valid Unicode"
        } else {
            "a string"
        };
        Failure::request(format!(
            "{}: expected {wanted}, got {}",
            place(),
            shortened(raw.get())
        ))
    })?;
    check_text(&place, &text, most).map_err(Failure::request)?;
    Ok(text)
}
