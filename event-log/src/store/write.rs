//! The writes that a store takes.

use std::sync::Arc;

use crate::record::{Appended, InstanceRow};

/// A write. Each is done wholly or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Makes an instance.
    CreateInstance {
        /// Its name.
        name: String,
        /// Its description.
        description: Option<String>,
    },
    /// Changes the members that are `Some`.
    UpdateInstance {
        /// Id or name.
        reference: String,
        /// The new name.
        name: Option<String>,
        /// The new description; `Some(None)` takes it away.
        description: Option<Option<String>>,
    },
    /// Deletes an instance with its events.
    DeleteInstance {
        /// Id or name.
        reference: String,
    },
    /// Deletes the instance of an import that is not finished and was not changed since then; there is no such instance otherwise.
    DeleteStaleImport {
        /// The instance's id.
        id: String,
        /// When it was changed last, as far as the caller knows.
        updated_at: i64,
    },
    /// Gives an instance that was filled under another name its own name, description and times.
    FinishImport(FinishImport),
    /// Appends events.
    Append(Append),
}

impl Write {
    /// About how many bytes of the caller's it holds.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Append(append) => append.events.iter().map(NewEvent::size).sum(),
            _ => 256,
        }
    }

    /// The id or name of the instance that it is about.
    #[must_use]
    pub fn reference(&self) -> &str {
        match self {
            Self::CreateInstance { name, .. } => name,
            Self::UpdateInstance { reference, .. } | Self::DeleteInstance { reference } => {
                reference
            }
            Self::DeleteStaleImport { id, .. } => id,
            Self::FinishImport(import) => &import.id,
            Self::Append(append) => &append.reference,
        }
    }

    /// Whether an instance is gone after it.
    #[must_use]
    pub fn deletes(&self) -> bool {
        matches!(
            self,
            Self::DeleteInstance { .. } | Self::DeleteStaleImport { .. }
        )
    }

    /// The name that it gives to an instance which may have had another one.
    #[must_use]
    pub fn new_name(&self) -> Option<&str> {
        match self {
            Self::UpdateInstance { name, .. } => name.as_deref(),
            Self::FinishImport(import) => Some(&import.name),
            _ => None,
        }
    }
}

/// What an instance is from the end of its import on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishImport {
    /// The instance's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was changed last.
    pub updated_at: i64,
}

/// Events for one instance, all or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// Id or name of the instance.
    pub reference: String,
    /// Whether to make an instance of that name when there is none.
    pub create: bool,
    /// The events, in order.
    pub events: Vec<NewEvent>,
    /// The version of their one stream right before the first of them that is not a duplicate. An event's own goes before it.
    pub expected_version: Option<i64>,
}

/// An event to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The caller's id, which makes the append idempotent.
    pub id: Option<String>,
    /// Its stream.
    pub stream_id: Arc<str>,
    /// Its type.
    pub event_type: Arc<str>,
    /// JSON text.
    pub payload: Arc<str>,
    /// JSON text.
    pub metadata: Arc<str>,
    /// The stream's version (the sequence number of its last event, 0 for none) right before this event.
    pub expected_version: Option<i64>,
    /// When it happened, for imports; now when absent.
    pub timestamp: Option<i64>,
}

impl NewEvent {
    fn size(&self) -> usize {
        256 + self.stream_id.len()
            + self.event_type.len()
            + self.payload.len()
            + self.metadata.len()
    }
}

/// The answer to a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// The instance that was made, changed or deleted.
    Instance(InstanceRow),
    /// The events that were appended.
    Appended(Appended),
}

#[cfg(test)]
mod tests {
    use super::{Append, FinishImport, NewEvent, Write};

    fn event(stream_id: &str, event_type: &str, payload: &str, metadata: &str) -> NewEvent {
        NewEvent {
            id: None,
            stream_id: stream_id.into(),
            event_type: event_type.into(),
            payload: payload.into(),
            metadata: metadata.into(),
            expected_version: None,
            timestamp: None,
        }
    }

    fn append(events: Vec<NewEvent>) -> Write {
        Write::Append(Append {
            reference: "log".into(),
            create: false,
            expected_version: None,
            events,
        })
    }

    #[test]
    fn a_write_is_as_large_as_what_the_caller_sent_and_something_for_each_event() {
        let text = "x".repeat(1_000);
        let empty = append(vec![event("", "", "", "")]).size();
        assert!(empty > 0);
        for event in [
            event(&text, "", "", ""),
            event("", &text, "", ""),
            event("", "", &text, ""),
            event("", "", "", &text),
        ] {
            assert_eq!(append(vec![event.clone()]).size(), empty + 1_000);
            assert_eq!(
                append(vec![event.clone(), event]).size(),
                2 * (empty + 1_000)
            );
        }
        let all = event(&text, &text, &text, &text);
        assert_eq!(append(vec![all]).size(), empty + 4_000);
        let reference = || "log".to_owned();
        assert!(
            Write::DeleteInstance {
                reference: reference()
            }
            .size()
                > 0
        );
    }

    #[test]
    fn a_write_names_its_instance_and_the_name_that_it_gives_it() {
        let create = Write::CreateInstance {
            name: "log".into(),
            description: None,
        };
        let update = |name: Option<&str>| Write::UpdateInstance {
            reference: "log".into(),
            name: name.map(str::to_owned),
            description: None,
        };
        let delete = Write::DeleteInstance {
            reference: "log".into(),
        };
        let import = Write::FinishImport(FinishImport {
            id: "log".into(),
            name: "new".into(),
            description: None,
            created_at: 0,
            updated_at: 0,
        });
        for (write, new_name) in [
            (create, None),
            (update(None), None),
            (update(Some("new")), Some("new")),
            (delete, None),
            (import, Some("new")),
            (append(Vec::new()), None),
        ] {
            assert_eq!(write.reference(), "log", "{write:?}");
            assert_eq!(write.new_name(), new_name, "{write:?}");
        }
    }
}
