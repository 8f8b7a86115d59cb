//! The faults of queries, and their texts.

use serde_json::Value;
use thiserror::Error;

use crate::json_text::shortened;

/// A fault of a query.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{path}: {problem}")]
pub struct QueryFault {
    path: String,
    problem: String,
}

/// A fault at a path.
pub(super) fn fault<T>(
    path: impl Into<String>,
    problem: impl Into<String>,
) -> Result<T, QueryFault> {
    Err(QueryFault {
        path: path.into(),
        problem: problem.into(),
    })
}

/// Describes a value, for messages.
pub(super) fn shown(value: &Value) -> String {
    shortened(&value.to_string())
}
