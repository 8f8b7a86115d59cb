//! The name of an instance while it is being imported. It marks what a stale import has left, and cannot
//! collide with a user's name.

use uuid::Uuid;

const PREFIX: &str = "importing-";

/// Its description meanwhile.
pub const STAGING_DESCRIPTION: &str = "codebolt-host: an import that is under way";

/// A name for an instance that is being imported.
#[must_use]
pub fn staging_name() -> String {
    format!("{PREFIX}{}", Uuid::now_v7())
}

/// Whether it is such a name. No other instance may have one.
#[must_use]
pub fn is_staging_name(name: &str) -> bool {
    name.strip_prefix(PREFIX)
        .is_some_and(|id| Uuid::parse_str(id).is_ok())
}
