//! The values of an event's fields.

use crate::query::{Column, Field, Found, at_path};
use crate::record::EventRow;

/// The event's value of the field.
pub fn found<'a>(event: &'a EventRow, instance_id: &'a str, field: &Field) -> Found<'a> {
    let json = |json: Option<&'a str>| json.map_or(Found::Missing, Found::Json);
    match field {
        Field::Payload(path) => json(at_path(&event.payload, path)),
        Field::Metadata(path) => json(at_path(&event.metadata, path)),
        Field::Column(column) => match column {
            Column::Id => Found::Text(&event.id),
            Column::Instance => Found::Text(instance_id),
            Column::Stream => Found::Text(&event.stream_id),
            Column::EventType => Found::Text(&event.event_type),
            Column::Timestamp => Found::Instant(event.timestamp),
            Column::Sequence => Found::Whole(event.sequence_number),
            Column::Position => Found::Whole(event.position),
        },
    }
}
