//! Taking an instance out.

use std::io::Write;

use super::{BATCH, FORMAT, TransferFailure, VERSION, without_breaks};
use crate::query::{push_event, push_text};
use crate::store::{Caller, Store, iso_8601};

/// Writes an instance as JSON Lines; answers how many events it had.
///
/// Events that are appended meanwhile are left out.
///
/// # Errors
/// When there is no such instance, or the output cannot be written.
pub async fn export(
    store: &dyn Store,
    reference: &str,
    out: &mut (dyn Write + Send),
) -> Result<i64, TransferFailure> {
    let instance = store.instance(Caller::HOST, reference).await?;
    let mut line =
        format!("{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"instance\":{{\"id\":");
    push_text(&mut line, &instance.id);
    line.push_str(",\"name\":");
    push_text(&mut line, &instance.name);
    if let Some(description) = &instance.description {
        line.push_str(",\"description\":");
        push_text(&mut line, description);
    }
    line.push_str(&format!(
        ",\"createdAt\":\"{}\",\"updatedAt\":\"{}\"}}}}\n",
        iso_8601(instance.created_at),
        iso_8601(instance.updated_at)
    ));
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
            push_event(&mut line, &instance.id, event);
            if line.contains(['\n', '\r']) {
                line = without_breaks(&line).into_owned();
                line.pop();
                for (key, json) in [
                    ("payloadText", &event.payload),
                    ("metadataText", &event.metadata),
                ] {
                    if json.contains(['\n', '\r']) {
                        line.push_str(&format!(",\"{key}\":"));
                        push_text(&mut line, json);
                    }
                }
                line.push('}');
            }
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
    }
    if position != instance.event_count {
        return Err(TransferFailure::Gone(position, instance.event_count));
    }
    out.write_all(format!("{{\"end\":true,\"events\":{position}}}\n").as_bytes())?;
    out.flush()?;
    Ok(position)
}
