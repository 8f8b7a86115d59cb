//! Where an event stands in its instance.

use crate::record::EventRow;

/// Where an event stands among those of its instance, from 0.
pub type Place = u32;

/// The event that stands there.
pub fn at(events: &[EventRow], place: Place) -> Option<&EventRow> {
    events.get(usize::try_from(place).ok()?)
}
