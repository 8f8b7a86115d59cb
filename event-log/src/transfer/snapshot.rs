//! A store in memory as bytes, and back.

use thiserror::Error;

use super::read::{Line, read_head, read_line};
use super::write::{push_end, push_head, push_line};
use crate::operations::Bounds;
use crate::record::InstanceRow;
use crate::store::StoreFailure;
use crate::store::memory::{Clock, MemoryStore, Staged};

/// Why bytes are not a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "cannot restore the snapshot: line {line}: {problem}; give the bytes as snapshot() made them, or files of `codebolt-host export`"
)]
pub struct SnapshotFault {
    /// From 1.
    line: usize,
    problem: String,
}

/// All instances with their events, one after the other. An empty store gives no bytes.
#[must_use]
pub fn snapshot(store: &MemoryStore) -> Vec<u8> {
    let rows = store.all_instances();
    let of = rows.len();
    let mut out = String::new();
    for (index, row) in rows.iter().enumerate() {
        // It still exists: nothing is written between the two.
        let _ = push_instance(&mut out, store, &row.id, Some((index + 1, of)));
    }
    out.into_bytes()
}

/// One instance with its events, as `codebolt-host export` writes it.
///
/// # Errors
/// When there is no instance with that id or name.
pub fn exported(store: &MemoryStore, reference: &str) -> Result<Vec<u8>, StoreFailure> {
    let mut out = String::new();
    push_instance(&mut out, store, reference, None)?;
    Ok(out.into_bytes())
}

fn push_instance(
    out: &mut String,
    store: &MemoryStore,
    reference: &str,
    which: Option<(usize, usize)>,
) -> Result<(), StoreFailure> {
    store.visit(reference, |row, events| {
        push_head(out, row);
        for event in events {
            push_line(out, &row.id, event);
        }
        push_end(out, row.event_count, which);
    })
}

/// A store with what a snapshot holds: ids, times and sequence numbers are what they were. Takes what
/// `codebolt-host export` writes as well, of one instance or of several one after the other.
///
/// # Errors
/// The first line that is wrong.
pub fn restored(bytes: &[u8], bounds: &Bounds, clock: Clock) -> Result<MemoryStore, SnapshotFault> {
    let wrong = |line: usize, problem: String| SnapshotFault { line, problem };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
        wrong(line, format!("expected UTF-8, got other bytes: {error}"))
    })?;
    let store = MemoryStore::new(clock);
    let mut reading = Reading::default();
    for (index, text) in text.lines().enumerate() {
        reading
            .take(text, bounds, &store)
            .map_err(|problem| wrong(index + 1, problem))?;
    }
    let lines = text.lines().count();
    reading
        .finish()
        .map_err(|problem| wrong(lines + 1, problem))?;
    Ok(store)
}

/// How far the reading of a snapshot is.
#[derive(Default)]
struct Reading {
    /// The instance that is being read, and how many events it has so far.
    current: Option<(Staged, u64)>,
    instances: usize,
    /// How many there are to be, as far as that was said.
    wanted: usize,
}

impl Reading {
    fn take(&mut self, text: &str, bounds: &Bounds, store: &MemoryStore) -> Result<(), String> {
        let Some((mut staged, count)) = self.current.take() else {
            self.current = Some((instance_of(text, bounds)?, 0));
            return Ok(());
        };
        match read_line(text, bounds)? {
            Line::Event {
                event,
                sequence_number,
            } => {
                let (event, is_duplicate) = staged
                    .append(&event)
                    .map_err(|failure| failure.to_string())?;
                if is_duplicate {
                    return Err(format!("expected each event once, got {} again", event.id));
                }
                if event.sequence_number != sequence_number {
                    return Err(format!(
                        "expected sequence_number {} of event {}, the next in its stream, got {sequence_number}",
                        event.sequence_number, event.id
                    ));
                }
                self.current = Some((staged, count + 1));
            }
            Line::End { events, which } => {
                if events != count {
                    return Err(format!(
                        "expected an end line that counts {count} events, got {events}"
                    ));
                }
                self.instances += 1;
                if let Some((number, of)) = which {
                    if number != self.instances {
                        return Err(format!(
                            "expected the end of instance {}, got the end of {number}",
                            self.instances
                        ));
                    }
                    self.wanted = of;
                }
                store.adopt(staged).map_err(|failure| failure.to_string())?;
            }
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), String> {
        if self.current.is_some() || self.instances < self.wanted {
            return Err("expected more lines, got the end of the snapshot".into());
        }
        Ok(())
    }
}

/// The instance that a first line says.
fn instance_of(text: &str, bounds: &Bounds) -> Result<Staged, String> {
    let described = read_head(text, None, bounds)?;
    let Some(id) = described.id else {
        return Err("the instance's id: expected a non-blank string, got nothing".into());
    };
    let created_at = described.created_at.unwrap_or(0);
    Ok(Staged::new(InstanceRow {
        id,
        name: described.name,
        description: described.description,
        created_at,
        updated_at: described.updated_at.unwrap_or(created_at),
        event_count: 0,
    }))
}
