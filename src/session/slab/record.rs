//! What is kept of a place: 32 bytes, which are most of what a waiting request costs here.

use super::expectations::Expectation;

/// No place.
pub(super) const NONE: u32 = u32::MAX;

/// What a place is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Nothing.
    Free,
    /// An id was drawn for it; what for is not said yet, or is no request.
    Drawn,
    /// A request that waits to be sent.
    Queued,
    /// A request that was given up while it waited to be sent: the queue still names its place.
    Withdrawn,
    /// A request that was sent and waits for its reply.
    Sent,
    /// A request that was sent and given up.
    GivenUp,
}

/// A place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// The id but for its last 32 bits, which say the place.
    pub(super) id: [u32; 3],
    /// The neighbours in the list of sent requests; `next` also in those of unused places.
    pub(super) previous: u32,
    pub(super) next: u32,
    /// When the time limit ends, in the last 32 bits of the session's milliseconds.
    pub(super) deadline: u32,
    /// The time limit in milliseconds; 0 = none.
    pub(super) limit: u32,
    pub(super) expectation: Packed,
}

/// An expectation, and what the place is used for in the three highest bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed(u32);

const USE_SHIFT: u32 = 29;

impl Packed {
    pub(super) fn new(place_use: Use, expectation: Expectation) -> Self {
        Self((place_use as u32) << USE_SHIFT | expectation.0 & ((1 << USE_SHIFT) - 1))
    }

    pub(super) fn place_use(self) -> Use {
        match self.0 >> USE_SHIFT {
            1 => Use::Drawn,
            2 => Use::Queued,
            3 => Use::Withdrawn,
            4 => Use::Sent,
            5 => Use::GivenUp,
            _ => Use::Free,
        }
    }

    pub(super) fn expectation(self) -> Expectation {
        Expectation(self.0 & ((1 << USE_SHIFT) - 1))
    }
}

impl Entry {
    pub(super) fn is(&self, place_use: Use) -> bool {
        self.expectation.place_use() == place_use
    }

    pub(super) fn becomes(&mut self, place_use: Use) {
        self.expectation = Packed::new(place_use, self.expectation.expectation());
    }

    /// Milliseconds until its deadline, negative when it has passed; `None` without one.
    pub(super) fn remaining(&self, now: u64) -> Option<i32> {
        (self.limit > 0).then(|| self.deadline.wrapping_sub(now as u32) as i32)
    }
}
