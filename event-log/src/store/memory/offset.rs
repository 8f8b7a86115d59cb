//! Offsets of events in their instance.

use crate::record::EventRow;

/// The offset of an event in its instance, from 0.
pub type Offset = u32;

/// The event at that offset.
pub fn at(events: &[EventRow], offset: Offset) -> Option<&EventRow> {
    events.get(usize::try_from(offset).ok()?)
}
