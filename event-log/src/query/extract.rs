//! Taking a field out of an event, as the JSON text that the caller wrote.

use std::borrow::Cow;

use super::field::{Column, Field, Segment};
use super::scalar::{Number, Scalar};
use crate::json_text::end_of_text;
use crate::record::EventRow;
use crate::time::iso_8601;

/// The field's JSON text, if the event has it.
#[must_use]
pub fn extract<'a>(event: &'a EventRow, instance_id: &str, field: &Field) -> Option<Cow<'a, str>> {
    let column = match field {
        Field::Payload(path) => return at_path(&event.payload, path).map(Cow::Borrowed),
        Field::Metadata(path) => return at_path(&event.metadata, path).map(Cow::Borrowed),
        Field::Column(column) => column,
    };
    let text = |text: &str| serde_json::Value::from(text).to_string();
    Some(Cow::Owned(match column {
        Column::Id => text(&event.id),
        Column::Instance => text(instance_id),
        Column::Stream => text(&event.stream_id),
        Column::EventType => text(&event.event_type),
        Column::Timestamp => text(&iso_8601(event.timestamp)),
        Column::Sequence => event.sequence_number.to_string(),
        Column::Position => event.position.to_string(),
    }))
}

/// The field as what events are grouped by: lists, objects and what is missing are null.
#[must_use]
pub fn extract_scalar(event: &EventRow, instance_id: &str, field: &Field) -> Scalar {
    let Some(json) = extract(event, instance_id, field) else {
        return Scalar::Null;
    };
    match json.as_bytes().first() {
        Some(b't') => Scalar::Boolean(true),
        Some(b'f') => Scalar::Boolean(false),
        Some(b'"') => Scalar::Text(text_of(&json).into_owned()),
        Some(b'-' | b'0'..=b'9') => Number::from_json(&json).map_or(Scalar::Null, Scalar::Number),
        _ => Scalar::Null,
    }
}

/// The value at a path in a JSON text.
#[must_use]
pub fn at_path<'a>(json: &'a str, path: &[Segment]) -> Option<&'a str> {
    let mut value = json.trim();
    for segment in path {
        let entries = Entries::new(value)?;
        value = match segment {
            Segment::Key(key) => entries.with_key(key)?,
            Segment::Index(index) => entries.at_index(*index)?,
            Segment::Either(index) if value.starts_with('[') => entries.at_index(*index)?,
            Segment::Either(index) => entries.with_key(&index.to_string())?,
        };
    }
    Some(value)
}

/// The text of a JSON string. A lone surrogate, which no text can have, becomes U+FFFD.
pub fn text_of(json: &str) -> Cow<'_, str> {
    struct Bytes(Vec<u8>);
    impl<'de> serde::Deserialize<'de> for Bytes {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl serde::de::Visitor<'_> for Visitor {
                type Value = Bytes;
                fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    formatter.write_str("a string")
                }
                fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                    Ok(Bytes(bytes.to_vec()))
                }
            }
            deserializer.deserialize_bytes(Visitor)
        }
    }
    let inner = json
        .strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('\\') => Cow::Borrowed(inner),
        _ => match serde_json::from_str::<Bytes>(json) {
            Ok(Bytes(bytes)) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
            Err(_) => Cow::Borrowed(""),
        },
    }
}

/// The members of a list in JSON text; none of anything else.
pub fn members(json: &str) -> impl Iterator<Item = &str> {
    let mut entries = Entries::new(json.trim()).filter(|entries| !entries.is_object);
    std::iter::from_fn(move || entries.as_mut()?.next_value())
}

/// The entries of a list or an object, as JSON text.
struct Entries<'a> {
    json: &'a str,
    at: usize,
    is_object: bool,
}

impl<'a> Entries<'a> {
    fn new(json: &'a str) -> Option<Self> {
        let is_object = match json.as_bytes().first()? {
            b'{' => true,
            b'[' => false,
            _ => return None,
        };
        Some(Self {
            json,
            at: 1,
            is_object,
        })
    }

    fn with_key(mut self, wanted: &str) -> Option<&'a str> {
        if !self.is_object {
            return None;
        }
        loop {
            let key = self.next_value()?;
            let value = self.next_value()?;
            let inner = key.get(1..key.len().checked_sub(1)?)?;
            let is_wanted = if inner.contains('\\') {
                serde_json::from_str::<String>(key).is_ok_and(|key| key == wanted)
            } else {
                inner == wanted
            };
            if is_wanted {
                return Some(value);
            }
        }
    }

    fn at_index(mut self, index: u32) -> Option<&'a str> {
        if self.is_object {
            return None;
        }
        for _ in 0..index {
            self.next_value()?;
        }
        self.next_value()
    }

    /// The next key or value.
    fn next_value(&mut self) -> Option<&'a str> {
        let bytes = self.json.as_bytes();
        while matches!(
            bytes.get(self.at)?,
            b' ' | b'\t' | b'\n' | b'\r' | b',' | b':'
        ) {
            self.at += 1;
        }
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match bytes.get(self.at)? {
                b'"' => self.at = end_of_text(bytes, self.at),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth == 0 => return None,
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ if depth > 0 => self.at += 1,
                _ => {
                    let rest = bytes.iter().skip(self.at);
                    self.at += rest
                        .take_while(|byte| {
                            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
                        })
                        .count();
                }
            }
            if depth == 0 {
                return self
                    .json
                    .get(start..self.at)
                    .filter(|value| !value.is_empty());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::at_path;
    use crate::query::Field;

    #[test]
    fn a_path_leads_to_the_text_as_it_was_written() {
        let json = r#" { "a" : { "b" : [ 1.50 , "x\u0041]" , {"c":null} , [] ] } , "q\"x":{} , "\u0061a": 9007199254740993, "7":"seven" } "#;
        let cases = [
            ("payload.a.b[0]", Some("1.50")),
            ("payload.a.b.1", Some(r#""x\u0041]""#)),
            ("payload.a.b[2].c", Some("null")),
            ("payload.a.b[3]", Some("[]")),
            ("payload.a.b[4]", None),
            ("payload.a.c", None),
            ("payload.a.b.c", None),
            ("payload[\"q\\\"x\"]", Some("{}")),
            ("payload.aa", Some("9007199254740993")),
            ("payload.7", Some("\"seven\"")),
            ("payload[7]", None),
        ];
        for (name, expected) in cases {
            let Ok(Field::Payload(path)) = Field::parse(name) else {
                panic!("{name}")
            };
            assert_eq!(at_path(json, &path), expected, "{name}");
        }
        assert_eq!(at_path(json, &[]), Some(json.trim()));
    }
}
