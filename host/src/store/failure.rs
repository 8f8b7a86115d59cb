//! Why a store did not do what was asked. The texts are what a caller reads in `error`.

use thiserror::Error;

/// Why a store did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoreFailure {
    /// The name is taken.
    #[error("an instance named {0} already exists; use another name, or getInstance with this one")]
    NameExists(String),
    /// There is no such instance.
    #[error(
        "no instance has the id or name {0}; createInstance makes one, or append with autoCreateInstance: true"
    )]
    NoInstance(String),
    /// The stream is not where the caller expected it.
    #[error(
        "expectedVersion of stream {stream} is {expected}, but its version is {actual}; read the newer events and try again"
    )]
    VersionConflict {
        /// The stream, quoted.
        stream: String,
        /// The version that the caller named.
        expected: i64,
        /// The sequence number of its last event.
        actual: i64,
    },
    /// The query would answer with more than the host holds in memory.
    #[error("the aggregation has more than {0} values; narrow it with where, or name a limit")]
    AggregationTooLarge(usize),
    /// The reply would be too large.
    #[error(
        "the reply would be larger than {0} bytes; ask for fewer events with limit, or for fewer fields with select"
    )]
    ReplyTooLarge(usize),
    /// An event is older than the one before it.
    #[error(
        "the event after position {0} is older than the one at it; times never run backwards in an instance"
    )]
    OlderThanLast(i64),
    /// The query took too long.
    #[error("the query took longer than {0} seconds and was stopped; narrow it with where")]
    QueryTimeout(u64),
    /// Too many writes wait.
    #[error("the host has {0} writes waiting; try again later")]
    Busy(usize),
    /// The host is going down.
    #[error("the host is shutting down and takes no more work")]
    Closed,
    /// The database let another transaction win each time. The write was not done.
    #[error("the database was too busy with other writers: {0}; try again")]
    Conflict(String),
    /// The connection broke while the transaction was being committed.
    #[error(
        "the connection to the database broke during the commit ({0}); the write may have been done or not: look, or repeat it with the same eventId"
    )]
    Uncertain(String),
    /// The database was told to stop.
    #[error("the database stopped the query")]
    Cancelled,
    /// The database failed. The write was not done.
    #[error("the database failed: {0}")]
    Database(String),
}

impl StoreFailure {
    /// Whether the host, not the caller, is at fault.
    #[must_use]
    pub const fn is_internal(&self) -> bool {
        matches!(
            self,
            Self::Busy(_)
                | Self::Closed
                | Self::Conflict(_)
                | Self::Cancelled
                | Self::Uncertain(_)
                | Self::Database(_)
        )
    }
}

impl From<rusqlite::Error> for StoreFailure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<sqlx::Error> for StoreFailure {
    fn from(error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(|error| error.code())
            .unwrap_or_default();
        match &*code {
            // Lost against another transaction: not serializable, or a deadlock.
            "40001" | "40P01" => Self::Conflict(error.to_string()),
            "57014" => Self::Cancelled,
            _ => Self::Database(error.to_string()),
        }
    }
}
