//! What an error of a database becomes: which code a client gets, and whether the host takes the database as damaged or full.

use std::borrow::Cow;
use std::error::Error;

use codebolt_host::store::StoreFailure;
use rusqlite::ffi;
use sqlx::error::{DatabaseError, ErrorKind};

#[test]
fn what_sqlite_says_is_told_apart_by_its_code() {
    let of = |code| {
        let error = ffi::Error::new(code);
        StoreFailure::from(rusqlite::Error::SqliteFailure(error, None))
    };
    assert!(matches!(of(ffi::SQLITE_FULL), StoreFailure::Full(_)));
    assert!(matches!(of(ffi::SQLITE_INTERRUPT), StoreFailure::Cancelled));
    assert!(matches!(of(ffi::SQLITE_CORRUPT), StoreFailure::Damaged(_)));
    assert!(matches!(of(ffi::SQLITE_NOTADB), StoreFailure::Damaged(_)));
    assert!(matches!(of(ffi::SQLITE_IOERR), StoreFailure::Database(_)));
}

/// An error of the server with that code.
#[derive(Debug, thiserror::Error)]
#[error("it failed")]
struct Said(&'static str);

impl DatabaseError for Said {
    fn message(&self) -> &str {
        "it failed"
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.0.into())
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

#[test]
fn what_postgresql_says_is_told_apart_by_its_code() {
    let of = |code| StoreFailure::from(sqlx::Error::Database(Box::new(Said(code))));
    for lost in ["40001", "40P01"] {
        assert!(matches!(of(lost), StoreFailure::Conflict(_)), "{lost}");
    }
    assert!(matches!(of("53100"), StoreFailure::Full(_)));
    assert!(matches!(of("57014"), StoreFailure::Cancelled));
    for damaged in ["XX001", "XX002"] {
        assert!(matches!(of(damaged), StoreFailure::Damaged(_)), "{damaged}");
    }
    assert!(matches!(of("22000"), StoreFailure::Database(_)));
    // It does not say that the database failed: all connections may have been busy.
    let failure = StoreFailure::from(sqlx::Error::PoolTimedOut);
    assert_eq!(failure, StoreFailure::NoConnection);
}
