//! The envelope of a message: the names of its keys, and how an inbound frame's `requestId` reads.

use super::RequestId;

/// The key of a message's type.
pub const TYPE: &str = "type";
/// The key of a request's and a reply's id.
pub const REQUEST_ID: &str = "requestId";

/// The type of a host's heartbeat data frame, which expects no answer and does not go to listeners.
pub const PING_TYPE: &str = "__ping";

/// The largest frame that the reference's clients and the local host accept by default: 100 MiB.
pub const MAX_FRAME_BYTES: u64 = 100 * 1024 * 1024;

/// What stands in an inbound frame's `requestId`.
///
/// ```
/// use codebolt_wasm::wire::{InboundId, RequestId};
///
/// let id = RequestId::from_random_bytes([7; 16]);
/// assert_eq!(InboundId::of_text(&id.to_string()), InboundId::Known(id));
/// assert_eq!(InboundId::of_text("42"), InboundId::Foreign);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboundId {
    /// No `requestId`, or `null`: only such a frame may be matched by its type.
    Absent,
    /// A text that this client could have written.
    Known(RequestId),
    /// Anything else (another text, a number, an object): never one of ours.
    Foreign,
}

impl InboundId {
    /// Reads a `requestId` that is a text.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        RequestId::parse(text).map_or(Self::Foreign, Self::Known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_frame_has_100_mebibytes() {
        assert_eq!(MAX_FRAME_BYTES, 104_857_600);
    }
}
