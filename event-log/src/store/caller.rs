//! Callers.

use std::sync::atomic::{AtomicU64, Ordering};

/// Who sends a request: a connection, or the host itself. Stores are fair between callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Caller(u64);

impl Caller {
    /// The host itself, and its subcommands.
    pub const HOST: Self = Self(0);

    /// A new caller.
    #[must_use]
    pub fn another() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
