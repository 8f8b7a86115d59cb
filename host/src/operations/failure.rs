//! Why an operation did not succeed: the `error` of a reply.

use crate::store::StoreFailure;

/// Why an operation did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    text: String,
    internal: bool,
}

impl Failure {
    /// The request is wrong; the text says how, and what is wanted.
    #[must_use]
    pub const fn request(text: String) -> Self {
        Self {
            text,
            internal: false,
        }
    }

    /// The host is at fault.
    #[must_use]
    pub const fn internal(text: String) -> Self {
        Self {
            text,
            internal: true,
        }
    }

    /// What a reader of `error` sees.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the host, not the caller, is at fault.
    #[must_use]
    pub const fn is_internal(&self) -> bool {
        self.internal
    }
}

impl From<StoreFailure> for Failure {
    fn from(failure: StoreFailure) -> Self {
        Self {
            text: failure.to_string(),
            internal: failure.is_internal(),
        }
    }
}
