//! Taking an instance in.

use std::io::BufRead;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::leftovers::Alive;
use super::lines::Lines;
use super::{BATCH, FORMAT, TransferFailure, VERSION};
use crate::operations::{Bounds, check_json, check_name, check_own_name, check_text};
use crate::query::{Number, Scalar, instant_of};
use crate::store::{
    Append, Caller, FinishImport, InstanceRow, NewEvent, STAGING_DESCRIPTION, Store, StoreFailure,
    Write, Written, staging_name, write,
};

/// Bytes written at a time.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
    instance: HeadInstance,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeadInstance {
    name: String,
    description: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

#[derive(Deserialize)]
struct Tail {
    end: bool,
    events: u64,
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

/// Makes an instance from what export wrote; answers its name and how many events it has. The
/// instance's times, and ids, times and sequence numbers of events stay; the instance gets a new id.
/// It takes its name when all is there: until then it goes by another, and when it fails it is
/// deleted.
///
/// # Errors
/// When the name is taken, or a line is not what export writes, or is over a bound.
pub async fn import(
    store: &Arc<dyn Store>,
    name: Option<String>,
    bounds: &Bounds,
    lines: &mut (dyn BufRead + Send),
) -> Result<(String, u64), TransferFailure> {
    let mut lines = Lines::new(lines, bounds.message_bytes);
    let head = read_head(&mut lines, name, bounds)?;
    match store.instance(Caller::HOST, &head.name).await {
        Err(StoreFailure::NoInstance(_)) => {}
        Err(failure) => return Err(failure.into()),
        Ok(_) => return Err(StoreFailure::NameExists(format!("{:?}", head.name)).into()),
    }
    let staged = stage(store).await?;
    let alive = Alive::show(Arc::clone(store), staged.id.clone());
    let done = match fill(&**store, &staged.id, bounds, &mut lines).await {
        Ok(count) => {
            let name = head.name.clone();
            let finish = FinishImport {
                id: staged.id.clone(),
                name: head.name,
                description: head.description,
                created_at: head.created_at.unwrap_or(staged.created_at),
                updated_at: head.updated_at.unwrap_or(staged.updated_at),
            };
            let finished = write(&**store, Write::FinishImport(finish)).await;
            finished
                .map(|_| (name, count))
                .map_err(TransferFailure::from)
        }
        Err(failure) => Err(failure),
    };
    drop(alive);
    // Whether it has its name already is unknown then, so nothing is taken back.
    let is_known = !matches!(
        done,
        Err(TransferFailure::Store(StoreFailure::Uncertain(_)))
    );
    if done.is_err() && is_known {
        let reference = staged.id;
        if let Err(error) = write(&**store, Write::DeleteInstance { reference }).await {
            tracing::error!(%error, "what was imported so far could not be deleted; the next start of the host or import does it");
        }
    }
    done
}

/// What the first line says, checked.
struct Described {
    name: String,
    description: Option<String>,
    created_at: Option<i64>,
    updated_at: Option<i64>,
}

fn read_head(
    lines: &mut Lines<'_>,
    name: Option<String>,
    bounds: &Bounds,
) -> Result<Described, TransferFailure> {
    let text = lines.next()?.unwrap_or_default();
    let head: Head = parse(lines, &text)?;
    if head.format != FORMAT || head.version != VERSION {
        return Err(lines.wrong(format!("it is no {FORMAT} of version {VERSION}")));
    }
    let place = || "the instance's name".to_owned();
    let name = name.unwrap_or(head.instance.name);
    let description = head.instance.description;
    check_name(&place, &name, bounds.name_bytes)
        .and_then(|()| check_own_name(&place, &name))
        .and_then(|()| {
            let place = || "the instance's description".to_owned();
            let text = description.as_deref().unwrap_or_default();
            check_text(&place, text, bounds.description_bytes)
        })
        .map_err(|problem| lines.wrong(problem))?;
    let instant = |text: Option<String>| text.map(|text| instant(lines, text)).transpose();
    Ok(Described {
        name,
        description,
        created_at: instant(head.instance.created_at)?,
        updated_at: instant(head.instance.updated_at)?,
    })
}

fn instant(lines: &Lines<'_>, text: String) -> Result<i64, TransferFailure> {
    match instant_of(&Scalar::Text(text.clone())) {
        Some(Number::Whole(instant)) => Ok(instant),
        _ => Err(lines.wrong(format!("{text:?} is no timestamp"))),
    }
}

async fn stage(store: &Arc<dyn Store>) -> Result<InstanceRow, TransferFailure> {
    let created = Write::CreateInstance {
        name: staging_name(),
        description: Some(STAGING_DESCRIPTION.into()),
    };
    match write(&**store, created).await? {
        Written::Instance(row) => Ok(row),
        Written::Appended(_) => Err(StoreFailure::Closed.into()),
    }
}

async fn fill(
    store: &dyn Store,
    instance_id: &str,
    bounds: &Bounds,
    lines: &mut Lines<'_>,
) -> Result<u64, TransferFailure> {
    let mut count = 0;
    let mut batch = Vec::new();
    let mut sequences = Vec::new();
    let mut bytes = 0;
    loop {
        let Some(text) = lines.next()? else {
            return Err(lines.wrong("the file ends too early".into()));
        };
        let event = match serde_json::from_str::<Event<'_>>(&text) {
            Ok(event) => event,
            Err(error) => {
                let Ok(tail) = serde_json::from_str::<Tail>(&text) else {
                    return Err(lines.wrong(error.to_string()));
                };
                if !tail.end || tail.events != count {
                    return Err(lines.wrong(format!(
                        "it speaks of {} events, and {count} were read",
                        tail.events
                    )));
                }
                append(store, instance_id, &mut batch, &mut sequences, lines).await?;
                lines.nothing_more()?;
                return Ok(count);
            }
        };
        count += 1;
        bytes += text.len();
        sequences.push(event.sequence_number);
        batch.push(new_event(lines, event, bounds)?);
        if batch.len() >= usize::try_from(BATCH).unwrap_or(1_000) || bytes > BATCH_BYTES {
            append(store, instance_id, &mut batch, &mut sequences, lines).await?;
            bytes = 0;
        }
    }
}

/// The event of a line, held to what the wire holds events to.
fn new_event(
    lines: &Lines<'_>,
    event: Event<'_>,
    bounds: &Bounds,
) -> Result<NewEvent, TransferFailure> {
    let checked = [
        ("id", &event.id),
        ("stream_id", &event.stream_id),
        ("event_type", &event.event_type),
    ]
    .into_iter()
    .try_for_each(|(name, text)| check_name(&|| name.to_owned(), text, bounds.name_bytes));
    checked.map_err(|problem| lines.wrong(problem))?;
    let json = |name: &str, raw: &RawValue, own: Option<String>| {
        let text = match own {
            None => raw.get().to_owned(),
            Some(text) if super::without_breaks(&text) == raw.get() => text,
            Some(_) => return Err(lines.wrong(format!("{name} and {name}Text differ"))),
        };
        check_json(&|| name.to_owned(), &text, bounds.depth)
            .map_err(|problem| lines.wrong(problem))?;
        Ok(Arc::<str>::from(text))
    };
    Ok(NewEvent {
        payload: json("payload", event.payload, event.payload_text)?,
        metadata: json("metadata", event.metadata, event.metadata_text)?,
        id: Some(event.id),
        stream_id: event.stream_id.into(),
        event_type: event.event_type.into(),
        expected_version: None,
        timestamp: Some(instant(lines, event.timestamp)?),
    })
}

async fn append(
    store: &dyn Store,
    instance_id: &str,
    batch: &mut Vec<NewEvent>,
    sequences: &mut Vec<i64>,
    lines: &Lines<'_>,
) -> Result<(), TransferFailure> {
    let written = write(
        store,
        Write::Append(Append {
            reference: instance_id.to_owned(),
            create: false,
            events: std::mem::take(batch),
        }),
    )
    .await;
    let wanted = std::mem::take(sequences);
    match written {
        Ok(Written::Appended(appended)) => {
            for ((event, duplicate), wanted) in appended.events.iter().zip(wanted) {
                if *duplicate {
                    return Err(lines.wrong(format!("the event {} is there twice", event.id)));
                }
                if event.sequence_number != wanted {
                    return Err(lines.wrong(format!(
                        "in or before it the event {} has sequence number {wanted}, and {} comes next in its stream",
                        event.id, event.sequence_number
                    )));
                }
            }
            Ok(())
        }
        Ok(Written::Instance(_)) => Err(StoreFailure::Closed.into()),
        Err(failure @ StoreFailure::OlderThanLast(_)) => Err(lines.wrong(failure.to_string())),
        Err(failure) => Err(failure.into()),
    }
}

fn parse<'a, T: Deserialize<'a>>(lines: &Lines<'_>, text: &'a str) -> Result<T, TransferFailure> {
    serde_json::from_str(text).map_err(|error| lines.wrong(error.to_string()))
}
