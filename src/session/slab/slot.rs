//! Where a caller stands.

/// The place of somebody who waits (for a reply, for the connection): a small number, given out again once its owner has
/// settled and all that followed from it has been done. The adapter keeps its callers under these numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u32);

impl Place {
    /// The place with this number.
    #[must_use]
    pub const fn of(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}
