//! The failures of stores. Their texts are a reply's `error`.

use thiserror::Error;

use crate::query::{Lessening, TooMuch};
use crate::refusal::RefusalCode;

/// A failure of a store.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoreFailure {
    /// The name is taken.
    #[error("an instance named {0} already exists; use another name, or getInstance with this one")]
    NameExists(String),
    /// The name is the id of an instance.
    #[error(
        "the name {0} is the id of an instance that exists, and would stand for two; use another name"
    )]
    NameIsId(String),
    /// The reference is the id of one instance and the name of another.
    #[error(
        "{reference} is the id of the instance named {name}, and the name of the instance with the id {id}; say which by that name or that id"
    )]
    Ambiguous {
        /// What was asked for, quoted.
        reference: String,
        /// The name of the instance that has it as its id, quoted.
        name: String,
        /// The id of the instance that has it as its name.
        id: String,
    },
    /// The instance does not exist.
    #[error(
        "no instance has the id or name {0}; createInstance makes one, or append with autoCreateInstance: true"
    )]
    NoInstance(String),
    /// The stream is not where the caller expected it.
    #[error(
        "expectedVersion of stream {stream} is {expected}, but before this event its version is {actual}; {}",
        if expected < actual { "read the newer events and try again" } else { "it has no more events: look whether it is the stream that was meant, and read it again" }
    )]
    VersionConflict {
        /// The stream, quoted.
        stream: String,
        /// The version that the caller named.
        expected: i64,
        /// The sequence number of its last event.
        actual: i64,
    },
    /// The aggregation has more groups than the host holds in memory.
    #[error("the aggregation has more than {0} groups; narrow it with where")]
    TooManyGroups(usize),
    /// The aggregation collects more values than the host holds in memory.
    #[error("the aggregation has more than {0} values; {1}")]
    TooManyValues(usize, Lessening),
    /// The reply with the collected values would be too large.
    #[error("the reply would be larger than {0} bytes; {1}")]
    ReplyTooLarge(usize, Lessening),
    /// An event is older than the one before it.
    #[error(
        "the event after position {0} is older than the one at it; times never run backwards in an instance"
    )]
    OlderThanLast(i64),
    /// The query ran when its time was over.
    #[error("the query did not end within {0} seconds and was stopped; narrow it with where")]
    QueryTimeout(u64),
    /// A read that has no conditions ran when its time was over.
    #[error("the request did not end within {0} seconds and was stopped; try again later")]
    LookUpTimeout(u64),
    /// The read waited for a permit when its time was over.
    #[error(
        "the request was still waiting for its turn after {0} seconds, behind other reads; try again later, or send fewer at the same time"
    )]
    PermitTimeout(u64),
    /// The request waited for a connection to the database when its time was over.
    #[error(
        "no connection to the database was free, or could be made, in time; the request was not done, try again later"
    )]
    NoConnection,
    /// The request waited too long for a connection to the database, which answers.
    #[error(
        "no connection to the database became free in time, though it answers; the request was not done, try again later, or raise --store-connections"
    )]
    ConnectionsBusy,
    /// Too many writes wait, or too many bytes of them.
    #[error(
        "the host has {writes} writes of {bytes} bytes waiting and takes no more now; try again later"
    )]
    Busy {
        /// How many wait.
        writes: usize,
        /// Their bytes together.
        bytes: usize,
    },
    /// The host is going down.
    #[error("the host is shutting down and takes no more work; the request was not done")]
    Closed,
    /// The database let another transaction win each time, or its server was replaced each time. The request was not done.
    #[error("the request was not done, for a reason that passes: {0}; try again")]
    Conflict(String),
    /// It is unknown whether the write was done: the connection or the disk failed during the commit.
    #[error(
        "it is unknown whether the write was done ({0}); read the log to see, or repeat the append with the same eventId"
    )]
    Uncertain(String),
    /// The database's file is not the one that was opened. The write is not in it.
    #[error(
        "the database file {0} while the host had it open; nothing is stored any more until that file is back or the host is started anew"
    )]
    FileGone(String),
    /// The database's file has damaged pages.
    #[error(
        "the database file is damaged: {0}; restore it from a copy, or take out what can be read with export"
    )]
    Damaged(String),
    /// A disk is full: that of the database, or that of the temporary files of a query. The request was not done.
    #[error(
        "a disk that the database uses is full: {0}; the request was not done, make room on it"
    )]
    Full(String),
    /// An instance in memory has as many events as it can hold. The write was not done.
    #[error(
        "the instance holds {0} events, and one in memory holds no more; the write was not done, use another instance"
    )]
    TooManyEvents(usize),
    /// The database stopped a statement before the host's time limit. The request was not done.
    #[error(
        "the database stopped the request before it was done: it was cancelled there, or was over a time limit of the database's own; try again"
    )]
    Cancelled,
    /// There is no connection to the database, and none could be made. The request was not done.
    #[error("PostgreSQL cannot be reached: {0}; the request was not done, try again later")]
    Unreachable(String),
    /// The store cannot be opened as it was asked for: an option, or the file, is not what the host takes.
    #[error("{0}")]
    CannotOpen(String),
    /// The database failed. The write was not done.
    #[error("the database failed: {0}")]
    Database(String),
}

impl StoreFailure {
    /// The code of the reply.
    #[must_use]
    pub const fn code(&self) -> RefusalCode {
        match self {
            Self::NameExists(_) | Self::NameIsId(_) => RefusalCode::AlreadyExists,
            Self::Ambiguous { .. } => RefusalCode::Ambiguous,
            Self::NoInstance(_) => RefusalCode::NotFound,
            Self::VersionConflict { .. } => RefusalCode::VersionConflict,
            Self::TooManyGroups(_)
            | Self::TooManyValues(..)
            | Self::ReplyTooLarge(..)
            | Self::TooManyEvents(_) => RefusalCode::LimitExceeded,
            Self::OlderThanLast(_) => RefusalCode::InvalidRequest,
            Self::QueryTimeout(_) | Self::LookUpTimeout(_) => RefusalCode::Timeout,
            Self::PermitTimeout(_)
            | Self::NoConnection
            | Self::ConnectionsBusy
            | Self::Busy { .. }
            | Self::Conflict(_)
            | Self::Cancelled => RefusalCode::Busy,
            Self::Closed => RefusalCode::ShuttingDown,
            Self::Uncertain(_) => RefusalCode::UnknownOutcome,
            Self::Full(_) => RefusalCode::StorageFull,
            Self::FileGone(_)
            | Self::Damaged(_)
            | Self::CannotOpen(_)
            | Self::Unreachable(_)
            | Self::Database(_) => RefusalCode::StorageFailed,
        }
    }

    /// Whether the database itself cannot be used, whatever the request.
    #[must_use]
    pub const fn is_of_database(&self) -> bool {
        matches!(
            self,
            Self::Uncertain(_)
                | Self::FileGone(_)
                | Self::Damaged(_)
                | Self::Full(_)
                | Self::Unreachable(_)
                | Self::NoConnection
                | Self::Database(_)
        )
    }
}

impl StoreFailure {
    /// The same, saying which file or address it is about.
    #[must_use]
    pub fn at(self, location: &str) -> Self {
        match self {
            Self::CannotOpen(text) => Self::CannotOpen(format!("{location}: {text}")),
            Self::Database(text) => Self::Database(format!("{location}: {text}")),
            Self::Damaged(text) => Self::Damaged(format!("{location}: {text}")),
            Self::Full(text) => Self::Full(format!("{location}: {text}")),
            other => other,
        }
    }
}

impl From<TooMuch> for StoreFailure {
    fn from(bound: TooMuch) -> Self {
        match bound {
            TooMuch::Groups(most) => Self::TooManyGroups(most),
            TooMuch::Values(most, lessening) => Self::TooManyValues(most, lessening),
            TooMuch::Bytes(most, lessening) => Self::ReplyTooLarge(most, lessening),
        }
    }
}

#[cfg(feature = "rusqlite")]
impl From<rusqlite::Error> for StoreFailure {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let text = match &error {
            // Its own text shows the whole statement.
            rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
            other => other.to_string(),
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(text),
            Some(ErrorCode::OperationInterrupted) => Self::Cancelled,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(text),
            _ => Self::Database(text),
        }
    }
}

#[cfg(feature = "sqlx")]
impl From<sqlx::Error> for StoreFailure {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::NoConnection;
        }
        let code = error
            .as_database_error()
            .and_then(|error| error.code())
            .unwrap_or_default();
        match &*code {
            // Lost against another transaction: not serializable, or a deadlock.
            "40001" | "40P01" => Self::Conflict(error.to_string()),
            "53100" => Self::Full(error.to_string()),
            "57014" => Self::Cancelled,
            "XX001" | "XX002" => Self::Damaged(error.to_string()),
            _ => Self::Database(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RefusalCode, StoreFailure};

    #[test]
    fn a_failure_of_the_database_itself_is_told_from_one_of_a_request() {
        let text = || "x".to_owned();
        for (failure, is_of_database) in [
            (StoreFailure::Uncertain(text()), true),
            (StoreFailure::FileGone(text()), true),
            (StoreFailure::Damaged(text()), true),
            (StoreFailure::Full(text()), true),
            (StoreFailure::Unreachable(text()), true),
            (StoreFailure::Database(text()), true),
            (StoreFailure::NoConnection, true),
            (StoreFailure::ConnectionsBusy, false),
            (StoreFailure::NoInstance(text()), false),
            (StoreFailure::Conflict(text()), false),
            (StoreFailure::Cancelled, false),
            (
                StoreFailure::Busy {
                    writes: 1,
                    bytes: 2,
                },
                false,
            ),
            (StoreFailure::Closed, false),
        ] {
            assert_eq!(failure.is_of_database(), is_of_database, "{failure:?}");
        }
    }

    #[test]
    fn a_version_that_is_ahead_of_the_stream_is_not_sent_to_newer_events() {
        let said = |expected, actual| {
            let stream = "\"ada\"".to_owned();
            StoreFailure::VersionConflict {
                stream,
                expected,
                actual,
            }
            .to_string()
        };
        let (behind, ahead) = (said(1, 2), said(3, 2));
        assert!(behind.ends_with("; read the newer events and try again"));
        assert!(
            ahead.contains("is 3, but before this event its version is 2; it has no more events")
        );
        assert!(!ahead.contains("newer"), "{ahead}");
    }

    /// Reads fill disks, too, with temporary files, and in memory there is none.
    #[test]
    fn a_full_disk_is_said_of_requests_of_all_kinds_and_only_where_there_is_one() {
        let full = StoreFailure::Full("x".into()).to_string();
        assert!(full.contains("the request was not done"), "{full}");
        assert!(!full.contains("write"), "{full}");
        let many = StoreFailure::TooManyEvents(7);
        assert_eq!(many.code(), RefusalCode::LimitExceeded);
        assert!(!many.to_string().contains("disk"), "{many}");
    }

    #[test]
    fn a_failure_that_has_a_place_says_which_file_or_address_it_is_about() {
        let text = || "is broken".to_owned();
        for (failure, wanted) in [
            (StoreFailure::CannotOpen(text()), "events.db: is broken"),
            (
                StoreFailure::Database(text()),
                "the database failed: events.db: is broken",
            ),
            (
                StoreFailure::Damaged(text()),
                "damaged: events.db: is broken;",
            ),
            (StoreFailure::Full(text()), "full: events.db: is broken;"),
        ] {
            let said = failure.at("events.db").to_string();
            assert!(said.contains(wanted), "{said}");
        }
        assert_eq!(StoreFailure::Closed.at("events.db"), StoreFailure::Closed);
    }
}
