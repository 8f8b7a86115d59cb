//! Taking an instance in.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{BATCH, FORMAT, TransferFailure, VERSION};
use crate::query::{Number, Scalar, instant_of};
use crate::store::{Append, NewEvent, Store, StoreFailure, Write, Written, write};

/// Bytes written at a time.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
    instance: HeadInstance,
}

#[derive(Deserialize)]
struct HeadInstance {
    name: String,
    description: Option<String>,
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
    timestamp: String,
    sequence_number: i64,
}

/// Makes an instance from what export wrote; answers its name and how many events it has. Ids,
/// times and sequence numbers of events stay; the instance gets a new id. It takes its name when
/// all is there: until then it goes by another, and when it fails it is deleted.
///
/// # Errors
/// When the name is taken, or a line is not what export writes.
pub async fn import(
    store: &dyn Store,
    name: Option<String>,
    lines: &mut (dyn BufRead + Send),
) -> Result<(String, u64), TransferFailure> {
    let mut text = String::new();
    lines.read_line(&mut text)?;
    let head: Head = parse(1, &text)?;
    if head.format != FORMAT || head.version != VERSION {
        return Err(wrong(1, format!("it is no {FORMAT} of version {VERSION}")));
    }
    let name = name.unwrap_or(head.instance.name);
    match store.instance(&name).await {
        Err(StoreFailure::NoInstance(_)) => {}
        Err(failure) => return Err(failure.into()),
        Ok(_) => return Err(StoreFailure::NameExists(format!("{name:?}")).into()),
    }
    let created = write(
        store,
        Write::CreateInstance {
            name: format!("importing-{}", Uuid::now_v7()),
            description: head.instance.description,
        },
    )
    .await?;
    let Written::Instance(instance) = created else {
        return Err(StoreFailure::Closed.into());
    };
    let filled = fill(store, &instance.id, lines).await;
    let done = match filled {
        Ok(count) => {
            let renamed = write(
                store,
                Write::UpdateInstance {
                    reference: instance.id.clone(),
                    name: Some(name.clone()),
                    description: None,
                },
            );
            renamed.await.map(|_| count).map_err(TransferFailure::from)
        }
        Err(failure) => Err(failure),
    };
    match done {
        Ok(count) => Ok((name, count)),
        Err(failure) => {
            let reference = instance.id;
            if let Err(error) = write(store, Write::DeleteInstance { reference }).await {
                tracing::error!(%error, "what was imported so far could not be deleted");
            }
            Err(failure)
        }
    }
}

async fn fill(
    store: &dyn Store,
    instance_id: &str,
    lines: &mut (dyn BufRead + Send),
) -> Result<u64, TransferFailure> {
    let mut number = 1;
    let mut count = 0;
    let mut batch = Vec::new();
    let mut sequences = Vec::new();
    let mut bytes = 0;
    loop {
        let mut text = String::new();
        number += 1;
        if lines.read_line(&mut text)? == 0 {
            return Err(wrong(number, "the file ends too early".into()));
        }
        if let Ok(tail) = serde_json::from_str::<Tail>(&text) {
            append(store, instance_id, &mut batch, &mut sequences, number).await?;
            if !tail.end || tail.events != count {
                let problem = format!("it speaks of {} events, and {count} were read", tail.events);
                return Err(wrong(number, problem));
            }
            return Ok(count);
        }
        let event: Event<'_> = parse(number, &text)?;
        let Some(Number::Whole(timestamp)) = instant_of(&Scalar::Text(event.timestamp.clone()))
        else {
            return Err(wrong(
                number,
                format!("{:?} is no timestamp", event.timestamp),
            ));
        };
        count += 1;
        bytes += text.len();
        sequences.push(event.sequence_number);
        batch.push(NewEvent {
            id: Some(event.id),
            stream_id: event.stream_id,
            event_type: event.event_type,
            payload: event.payload.get().to_owned(),
            metadata: event.metadata.get().to_owned(),
            expected_version: None,
            timestamp: Some(timestamp),
        });
        if batch.len() >= usize::try_from(BATCH).unwrap_or(1_000) || bytes > BATCH_BYTES {
            append(store, instance_id, &mut batch, &mut sequences, number).await?;
            bytes = 0;
        }
    }
}

async fn append(
    store: &dyn Store,
    instance_id: &str,
    batch: &mut Vec<NewEvent>,
    sequences: &mut Vec<i64>,
    line: u64,
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
                    return Err(wrong(
                        line,
                        format!("the event {} is there twice", event.id),
                    ));
                }
                if event.sequence_number != wanted {
                    return Err(wrong(
                        line,
                        format!(
                            "in or before it the event {} has sequence number {wanted}, and {} comes next in its stream",
                            event.id, event.sequence_number
                        ),
                    ));
                }
            }
            Ok(())
        }
        Ok(Written::Instance(_)) => Err(StoreFailure::Closed.into()),
        Err(failure @ StoreFailure::OlderThanLast(_)) => Err(wrong(line, failure.to_string())),
        Err(failure) => Err(failure.into()),
    }
}

fn parse<'a, T: Deserialize<'a>>(line: u64, text: &'a str) -> Result<T, TransferFailure> {
    serde_json::from_str(text).map_err(|error| wrong(line, error.to_string()))
}

const fn wrong(line: u64, problem: String) -> TransferFailure {
    TransferFailure::Line { line, problem }
}
