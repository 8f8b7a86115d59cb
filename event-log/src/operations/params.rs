//! Reading a request's `params`, with errors that name the parameter.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::failure::Failure;
use super::validation::check_text;
use crate::json_text::shortened;

/// The names of all parameters. Others are ignored, however many they are.
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
    path: String,
}

impl<'a> Params<'a> {
    /// Reads an object; `path` says where it stood, for errors.
    ///
    /// # Errors
    /// When it is there and no object.
    pub fn parse(raw: Option<&'a RawValue>, path: &str) -> Result<Self, Failure> {
        let path = path.to_owned();
        let Some(raw) = raw else {
            return Ok(Self {
                path,
                ..Self::default()
            });
        };
        let mut deserializer = serde_json::Deserializer::from_str(raw.get());
        match deserializer.deserialize_map(KnownOnly) {
            Ok(values) => Ok(Self { values, path }),
            Err(_) => Err(Failure::request(format!(
                "{path}: expected an object, got {}",
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
        let index = KNOWN.iter().position(|known| *known == name);
        debug_assert!(index.is_some(), "{name} is not in the list");
        index.and_then(|index| self.values.get(index).copied().flatten())
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
                self.path,
                shortened(raw.get())
            ))),
        }
    }

    /// The parameter as a text of at most `most` bytes.
    ///
    /// # Errors
    /// When it is not a text, is too long, or holds the character U+0000.
    pub fn text(&self, name: &str, most: usize) -> Result<Option<String>, Failure> {
        match self.get(name) {
            None => Ok(None),
            Some(raw) => any_text(raw, || format!("{}.{name}", self.path), most).map(Some),
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
                self.path
            ))),
            Some(text) if text.trim().is_empty() => Err(Failure::request(format!(
                "{}.{name}: expected a non-blank string, got {}",
                self.path,
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
            if let Some(slot) = key.0.and_then(|index| values.get_mut(index)) {
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

/// A text at `path` that, when it is there, must not be empty.
///
/// # Errors
/// As [`Params::text`], and when it is empty.
pub fn text_of(
    raw: Option<&RawValue>,
    path: impl Fn() -> String,
    most: usize,
) -> Result<Option<String>, Failure> {
    let Some(raw) = raw else { return Ok(None) };
    let text = any_text(raw, &path, most)?;
    if text.trim().is_empty() {
        return Err(Failure::request(format!(
            "{}: expected a non-blank string, got {}; write one, or leave it out",
            path(),
            shortened(raw.get())
        )));
    }
    Ok(Some(text))
}

fn any_text(raw: &RawValue, path: impl Fn() -> String, most: usize) -> Result<String, Failure> {
    let text: String = serde_json::from_str(raw.get()).map_err(|_| {
        let wanted = if raw.get().starts_with('"') {
            "a string of valid Unicode"
        } else {
            "a string"
        };
        Failure::request(format!(
            "{}: expected {wanted}, got {}",
            path(),
            shortened(raw.get())
        ))
    })?;
    check_text(&path, &text, most).map_err(Failure::request)?;
    Ok(text)
}
