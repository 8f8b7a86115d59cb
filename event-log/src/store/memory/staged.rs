//! An instance that is being put together, as it was in another store.

use std::slice::from_ref;

use super::ids::Ids;
use super::instance::Instance;
use crate::record::{EventRow, InstanceRow};
use crate::store::{NewEvent, StoreFailure};

/// An instance that is being put together. It is invisible before [`super::MemoryStore::adopt`].
pub struct Staged {
    pub(super) instance: Instance,
    ids: Ids,
}

impl Staged {
    /// Without events. How many it had is not looked at.
    #[must_use]
    pub fn new(row: InstanceRow) -> Self {
        Self {
            instance: Instance::new(row),
            ids: Ids::default(),
        }
    }

    /// Appends an event, which has a time of its own; answers with it, and whether it was there already.
    ///
    /// # Errors
    /// When it is older than the one before it.
    pub fn append(&mut self, event: &NewEvent) -> Result<(EventRow, bool), StoreFailure> {
        let mut appended = self.instance.append(from_ref(event), None, 0, &self.ids)?;
        appended
            .pop()
            .ok_or_else(|| StoreFailure::Database("an event was not appended".into()))
    }
}
