//! The query language of `eventLog.queryEvents`.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// A query over one instance. `V` is what holds a condition's JSON value.
///
/// ```
/// use codebolt_wasm::wire::event_log::{Condition, Operator, Query, Source};
///
/// let query = Query {
///     from: Source { instance: "log".into(), stream: None },
///     conditions: vec![Condition {
///         field: "eventType".into(),
///         operator: Operator::Eq,
///         value: "payment",
///     }],
///     select: None,
///     order_by: None,
///     limit: Some(10),
///     offset: None,
///     reduce: None,
/// };
/// assert_eq!(query.conditions[0].value, "payment");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Query<V> {
    /// The instance, and optionally the one stream, that is read.
    pub from: Source,
    /// Conditions; an event has to meet all of them.
    #[serde(
        rename = "where",
        default = "Vec::new",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub conditions: Vec<Condition<V>>,
    /// Fields to answer with; whole events when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub select: Option<Vec<String>>,
    /// The order; append order when absent.
    #[serde(rename = "orderBy", default, skip_serializing_if = "Option::is_none")]
    pub order_by: Option<OrderBy>,
    /// At most this many events; [`super::DEFAULT_LIMIT`] when absent, [`super::MAX_LIMIT`] at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How many matching events to pass over first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// An aggregation to answer with instead of events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduce: Option<Reduce>,
}

/// What is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// An instance's id or name.
    pub instance: String,
    /// One stream of it; all streams when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
}

/// One condition of `where`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition<V> {
    /// The field that is looked at.
    pub field: String,
    /// How it is compared.
    pub operator: Operator,
    /// What it is compared with.
    pub value: V,
}

/// How a condition compares. Values of different JSON types are never equal, and in no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operator {
    /// Equal.
    Eq,
    /// There, and not equal.
    Neq,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Gte,
    /// Less than.
    Lt,
    /// Less than or equal.
    Lte,
    /// Text that contains the text, or a list that has the value as a member.
    Contains,
    /// Equal to one of a list.
    In,
    /// From the first of two values to the second, both included.
    Between,
}

impl Operator {
    /// All nine.
    pub const ALL: [Self; 9] = [
        Self::Eq,
        Self::Neq,
        Self::Gt,
        Self::Gte,
        Self::Lt,
        Self::Lte,
        Self::Contains,
        Self::In,
        Self::Between,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Neq => "neq",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Contains => "contains",
            Self::In => "in",
            Self::Between => "between",
        }
    }
}

/// The order of the answer. Equal values keep append order (reversed when descending).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderBy {
    /// The field to order by.
    pub field: String,
    /// Ascending by default.
    #[serde(default)]
    pub direction: Direction,
}

/// A direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smallest first.
    #[default]
    Asc,
    /// Largest first.
    Desc,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Asc, Self::Desc];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }
}

/// An aggregation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reduce {
    /// What is computed.
    #[serde(rename = "type")]
    pub reduction: Reduction,
    /// The field it is computed from; needed by all but `count`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Fields by whose values the events are grouped.
    #[serde(
        rename = "groupBy",
        default = "Vec::new",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub group_by: Vec<String>,
}

/// What an aggregation computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reduction {
    /// How many events; with a field, how many events that have it.
    Count,
    /// The sum of the numbers.
    Sum,
    /// The mean of the numbers.
    Avg,
    /// The smallest number, or the first text where there is no number.
    Min,
    /// The largest number, or the last text where there is no number.
    Max,
    /// Every value, in append order.
    Collect,
}

impl Reduction {
    /// All six.
    pub const ALL: [Self; 6] = [
        Self::Count,
        Self::Sum,
        Self::Avg,
        Self::Min,
        Self::Max,
        Self::Collect,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Collect => "collect",
        }
    }
}
