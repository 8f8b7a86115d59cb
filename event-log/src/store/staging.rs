//! The name of an instance while it is being imported. It marks what a stale import has left, and cannot
//! collide with a user's name.

use uuid::Uuid;

use crate::record::InstanceRow;

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

/// Whether the instance is that of an import that is not finished.
#[must_use]
pub fn is_staged(row: &InstanceRow) -> bool {
    is_staging_name(&row.name) && row.description.as_deref() == Some(STAGING_DESCRIPTION)
}

/// Whether it is, and was changed last at that time.
#[must_use]
pub fn is_stale_import(row: &InstanceRow, updated_at: i64) -> bool {
    is_staged(row) && row.updated_at == updated_at
}

#[cfg(test)]
mod tests {
    use super::{is_staging_name, staging_name};

    #[test]
    fn an_instance_that_is_being_imported_has_a_name_of_its_own_kind() {
        let names = [staging_name(), staging_name()];
        assert_ne!(names[0], names[1]);
        for name in names {
            assert!(is_staging_name(&name), "{name}");
            assert!(!is_staging_name(name.trim_start_matches("importing-")));
        }
        assert!(!is_staging_name("importing-orders"));
    }
}
