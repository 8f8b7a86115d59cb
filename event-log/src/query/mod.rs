//! The query language, checked: from a request's JSON to a [`Plan`] that a store can run.
//!
//! Knows no SQL. A plan holds no text of the caller's that is not either a checked [`Field`] or a
//! value.

mod answer;
mod extract;
mod field;
mod instant;
mod parse;
mod plan;
mod reducing;
mod render;
mod scalar;
mod sort_key;
mod sum;

pub use answer::{Aggregation, Answer, Cell, Group, Unindexed};
pub use extract::{at_path, extract, extract_scalar, members, text_of};
pub use field::{Column, Field, FieldFault, Segment};
pub use instant::instant_of;
pub use parse::{QueryBounds, QueryFault, parse};
pub use plan::{Comparison, Condition, Order, Plan, Reduce, Test};
pub use reducing::{Found, Reducing};
pub use render::{Collected, Lessening, Rendered, TooMuch, push_envelope, push_event, push_text};
pub use scalar::{Number, Scalar};
pub use sort_key::sort_key;
pub use sum::Sum;
