//! Names of fields: `event_type`, `payload.user.id`, `payload.items[0]`, `metadata["any key"]`.

use std::fmt;

use thiserror::Error;

/// How long a field's name may be, in bytes, and how many steps it may have.
const MOST_BYTES: usize = 1024;
const MOST_SEGMENTS: usize = 32;
/// How many dotted numbers a name may have: each may be a key or an index.
const MOST_EITHER: usize = 3;
/// The largest index into a list.
const MOST_INDEX: u32 = 999_999_999;

/// A field of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// One that every event has.
    Column(Column),
    /// The payload or something in it.
    Payload(Vec<Segment>),
    /// The metadata or something in it.
    Metadata(Vec<Segment>),
}

/// A field that every event has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// `id`
    Id,
    /// `instanceId`
    Instance,
    /// `stream_id`
    Stream,
    /// `event_type`
    EventType,
    /// `timestamp`
    Timestamp,
    /// `sequence_number`
    Sequence,
    /// `log_position`: the position in the instance
    Position,
}

/// A step into a JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// A key of an object.
    Key(String),
    /// An index into a list.
    Index(u32),
    /// A dotted number: an index into a list, or a key of an object, as in JavaScript.
    Either(u32),
}

/// What is wrong with a field's name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "expected a field, got {name:?}: {reason}; fields are id, instanceId, stream_id, event_type, timestamp, sequence_number, log_position, payload and metadata with a path (payload.user.id, payload.items[0], payload[\"any key\"]), and any other name for a field of the payload"
)]
pub struct FieldFault {
    name: String,
    reason: &'static str,
}

impl Field {
    /// Reads a field's name.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(name: &str) -> Result<Self, FieldFault> {
        let read = if name.len() > MOST_BYTES {
            Err("it is longer than 1024 bytes")
        } else {
            Self::read(name)
        };
        read.map_err(|reason| FieldFault {
            name: name.chars().take(80).collect(),
            reason,
        })
    }

    /// Reads a path into a payload, however long it is: steps like `["key"]`, `[0]` and `.0`; none for all of it.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_steps(steps: &str) -> Result<Self, FieldFault> {
        Self::read(&format!("payload{steps}")).map_err(|reason| FieldFault {
            name: steps.chars().take(80).collect(),
            reason,
        })
    }

    fn read(name: &str) -> Result<Self, &'static str> {
        if let Some(column) = Column::from_name(name) {
            return Ok(Self::Column(column));
        }
        let mut segments = read_segments(name)?;
        let root = match segments.first() {
            Some(Segment::Key(key)) => key.clone(),
            _ => String::new(),
        };
        let starts_bare = !name.starts_with('[');
        Ok(match root.as_str() {
            "payload" if starts_bare => {
                segments.remove(0);
                Self::Payload(segments)
            }
            "metadata" if starts_bare => {
                segments.remove(0);
                Self::Metadata(segments)
            }
            _ => Self::Payload(segments),
        })
    }
}

impl Column {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "id" => Self::Id,
            "instanceId" | "instance_id" => Self::Instance,
            "stream_id" | "streamId" => Self::Stream,
            "event_type" | "eventType" => Self::EventType,
            "timestamp" => Self::Timestamp,
            "sequence_number" | "sequenceNumber" => Self::Sequence,
            "log_position" => Self::Position,
            _ => return None,
        })
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(formatter, "[{key:?}]"),
            Self::Index(index) => write!(formatter, "[{index}]"),
            Self::Either(index) => write!(formatter, ".{index}"),
        }
    }
}

fn read_segments(name: &str) -> Result<Vec<Segment>, &'static str> {
    let mut segments = Vec::new();
    let mut rest = name;
    let mut either = 0;
    while !rest.is_empty() || segments.is_empty() {
        let segment;
        if let Some(inside) = rest.strip_prefix('[') {
            (segment, rest) = bracketed(inside)?;
        } else {
            let dotted = rest.strip_prefix('.');
            if dotted.is_some() == segments.is_empty() {
                return Err("a step is missing its dot, or a dot its step");
            }
            (segment, rest) = bare(dotted.unwrap_or(rest), segments.is_empty())?;
        }
        either += usize::from(matches!(segment, Segment::Either(_)));
        segments.push(segment);
        if segments.len() > MOST_SEGMENTS {
            return Err("it has more than 32 steps");
        }
    }
    if either > MOST_EITHER {
        return Err("it has more than 3 dotted numbers; write indexes as [0]");
    }
    Ok(segments)
}

fn bare(text: &str, first: bool) -> Result<(Segment, &str), &'static str> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    if key.is_empty() {
        return Err("a step is empty");
    }
    if key
        .chars()
        .any(|c| c.is_control() || matches!(c, ']' | '"' | '\\'))
    {
        return Err(
            "a step has a quotation mark, a bracket, a backslash or a control character; write it as [\"…\"]",
        );
    }
    let is_index = !first
        && key.bytes().all(|byte| byte.is_ascii_digit())
        && (key == "0" || !key.starts_with('0'));
    let segment = match key.parse::<u32>() {
        Ok(index) if is_index && index <= MOST_INDEX => Segment::Either(index),
        _ => Segment::Key(key.to_owned()),
    };
    Ok((segment, rest))
}

fn bracketed(inside: &str) -> Result<(Segment, &str), &'static str> {
    if inside.starts_with('"') {
        let mut texts = serde_json::Deserializer::from_str(inside).into_iter::<String>();
        let key = match texts.next() {
            Some(Ok(key)) => key,
            _ => return Err("a quoted step is not a JSON string"),
        };
        if key.chars().any(char::is_control) {
            return Err("a quoted step has a control character");
        }
        let after = inside.get(texts.byte_offset()..).unwrap_or_default();
        let rest = after.strip_prefix(']').ok_or("a bracket is not closed")?;
        return Ok((Segment::Key(key), rest));
    }
    let (digits, rest) = inside.split_once(']').ok_or("a bracket is not closed")?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("an index in brackets is not a whole number");
    }
    match digits.parse::<u32>() {
        Ok(index) if index <= MOST_INDEX => Ok((Segment::Index(index), rest)),
        _ => Err("an index is larger than 999999999"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Field, Segment};

    fn key(text: &str) -> Segment {
        Segment::Key(text.into())
    }

    #[test]
    fn a_name_is_a_column_a_path_or_a_field_of_the_payload() {
        let cases = [
            ("event_type", Field::Column(Column::EventType)),
            ("payload", Field::Payload(vec![])),
            ("payload.a.b", Field::Payload(vec![key("a"), key("b")])),
            ("statusCode", Field::Payload(vec![key("statusCode")])),
            ("user.id", Field::Payload(vec![key("user"), key("id")])),
            ("metadata.who", Field::Metadata(vec![key("who")])),
            (
                "payload.items[0].name",
                Field::Payload(vec![key("items"), Segment::Index(0), key("name")]),
            ),
            (
                "payload.items.0",
                Field::Payload(vec![key("items"), Segment::Either(0)]),
            ),
            ("payload.007", Field::Payload(vec![key("007")])),
            ("payload.+5", Field::Payload(vec![key("+5")])),
            (
                "payload.999999999",
                Field::Payload(vec![Segment::Either(999_999_999)]),
            ),
            (
                "payload.1000000000",
                Field::Payload(vec![key("1000000000")]),
            ),
            (
                "a[999999999]",
                Field::Payload(vec![key("a"), Segment::Index(999_999_999)]),
            ),
            ("7", Field::Payload(vec![key("7")])),
            (
                "payload[\"a.b \\\" '\"]",
                Field::Payload(vec![key("a.b \" '")]),
            ),
            ("payload.it's", Field::Payload(vec![key("it's")])),
            ("[\"payload\"]", Field::Payload(vec![key("payload")])),
            ("[\"metadata\"]", Field::Payload(vec![key("metadata")])),
            ("payload.id", Field::Payload(vec![key("id")])),
        ];
        for (name, field) in cases {
            assert_eq!(Field::parse(name), Ok(field), "{name}");
        }
    }

    #[test]
    fn columns_go_by_the_names_of_the_wire_and_of_javascript() {
        for (names, column) in [
            (["id", "id"], Column::Id),
            (["instance_id", "instanceId"], Column::Instance),
            (["stream_id", "streamId"], Column::Stream),
            (["event_type", "eventType"], Column::EventType),
            (["timestamp", "timestamp"], Column::Timestamp),
            (["sequence_number", "sequenceNumber"], Column::Sequence),
            (["log_position", "log_position"], Column::Position),
        ] {
            for name in names {
                assert_eq!(Field::parse(name), Ok(Field::Column(column)), "{name}");
            }
        }
    }

    #[test]
    fn a_name_may_be_as_long_and_have_as_many_steps_as_its_bounds_say() {
        let segments = |name: &str| match Field::parse(name) {
            Ok(Field::Payload(path)) => Some(path.len()),
            _ => None,
        };
        assert_eq!(segments(&"a".repeat(1024)), Some(1));
        assert_eq!(segments(&"a".repeat(1025)), None);
        assert_eq!(segments(&["a"; 32].join(".")), Some(32));
        assert_eq!(segments(&["a"; 33].join(".")), None);
        assert_eq!(segments("a.1.2.3"), Some(4));
        assert_eq!(segments("a.1.2.3.4"), None);
    }

    #[test]
    fn a_path_is_written_as_the_steps_that_it_is_read_from() {
        for name in [
            "payload.a.b",
            "payload.items[0].name",
            "payload.items.0",
            "payload[\"a.b \\\" '\"]",
            "payload.é 🎉",
            "payload",
        ] {
            let Ok(Field::Payload(path)) = Field::parse(name) else {
                panic!("{name}")
            };
            let steps: String = path.iter().map(Segment::to_string).collect();
            assert_eq!(
                Field::from_steps(&steps),
                Ok(Field::Payload(path)),
                "{steps}"
            );
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "a".repeat(2000);
        let deep = vec!["a"; 40].join(".");
        for name in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "a\"b",
            "a]",
            "a[",
            "a[b]",
            "a[-1]",
            "a[1",
            "a[\"b]",
            "a[\"b\"",
            "a[\"\\ud800\"]",
            "a\nb",
            "a[\"\\n\"]",
            "a[]",
            "a[+1]",
            "a[1000000000]",
            "a[99999999999]",
            "a.1.2.3.4",
            "a[0]b",
            &long,
            &deep,
        ] {
            assert!(Field::parse(name).is_err(), "{name}");
        }
    }
}
