//! Taking an instance in.

use std::io::BufRead;
use std::sync::Arc;

use codebolt_event_log::transfer::{Line, read_head, read_line};

use super::lines::Lines;
use super::stale_imports::Heartbeat;
use super::{BATCH, TransferFailure};
use crate::operations::Bounds;
use crate::store::{
    Append, Caller, FinishImport, InstanceRow, NewEvent, STAGING_DESCRIPTION, Store, StoreFailure,
    Write, Written, staging_name, write,
};

/// Bytes written at a time.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

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
    let text = lines.next()?.unwrap_or_default();
    let head = read_head(&text, name, bounds).map_err(|problem| lines.wrong(problem))?;
    match store.instance(Caller::HOST, &head.name).await {
        Err(StoreFailure::NoInstance(_)) => {}
        Err(failure) => return Err(failure.into()),
        Ok(_) => return Err(StoreFailure::NameExists(format!("{:?}", head.name)).into()),
    }
    let staged = stage(store).await?;
    let alive = Heartbeat::start(Arc::clone(store), staged.id.clone());
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
        let line = read_line(&text, bounds).map_err(|problem| lines.wrong(problem))?;
        let (event, sequence_number) = match line {
            Line::Event {
                event,
                sequence_number,
            } => (event, sequence_number),
            Line::End { events, .. } => {
                if events != count {
                    return Err(lines.wrong(format!(
                        "it speaks of {events} events, and {count} were read"
                    )));
                }
                append(store, instance_id, &mut batch, &mut sequences, lines).await?;
                lines.nothing_more()?;
                return Ok(count);
            }
        };
        count += 1;
        bytes += text.len();
        sequences.push(sequence_number);
        batch.push(event);
        if batch.len() >= usize::try_from(BATCH).unwrap_or(1_000) || bytes > BATCH_BYTES {
            append(store, instance_id, &mut batch, &mut sequences, lines).await?;
            bytes = 0;
        }
    }
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
