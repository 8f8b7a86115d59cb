//! A checked query.

use codebolt_wasm::wire::event_log::{DEFAULT_LIMIT, Direction, Reduction};

use super::field::{Column, Field};
use super::scalar::Scalar;

/// A checked query.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Id or name of the instance.
    pub instance: String,
    /// All of them have to hold. The stream of `from` is the first.
    pub conditions: Vec<Condition>,
    /// What to answer with, by the names the caller used; whole events when absent.
    pub select: Option<Vec<(String, Field)>>,
    /// The order; append order when absent.
    pub order: Option<Order>,
    /// At most this many events, groups or collected values; what the caller named.
    pub limit: Option<u32>,
    /// How many of them to pass over first.
    pub offset: u64,
    /// The aggregation to answer with.
    pub reduce: Option<Reduce>,
    /// How many groups or collected values may be held in memory.
    pub most_values: usize,
    /// How many bytes a reply may have.
    pub most_bytes: usize,
}

impl Plan {
    /// How many events to answer with at most.
    #[must_use]
    pub fn event_limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// The column by whose values the plan counts all events of its instance, if it does that. Stores keep
    /// such counts for streams and event types.
    #[must_use]
    pub fn counted_column(&self) -> Option<Column> {
        let reduce = self.reduce.as_ref()?;
        match reduce.group_by.as_slice() {
            [(_, Field::Column(column))]
                if self.conditions.is_empty() && reduce.counts_events() =>
            {
                Some(*column)
            }
            _ => None,
        }
    }
}

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What is looked at.
    pub field: Field,
    /// What has to hold.
    pub test: Test,
}

/// A condition on a field. A missing field meets none. Instants in tests of
/// `timestamp` are numbers: milliseconds since 1970.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It is there.
    Exists,
    /// Equal, of the same type.
    Equal(Scalar),
    /// There, and not equal.
    NotEqual(Scalar),
    /// In this order to a number or a text; the value is one of these.
    Compare(Comparison, Scalar),
    /// From one to the other, both numbers or both texts.
    Between(Scalar, Scalar),
    /// Equal to one of these.
    OneOf(Vec<Scalar>),
    /// A text that contains this text, or a list with this member.
    Contains(Scalar),
}

/// An order between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// An order: false, true, numbers, texts; everything else, and what is missing, last both ways.
/// Ties are in append order, reversed when descending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The field.
    pub field: Field,
    /// The direction.
    pub direction: Direction,
}

/// An aggregation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reduce {
    /// What is computed.
    pub reduction: Reduction,
    /// From what.
    pub field: Option<Field>,
    /// The groups, by the names the caller used.
    pub group_by: Vec<(String, Field)>,
}

impl Reduce {
    /// The condition that an event has the reduced field. None when no field is named.
    #[must_use]
    pub fn has_field(&self) -> Option<Condition> {
        let field = self.field.clone()?;
        Some(Condition {
            field,
            test: Test::Exists,
        })
    }

    /// Whether it counts events: every event has the reduced field.
    #[must_use]
    pub const fn counts_events(&self) -> bool {
        matches!(
            (self.reduction, &self.field),
            (Reduction::Count, None | Some(Field::Column(_)))
        )
    }
}
