//! The events that are appended and queried.

/// Streams that the events go to in turn.
pub const STREAMS: usize = 8;

/// A payload of about 100 bytes.
pub fn payload(number: usize) -> String {
    format!(
        "{{\"number\":{number},\"user\":\"user-{}\",\"amount\":{}.25,\"note\":\"what happened, in a few words\"}}",
        number % 10_000,
        number % 1000
    )
}
