//! Imports an instance.

use std::io::BufRead;
use std::sync::Arc;

use codebolt_event_log::transfer::{Line, read_head, read_line};

use super::lines::Lines;
use super::stale_imports::Heartbeat;
use super::{BATCH, TransferFailure};
use crate::operations::Bounds;
use crate::store::{
    Append, Caller, FinishImport, InstanceRow, NewEvent, STAGING_DESCRIPTION, Store, StoreFailure,
    Write, Written, iso_8601, staging_name, write,
};

/// Bytes written at a time.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Makes an instance from an export's lines, and returns its name and the number of its events. The
/// instance keeps its times, and its events keep their ids, times and sequence numbers; the instance gets a new id.
/// It gets its name when all events are stored. Until then it has another one, and if the import fails, it is
/// deleted.
///
/// # Errors
/// When the name is taken, or a line is not one that export writes, or is over a bound.
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
        Ok(_) => return Err(TransferFailure::NameExists(head.name)),
    }
    let staged = stage(store).await?;
    let alive = Heartbeat::start(Arc::clone(store), staged.id.clone());
    let filled = fill(&**store, &staged.id, bounds, &mut lines).await;
    // A heartbeat after the end would change the time of the last change, which the import keeps.
    alive.stop().await;
    let done = match filled {
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
            match finished {
                Ok(_) => Ok((name, count)),
                // Somebody has taken it meanwhile.
                Err(StoreFailure::NameExists(_)) => Err(TransferFailure::NameExists(name)),
                Err(failure) => Err(failure.into()),
            }
        }
        Err(failure) => Err(failure),
    };
    // It is unknown then whether it has its name already, so nothing is deleted.
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
    let mut batch = Batch::default();
    let mut bytes = 0;
    let mut last_time = None;
    loop {
        let Some(text) = lines.next()? else {
            return Err(lines.wrong("expected an event or the end line, got the end of the file; export the instance again".into()));
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
                        "expected an end line that counts {count} events, got {events}; export the instance again"
                    )));
                }
                append(store, instance_id, &mut batch).await?;
                lines.nothing_more()?;
                return Ok(count);
            }
        };
        // The store would say it of a whole batch, once that is written.
        if let (Some(time), Some(last)) = (event.timestamp, last_time)
            && time < last
        {
            return Err(lines.wrong(format!(
                "expected a timestamp no earlier than {}, that of the event before it, got {}; times never run backwards in an instance",
                iso_8601(last),
                iso_8601(time)
            )));
        }
        last_time = event.timestamp;
        count += 1;
        bytes += text.len();
        batch.lines.push((lines.number, sequence_number));
        batch.events.push(event);
        if batch.events.len() >= usize::try_from(BATCH).unwrap_or(1_000) || bytes > BATCH_BYTES {
            append(store, instance_id, &mut batch).await?;
            bytes = 0;
        }
    }
}

/// Events that are written together, and of each its line and the sequence number that it has there.
#[derive(Default)]
struct Batch {
    events: Vec<NewEvent>,
    lines: Vec<(u64, i64)>,
}

async fn append(
    store: &dyn Store,
    instance_id: &str,
    batch: &mut Batch,
) -> Result<(), TransferFailure> {
    let written = write(
        store,
        Write::Append(Append {
            reference: instance_id.to_owned(),
            create: false,
            expected_version: None,
            events: std::mem::take(&mut batch.events),
        }),
    )
    .await;
    let read = std::mem::take(&mut batch.lines);
    match written {
        Ok(Written::Appended(appended)) => {
            for ((event, duplicate), (line, sequence_number)) in appended.events.iter().zip(read) {
                if *duplicate {
                    let problem = format!("expected each event once, got {} again", event.id);
                    return Err(TransferFailure::Line { line, problem });
                }
                if event.sequence_number != sequence_number {
                    let problem = format!(
                        "expected sequence_number {} of event {}, the next in its stream, got {sequence_number}",
                        event.sequence_number, event.id
                    );
                    return Err(TransferFailure::Line { line, problem });
                }
            }
            Ok(())
        }
        Ok(Written::Instance(_)) => Err(StoreFailure::Closed.into()),
        Err(failure) => Err(failure.into()),
    }
}
