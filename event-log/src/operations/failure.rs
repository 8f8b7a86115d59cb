//! Why an operation did not succeed: the `error` and the `code` of a reply.

use crate::refusal::RefusalCode;
use crate::store::StoreFailure;

/// Why an operation did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    text: String,
    code: RefusalCode,
    is_damage: bool,
}

impl Failure {
    /// The request is wrong; the text says how, and what is expected.
    #[must_use]
    pub const fn request(text: String) -> Self {
        Self::new(RefusalCode::InvalidRequest, text)
    }

    /// The host is at fault.
    #[must_use]
    pub const fn internal(text: String) -> Self {
        Self::new(RefusalCode::Internal, text)
    }

    /// Not done for this reason.
    #[must_use]
    pub const fn new(code: RefusalCode, text: String) -> Self {
        Self {
            text,
            code,
            is_damage: false,
        }
    }

    /// The text of `error`, for people.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value of `code`, for programs.
    #[must_use]
    pub const fn code(&self) -> RefusalCode {
        self.code
    }

    /// Whether the host, not the caller, is at fault.
    #[must_use]
    pub const fn is_internal(&self) -> bool {
        self.code.is_of_host()
    }

    /// Whether the database is damaged.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        self.is_damage
    }
}

impl From<StoreFailure> for Failure {
    fn from(failure: StoreFailure) -> Self {
        Self {
            code: failure.code(),
            is_damage: matches!(failure, StoreFailure::Damaged(_)),
            text: failure.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;
    use crate::refusal::RefusalCode;
    use crate::store::StoreFailure;

    #[test]
    fn a_failure_says_whose_fault_it_is_and_whether_the_database_is_damaged() {
        let text = || "x".to_owned();
        for (failure, code, is_internal, is_damage) in [
            (
                Failure::request(text()),
                RefusalCode::InvalidRequest,
                false,
                false,
            ),
            (
                Failure::internal(text()),
                RefusalCode::Internal,
                true,
                false,
            ),
            (
                StoreFailure::NoInstance(text()).into(),
                RefusalCode::NotFound,
                false,
                false,
            ),
            (
                StoreFailure::QueryTimeout(1).into(),
                RefusalCode::Timeout,
                false,
                false,
            ),
            (
                StoreFailure::Busy {
                    writes: 1,
                    bytes: 2,
                }
                .into(),
                RefusalCode::Busy,
                true,
                false,
            ),
            (
                StoreFailure::Damaged(text()).into(),
                RefusalCode::StorageFailed,
                true,
                true,
            ),
            (
                StoreFailure::Database(text()).into(),
                RefusalCode::StorageFailed,
                true,
                false,
            ),
        ] {
            assert_eq!(failure.code(), code, "{failure:?}");
            assert_eq!(failure.is_internal(), is_internal, "{failure:?}");
            assert_eq!(failure.is_damage(), is_damage, "{failure:?}");
        }
    }
}
