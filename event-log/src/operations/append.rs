//! Appending one event or several.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use codebolt_wasm::wire::event_log::{DEFAULT_EVENT_TYPE, DEFAULT_STREAM};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::bounded_list::{Bounded, bounded_list};
use super::bounds::Bounds;
use super::failure::Failure;
use super::params::text_of;
use super::validation::{check_json, check_own_name};
use crate::json_text::shortened;
use crate::refusal::RefusalCode;
use crate::store::{Append, NewEvent, Write};

/// The keys of an event. A `null` counts as absent, except as payload or metadata.
#[derive(Deserialize)]
struct EventKeys<'a> {
    #[serde(borrow, default)]
    stream_id: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "streamId")]
    stream_id_camel: Option<&'a RawValue>,
    #[serde(borrow, default)]
    event_type: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "eventType")]
    event_type_camel: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "also_null")]
    payload: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "also_null")]
    metadata: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "eventId")]
    event_id: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "expectedVersion")]
    expected_version: Option<&'a RawValue>,
}

/// The keys of the append as a whole.
#[derive(Deserialize)]
struct AppendKeys<'a> {
    #[serde(borrow, default, rename = "instanceId")]
    instance_id: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "autoCreateInstance")]
    auto_create_instance: Option<&'a RawValue>,
    #[serde(borrow, default)]
    events: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "expectedVersion")]
    expected_version: Option<&'a RawValue>,
}

/// What an answer with one event has beside its payload and metadata, at most: names with escapes.
const ANSWER_AROUND: usize = 16 * 1024;

fn also_null<'de: 'a, 'a, D>(deserializer: D) -> Result<Option<&'a RawValue>, D::Error>
where
    D: Deserializer<'de>,
{
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Accepts an object only: a derived `Deserialize` would accept a list, too.
struct Object<K>(K);

impl<'de, K: Deserialize<'de>> Deserialize<'de> for Object<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys<K>(PhantomData<K>);
        impl<'de, K: Deserialize<'de>> Visitor<'de> for Keys<K> {
            type Value = Object<K>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                K::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Keys(PhantomData))
    }
}

/// The path of an event in a request.
#[derive(Clone, Copy)]
enum EventPath {
    /// It is the request's parameters.
    Params,
    /// It is one of a batch.
    Batch(usize),
}

impl fmt::Display for EventPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Params => formatter.write_str("params"),
            Self::Batch(index) => write!(formatter, "params.events[{index}]"),
        }
    }
}

fn keys<'a, K: Deserialize<'a>>(json: &'a str, path: EventPath) -> Result<K, Failure> {
    match serde_json::from_str(json) {
        Ok(Object(keys)) => Ok(keys),
        Err(error) => Err(Failure::request(format!(
            "{path}: expected an object, got {}: {error}",
            shortened(json)
        ))),
    }
}

/// The write that `appendEvent` asks for.
pub fn one(params: Option<&RawValue>, bounds: &Bounds) -> Result<Write, Failure> {
    let json = params.map_or("{}", RawValue::get);
    let whole: AppendKeys<'_> = keys(json, EventPath::Params)?;
    let event = new_event(&keys(json, EventPath::Params)?, EventPath::Params, bounds)?;
    append(&whole, vec![event], None, bounds)
}

/// The write that `appendEvents` asks for.
pub fn many(params: Option<&RawValue>, bounds: &Bounds) -> Result<Write, Failure> {
    let json = params.map_or("{}", RawValue::get);
    let whole: AppendKeys<'_> = keys(json, EventPath::Params)?;
    let list = whole.events.map_or("", RawValue::get);
    let entries = match bounded_list::<Object<EventKeys<'_>>>(list, bounds.batch_events) {
        Ok(Bounded { entries, count }) if count > entries.len() => {
            return Err(Failure::new(
                RefusalCode::LimitExceeded,
                format!(
                    "params.events: expected at most {} events in one batch, got {count}; send several batches",
                    bounds.batch_events
                ),
            ));
        }
        Ok(bounded) => bounded.entries,
        Err(_) => return Err(wrong_list(list, bounds)),
    };
    let mut events = Vec::with_capacity(entries.len());
    for (index, Object(entry)) in entries.iter().enumerate() {
        events.push(new_event(entry, EventPath::Batch(index), bounds)?);
    }
    let version = version_of_whole(&whole, &events)?;
    append(&whole, events, version, bounds)
}

/// Why a text is not a list of events.
fn wrong_list(list: &str, bounds: &Bounds) -> Failure {
    let Ok(raw) = bounded_list::<&RawValue>(list, bounds.batch_events) else {
        let found = if list.is_empty() {
            "nothing".into()
        } else {
            shortened(list)
        };
        return Failure::request(format!(
            "params.events: expected a list of events, got {found}"
        ));
    };
    let wrong = raw.entries.iter().enumerate().find_map(|(index, entry)| {
        keys::<EventKeys<'_>>(entry.get(), EventPath::Batch(index)).err()
    });
    wrong.unwrap_or_else(|| {
        Failure::request(format!(
            "params.events: expected at most {} events in one batch, got {} entries, of which one is not an event; send several batches",
            bounds.batch_events, raw.count
        ))
    })
}

/// An `expectedVersion` beside `events` is that of the one stream they all go to.
fn version_of_whole(whole: &AppendKeys<'_>, events: &[NewEvent]) -> Result<Option<i64>, Failure> {
    let version = expected_version(whole.expected_version, EventPath::Params)?;
    let mut streams = events.iter().map(|event| &event.stream_id);
    let first = streams.next();
    if version.is_some() && streams.any(|other| Some(other) != first) {
        return Err(Failure::request(
            "params.expectedVersion: expected events of one stream, got several streams; put expectedVersion into the events".into(),
        ));
    }
    Ok(version)
}

fn append(
    whole: &AppendKeys<'_>,
    events: Vec<NewEvent>,
    expected_version: Option<i64>,
    bounds: &Bounds,
) -> Result<Write, Failure> {
    let reference = text_of(
        whole.instance_id,
        || "params.instanceId".into(),
        bounds.name_bytes,
    )?
    .ok_or_else(|| {
        Failure::request("params.instanceId: expected an instance's id or name, got nothing".into())
    })?;
    let create = match whole.auto_create_instance.map(RawValue::get) {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            return Err(Failure::request(format!(
                "params.autoCreateInstance: expected true or false, got {}",
                shortened(other)
            )));
        }
    };
    if create {
        let path = || "params.instanceId".to_owned();
        check_own_name(&path, &reference).map_err(Failure::request)?;
    }
    Ok(Write::Append(Append {
        reference,
        create,
        events,
        expected_version,
    }))
}

fn new_event(keys: &EventKeys<'_>, path: EventPath, bounds: &Bounds) -> Result<NewEvent, Failure> {
    let either = |snake, snake_name: &str, camel, camel_name: &str| {
        let snake = text_of(snake, || format!("{path}.{snake_name}"), bounds.name_bytes)?;
        let camel = text_of(camel, || format!("{path}.{camel_name}"), bounds.name_bytes)?;
        match (snake, camel) {
            (Some(one), Some(other)) if one != other => Err(Failure::request(format!(
                "{path}.{snake_name}: expected the value of {camel_name}, got another; leave one of them out"
            ))),
            (Some(text), _) | (None, Some(text)) => Ok(Some(text)),
            (None, None) => Ok(None),
        }
    };
    let (payload, metadata) = (
        json_of(keys.payload, path, "payload", bounds)?,
        json_of(keys.metadata, path, "metadata", bounds)?,
    );
    let size = payload.len() + metadata.len();
    if size > bounds.reply_bytes && size > bounds.message_bytes.saturating_sub(ANSWER_AROUND) {
        return Err(Failure::new(
            RefusalCode::LimitExceeded,
            format!(
                "{path}: expected at most {} bytes of payload and metadata together, got {size}; a reply with the event would be larger than a message may be",
                bounds.message_bytes.saturating_sub(ANSWER_AROUND)
            ),
        ));
    }
    Ok(NewEvent {
        id: text_of(
            keys.event_id,
            || format!("{path}.eventId"),
            bounds.name_bytes,
        )?,
        stream_id: either(
            keys.stream_id,
            "stream_id",
            keys.stream_id_camel,
            "streamId",
        )?
        .map_or_else(|| DEFAULT_STREAM.into(), Arc::from),
        event_type: either(
            keys.event_type,
            "event_type",
            keys.event_type_camel,
            "eventType",
        )?
        .map_or_else(|| DEFAULT_EVENT_TYPE.into(), Arc::from),
        payload,
        metadata,
        expected_version: expected_version(keys.expected_version, path)?,
        timestamp: None,
    })
}

fn expected_version(raw: Option<&RawValue>, path: EventPath) -> Result<Option<i64>, Failure> {
    let Some(raw) = raw else { return Ok(None) };
    match raw.get().parse::<i64>() {
        Ok(version) if version >= 0 => Ok(Some(version)),
        _ => Err(Failure::request(format!(
            "{path}.expectedVersion: expected a whole number from 0 (the sequence number of the stream's last event, 0 when it has none), got {}",
            shortened(raw.get())
        ))),
    }
}

fn json_of(
    raw: Option<&RawValue>,
    path: EventPath,
    name: &str,
    bounds: &Bounds,
) -> Result<Arc<str>, Failure> {
    let json = raw.map_or("{}", RawValue::get);
    check_json(&|| format!("{path}.{name}"), json, bounds.depth).map_err(Failure::request)?;
    Ok(Arc::from(json))
}
