//! A store's answers to a plan.

use super::scalar::{Number, Scalar};
/// A store's answer to a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// How many events meet the conditions.
    pub total: u64,
    /// The events as JSON texts, unless aggregated.
    pub events: Vec<String>,
    /// Whether there are fewer events than were asked for, because a reply holds no more.
    pub is_cut: bool,
    /// The aggregation, when one was asked for.
    pub aggregation: Option<Aggregation>,
    /// Set when very many events were read for want of an index.
    pub unindexed: Option<Unindexed>,
}

/// Events that were read for want of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unindexed {
    /// The field that an index would be for, as `--index` takes it.
    pub field: String,
    /// How many events were read.
    pub events: u64,
}

/// The outcome of an aggregation.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregation {
    /// Without `groupBy`.
    Single(Cell),
    /// With `groupBy`, sorted by the keys.
    Groups(Vec<Group>),
}

/// The events that have the same keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// One key for each field of `groupBy`. Lists, objects and missing fields count as null.
    pub keys: Vec<Scalar>,
    /// What was computed of them.
    pub value: Cell,
}

/// A computed value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// There was nothing to compute from.
    Nothing,
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// JSON texts.
    List(Vec<String>),
}

impl Aggregation {
    /// Sorts groups by their keys, and takes the part that `offset` and `limit` name.
    #[must_use]
    pub fn sorted(mut groups: Vec<Group>, offset: u64, limit: Option<u32>) -> Self {
        groups.sort_by(|one, two| {
            one.keys
                .iter()
                .zip(&two.keys)
                .map(|(one, two)| one.compare(two))
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
        let most = limit.map_or(usize::MAX, |limit| {
            usize::try_from(limit).unwrap_or(usize::MAX)
        });
        Self::Groups(groups.into_iter().skip(skipped).take(most).collect())
    }
}
