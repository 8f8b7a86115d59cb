//! Reading a request's `params`, with errors that name the parameter.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::failure::Failure;
use super::fitness::check_text;

/// A request's parameters, each still JSON text. A `null` counts as absent.
#[derive(Debug, Default)]
pub struct Params<'a> {
    values: HashMap<&'a str, &'a RawValue>,
    owned: HashMap<String, &'a RawValue>,
    place: String,
}

impl<'a> Params<'a> {
    /// Reads an object; `place` says where it stood, for errors.
    ///
    /// # Errors
    /// When it is there and no object.
    pub fn parse(raw: Option<&'a RawValue>, place: &str) -> Result<Self, Failure> {
        let mut params = Self {
            place: place.to_owned(),
            ..Self::default()
        };
        let Some(raw) = raw else { return Ok(params) };
        if let Ok(values) = serde_json::from_str::<HashMap<&'a str, &'a RawValue>>(raw.get()) {
            params.values = values;
            return Ok(params);
        }
        // Keys with escapes cannot be borrowed.
        params.owned = serde_json::from_str(raw.get()).map_err(|_| {
            Failure::request(format!(
                "{place} must be an object, and is {}",
                shortened(raw.get())
            ))
        })?;
        Ok(params)
    }

    /// The parameter's JSON text, unless absent or `null`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.get_or_null(name).filter(|raw| raw.get() != "null")
    }

    /// The parameter's JSON text, also when it is `null`.
    #[must_use]
    pub fn get_or_null(&self, name: &str) -> Option<&'a RawValue> {
        self.values
            .get(name)
            .or_else(|| self.owned.get(name))
            .copied()
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
                "{}.{name} is missing; it must be a text that is not empty",
                self.place
            ))),
            Some(text) if text.trim().is_empty() => Err(Failure::request(format!(
                "{}.{name} is empty; it must be a text that is not empty",
                self.place
            ))),
            Some(text) => Ok(text),
        }
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
            "{} is empty; it must be a text that is not empty, or be left out",
            place()
        )));
    }
    Ok(Some(text))
}

fn any_text(raw: &RawValue, place: impl Fn() -> String, most: usize) -> Result<String, Failure> {
    let text: String = serde_json::from_str(raw.get()).map_err(|_| {
        Failure::request(format!(
            "{} must be a text of whole Unicode characters, and is {}",
            place(),
            shortened(raw.get())
        ))
    })?;
    check_text(&place, &text, most).map_err(Failure::request)?;
    Ok(text)
}

/// The beginning of a JSON text, for error messages.
#[must_use]
pub fn shortened(json: &str) -> String {
    const MOST: usize = 60;
    let mut text: String = json.chars().take(MOST).collect();
    if text.len() < json.len() {
        text.push('…');
    }
    text
}
