//! The lines as they are read, held to what the wire holds requests to. Each error says what is wrong with the line.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{FORMAT, VERSION};
use crate::operations::{Bounds, check_json, check_name, check_own_name, check_text};
use crate::query::{Number, Scalar, instant_of};
use crate::store::NewEvent;

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
    instance: HeadInstance,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeadInstance {
    id: Option<String>,
    name: String,
    description: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

#[derive(Deserialize)]
struct Tail {
    end: bool,
    events: u64,
    instance: Option<usize>,
    of: Option<usize>,
}

#[derive(Deserialize)]
struct Event<'a> {
    id: String,
    stream_id: String,
    event_type: String,
    #[serde(borrow)]
    payload: &'a RawValue,
    #[serde(borrow)]
    metadata: &'a RawValue,
    /// The payload's own text, when it has line breaks between its parts.
    #[serde(rename = "payloadText")]
    payload_text: Option<String>,
    #[serde(rename = "metadataText")]
    metadata_text: Option<String>,
    timestamp: String,
    sequence_number: i64,
}

/// The first line, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The id that the instance had.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// When it was created, milliseconds since 1970.
    pub created_at: Option<i64>,
    /// When it was changed last.
    pub updated_at: Option<i64>,
}

/// A line after the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// An event.
    Event {
        /// The event as it is to be appended.
        event: NewEvent,
        /// The sequence number that it had.
        sequence_number: i64,
    },
    /// The last one.
    End {
        /// How many events there were.
        events: u64,
        /// Which of how many instances of a snapshot ends.
        which: Option<(usize, usize)>,
    },
}

/// Reads the first line. A given name replaces the one in it.
///
/// # Errors
/// What is wrong with it.
pub fn read_head(text: &str, name: Option<String>, bounds: &Bounds) -> Result<Described, String> {
    let head: Head =
        serde_json::from_str(text).map_err(|error| unreadable("an export's first line", &error))?;
    if head.format != FORMAT || head.version != VERSION {
        return Err(format!(
            "expected {FORMAT} of version {VERSION}, got {:?} of version {}",
            head.format, head.version
        ));
    }
    let id = head.instance.id;
    if let Some(id) = &id {
        check_name(&|| "the instance's id".to_owned(), id, bounds.name_bytes)?;
    }
    let path = || "the instance's name".to_owned();
    let name = name.unwrap_or(head.instance.name);
    check_name(&path, &name, bounds.name_bytes)?;
    check_own_name(&path, &name)?;
    let description = head.instance.description;
    check_text(
        &|| "the instance's description".to_owned(),
        description.as_deref().unwrap_or_default(),
        bounds.description_bytes,
    )?;
    Ok(Described {
        id,
        name,
        description,
        created_at: head.instance.created_at.map(instant).transpose()?,
        updated_at: head.instance.updated_at.map(instant).transpose()?,
    })
}

/// Reads a line after the first.
///
/// # Errors
/// What is wrong with it.
pub fn read_line(text: &str, bounds: &Bounds) -> Result<Line, String> {
    match serde_json::from_str::<Event<'_>>(text) {
        Ok(event) => {
            let sequence_number = event.sequence_number;
            let event = new_event(event, bounds)?;
            Ok(Line::Event {
                event,
                sequence_number,
            })
        }
        Err(error) => match serde_json::from_str::<Tail>(text) {
            Ok(tail) if tail.end => Ok(Line::End {
                events: tail.events,
                which: tail.instance.zip(tail.of),
            }),
            _ => Err(unreadable("an event or the end line", &error)),
        },
    }
}

/// JSON text on one line. Line breaks stand only between the parts of JSON, never in a text.
#[must_use]
pub fn without_breaks(json: &str) -> Cow<'_, str> {
    if json.contains(['\n', '\r']) {
        Cow::Owned(json.replace(['\n', '\r'], " "))
    } else {
        Cow::Borrowed(json)
    }
}

/// A line is one line of JSON: the column alone says where the error is.
fn unreadable(wanted: &str, error: &serde_json::Error) -> String {
    let error = error
        .to_string()
        .replace(" at line 1 column ", " at column ");
    format!("expected {wanted}, got something else: {error}")
}

fn instant(text: String) -> Result<i64, String> {
    match instant_of(&Scalar::Text(text.clone())) {
        Some(Number::Whole(instant)) => Ok(instant),
        _ => Err(format!(
            "expected an ISO 8601 timestamp from -271821-04-20 to +275760-09-13 in whole milliseconds, got {text:?}"
        )),
    }
}

fn new_event(event: Event<'_>, bounds: &Bounds) -> Result<NewEvent, String> {
    for (name, text) in [
        ("id", &event.id),
        ("stream_id", &event.stream_id),
        ("event_type", &event.event_type),
    ] {
        check_name(&|| name.to_owned(), text, bounds.name_bytes)?;
    }
    let json = |name: &str, raw: &RawValue, own: Option<String>| {
        let text = match own {
            None => raw.get().to_owned(),
            Some(text) if without_breaks(&text) == raw.get() => text,
            Some(_) => {
                return Err(format!(
                    "{name}Text: expected the same JSON as {name}, got another"
                ));
            }
        };
        check_json(&|| name.to_owned(), &text, bounds.depth)?;
        Ok(Arc::<str>::from(text))
    };
    Ok(NewEvent {
        payload: json("payload", event.payload, event.payload_text)?,
        metadata: json("metadata", event.metadata, event.metadata_text)?,
        id: Some(event.id),
        stream_id: event.stream_id.into(),
        event_type: event.event_type.into(),
        expected_version: None,
        timestamp: Some(instant(event.timestamp)?),
    })
}
