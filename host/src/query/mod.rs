//! The query language, checked.

/// A checked query.
#[derive(Debug)]
pub struct Plan;
/// An answer.
#[derive(Debug)]
pub struct Answer;
