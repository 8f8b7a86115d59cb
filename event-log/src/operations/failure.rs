//! Why an operation did not succeed: the `error` of a reply.

use crate::store::StoreFailure;

/// Why an operation did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    text: String,
    fault: Fault,
}

/// Who is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Caller,
    Host,
    /// The host, as its database is damaged.
    Damage,
}

impl Failure {
    /// The request is wrong; the text says how, and what is wanted.
    #[must_use]
    pub const fn request(text: String) -> Self {
        Self {
            text,
            fault: Fault::Caller,
        }
    }

    /// The host is at fault.
    #[must_use]
    pub const fn internal(text: String) -> Self {
        Self {
            text,
            fault: Fault::Host,
        }
    }

    /// What a reader of `error` sees.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the host, not the caller, is at fault.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.fault != Fault::Caller
    }

    /// Whether the database is damaged.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        self.fault == Fault::Damage
    }
}

impl From<StoreFailure> for Failure {
    fn from(failure: StoreFailure) -> Self {
        Self {
            fault: match &failure {
                StoreFailure::Damaged(_) => Fault::Damage,
                other if other.is_internal() => Fault::Host,
                _ => Fault::Caller,
            },
            text: failure.to_string(),
        }
    }
}
