//! Exports an instance.

use std::io::Write;

use codebolt_event_log::transfer::{push_end, push_head, push_line};

use super::{BATCH, TransferFailure};
use crate::store::{Caller, InstanceRow, Store, StoreFailure};

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
    let instance = exported_instance(store, reference).await?;
    let mut line = String::new();
    push_head(&mut line, &instance);
    let mut put = |line: &str| {
        out.write_all(line.as_bytes())
            .map_err(TransferFailure::Output)
    };
    put(&line)?;
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
            put(&line)?;
        }
    }
    if position != instance.event_count {
        return Err(TransferFailure::Gone(position, instance.event_count));
    }
    line.clear();
    push_end(&mut line, position, None);
    put(&line)?;
    out.flush().map_err(TransferFailure::Output)?;
    Ok(position)
}

/// The instance that is to be exported.
pub async fn exported_instance(
    store: &dyn Store,
    reference: &str,
) -> Result<InstanceRow, TransferFailure> {
    match store.instance(Caller::HOST, reference).await {
        Err(StoreFailure::NoInstance(_)) => Err(TransferFailure::NoInstance(reference.to_owned())),
        found => Ok(found?),
    }
}
