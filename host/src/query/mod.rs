//! The query language, checked: from a request's JSON to a [`Plan`] that a store can run.
//!
//! Knows no SQL. A plan holds no text of the caller's that is not either a checked [`Field`] or a
//! value.

mod answer;
mod field;
mod instant;
mod parse;
mod parse_condition;
mod parse_reduce;
mod pick;
mod plan;
mod reducing;
mod render;
mod scalar;
mod sort_key;
mod sum;

pub use answer::{Aggregation, Answer, Cell, Group, Unindexed};
pub use field::{Column, Field, FieldFault, Segment};
pub use instant::instant_of;
pub use parse::{QueryBounds, QueryFault, parse};
pub(crate) use pick::end_of_text;
pub use pick::{at_path, pick, pick_scalar};
pub use plan::{Comparison, Condition, Order, Plan, Reduce, Test};
pub use reducing::{Found, Reducing};
pub use render::{Collected, Rendered, push_envelope, push_event, push_text};
pub use scalar::{Number, Scalar};
pub use sort_key::sort_key;
pub use sum::Sum;
