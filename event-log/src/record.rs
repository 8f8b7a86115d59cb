//! The records that stores keep.

use std::ops::ControlFlow;
use std::sync::Arc;

/// An instance as it is stored. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceRow {
    /// The id, a UUID.
    pub id: String,
    /// The name, unique.
    pub name: String,
    /// The description, when one was given.
    pub description: Option<String>,
    /// When it was created.
    pub created_at: i64,
    /// When its name or description was changed last.
    pub updated_at: i64,
    /// How many events it holds; also the position of its last event.
    pub event_count: i64,
}

/// Which instances are asked for, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstancePage {
    /// How many to pass over first.
    pub offset: i64,
    /// At most so many.
    pub limit: i64,
    /// At most so many bytes of names and descriptions; the first one always fits.
    pub most_bytes: usize,
}

impl InstancePage {
    /// All of them.
    pub const ALL: Self = Self {
        offset: 0,
        limit: i64::MAX - 1,
        most_bytes: usize::MAX,
    };
}

/// Some of the instances.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstanceRows {
    /// Those that were asked for, as far as they fit.
    pub rows: Vec<InstanceRow>,
    /// Whether there are others behind them.
    pub has_more: bool,
    bytes: usize,
}

/// What an instance takes in a reply beside its name and description: its id, its times, and what JSON needs around it.
const AROUND: usize = 256;

impl InstanceRows {
    /// Adds the next one, unless it is one too many; then no other is to be added.
    pub fn add(&mut self, row: InstanceRow, page: InstancePage) -> ControlFlow<()> {
        let description = row.description.as_ref().map_or(0, String::len);
        self.bytes += row.name.len() + description + AROUND;
        let is_full = i64::try_from(self.rows.len()).is_ok_and(|rows| rows >= page.limit)
            || (self.bytes > page.most_bytes && !self.rows.is_empty());
        if is_full {
            self.has_more = true;
            return ControlFlow::Break(());
        }
        self.rows.push(row);
        ControlFlow::Continue(())
    }
}

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The id.
    pub id: String,
    /// Its position in its instance: 1, 2, 3 …, no gaps.
    pub position: i64,
    /// Its stream.
    pub stream_id: Arc<str>,
    /// Its type.
    pub event_type: Arc<str>,
    /// The payload's JSON text as the caller wrote it.
    pub payload: Arc<str>,
    /// The metadata's JSON text as the caller wrote it.
    pub metadata: Arc<str>,
    /// When it was appended, milliseconds since 1970.
    pub timestamp: i64,
    /// Its position in its stream: 1, 2, 3 …, no gaps.
    pub sequence_number: i64,
}

/// The answer to an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The id of the instance appended to.
    pub instance_id: Arc<str>,
    /// The events in the caller's order, with whether each had been there before.
    pub events: Vec<(EventRow, bool)>,
}

#[cfg(test)]
mod tests {
    use super::{AROUND, InstancePage, InstanceRow, InstanceRows};

    /// How many instances with these names and descriptions a page has, and whether there are more.
    fn paged(instances: &[(&str, Option<&str>)], limit: i64, most_bytes: usize) -> (usize, bool) {
        let page = InstancePage {
            offset: 0,
            limit,
            most_bytes,
        };
        let mut list = InstanceRows::default();
        for (name, description) in instances {
            let row = InstanceRow {
                id: String::new(),
                name: (*name).to_owned(),
                description: description.map(str::to_owned),
                created_at: 0,
                updated_at: 0,
                event_count: 0,
            };
            if list.add(row, page).is_break() {
                break;
            }
        }
        (list.rows.len(), list.has_more)
    }

    #[test]
    fn a_page_ends_at_its_limit_or_where_it_would_be_too_large_and_says_so() {
        let all = [
            ("four", None),
            ("n", Some("description")),
            ("", Some("abc")),
        ];
        let bytes = 3 * AROUND + "four".len() + "ndescription".len() + "abc".len();
        for (limit, most_bytes, wanted) in [
            (3, bytes, (3, false)),
            (3, bytes - 1, (2, true)),
            (2, bytes, (2, true)),
            (3, bytes - AROUND - 3, (2, true)),
            (3, bytes - AROUND - 4, (1, true)),
            // The first one always fits.
            (3, 0, (1, true)),
            (1, 0, (1, true)),
            (0, bytes, (0, true)),
        ] {
            assert_eq!(
                paged(&all, limit, most_bytes),
                wanted,
                "{limit} {most_bytes}"
            );
        }
        assert_eq!(paged(&all[..1], 1, 0), (1, false));
        assert_eq!(paged(&[], 0, 0), (0, false));
    }

    #[test]
    fn of_all_instances_one_more_can_be_asked_for() {
        assert!(InstancePage::ALL.limit.checked_add(1).is_some());
    }
}
