//! The lines as they are written, each with its line break.

use super::read::without_breaks;
use super::{FORMAT, VERSION};
use crate::query::{push_event, push_text};
use crate::record::{EventRow, InstanceRow};
use crate::time::iso_8601;

/// Appends the first line.
pub fn push_head(out: &mut String, instance: &InstanceRow) {
    out.push_str(&format!(
        "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"instance\":{{\"id\":"
    ));
    push_text(out, &instance.id);
    out.push_str(",\"name\":");
    push_text(out, &instance.name);
    if let Some(description) = &instance.description {
        out.push_str(",\"description\":");
        push_text(out, description);
    }
    out.push_str(&format!(
        ",\"createdAt\":\"{}\",\"updatedAt\":\"{}\"}}}}\n",
        iso_8601(instance.created_at),
        iso_8601(instance.updated_at)
    ));
}

/// Appends an event's line.
pub fn push_line(out: &mut String, instance_id: &str, event: &EventRow) {
    let has_breaks = |text: &str| text.contains(['\n', '\r']);
    let begin = out.len();
    push_event(out, instance_id, event);
    if out.get(begin..).is_some_and(has_breaks) {
        let line = without_breaks(out.get(begin..).unwrap_or_default()).into_owned();
        out.truncate(begin);
        out.push_str(&line);
        out.pop();
        for (key, json) in [
            ("payloadText", &event.payload),
            ("metadataText", &event.metadata),
        ] {
            if has_breaks(json) {
                out.push_str(&format!(",\"{key}\":"));
                push_text(out, json);
            }
        }
        out.push('}');
    }
    out.push('\n');
}

/// Appends the last line. In a snapshot it says which of how many instances ends, too.
pub fn push_end(out: &mut String, events: i64, which: Option<(usize, usize)>) {
    out.push_str(&format!("{{\"end\":true,\"events\":{events}"));
    if let Some((number, of)) = which {
        out.push_str(&format!(",\"instance\":{number},\"of\":{of}"));
    }
    out.push_str("}\n");
}
