//! Exports an instance.

use std::io::Write;

use codebolt_event_log::transfer::{push_end, push_head, push_line};

use super::{BATCH, TransferFailure};
use crate::store::{Caller, Store};

/// Writes an instance as JSON Lines, and returns the number of its events.
///
/// Events that are appended during the export are left out.
///
/// # Errors
/// When there is no such instance, or the output cannot be written.
pub async fn export(
    store: &dyn Store,
    reference: &str,
    out: &mut (dyn Write + Send),
) -> Result<i64, TransferFailure> {
    let instance = store.instance(Caller::HOST, reference).await?;
    let mut line = String::new();
    push_head(&mut line, &instance);
    out.write_all(line.as_bytes())?;
    let mut position = 0;
    while position < instance.event_count {
        let left = u32::try_from(instance.event_count - position).unwrap_or(BATCH);
        let batch = store
            .events_after(&instance.id, position, left.min(BATCH))
            .await?;
        let Some(last) = batch.last() else { break };
        position = last.position;
        for event in &batch {
            line.clear();
            push_line(&mut line, &instance.id, event);
            out.write_all(line.as_bytes())?;
        }
    }
    if position != instance.event_count {
        return Err(TransferFailure::Gone(position, instance.event_count));
    }
    line.clear();
    push_end(&mut line, position, None);
    out.write_all(line.as_bytes())?;
    out.flush()?;
    Ok(position)
}
