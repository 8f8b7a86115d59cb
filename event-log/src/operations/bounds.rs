//! How much a request may hold.

/// How much a request may hold. Each is an option of the host.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Bytes of a name, an id, a stream or an event type.
    pub name_bytes: usize,
    /// Bytes of a description.
    pub description_bytes: usize,
    /// Events of one `appendEvents`.
    pub batch_events: usize,
    /// How deep payload and metadata may be nested.
    pub depth: usize,
    /// Values or groups of an aggregation.
    pub aggregation_values: usize,
    /// Bytes of a reply.
    pub reply_bytes: usize,
    /// Bytes of a message.
    pub message_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            name_bytes: 512,
            description_bytes: 64 * 1024,
            batch_events: 10_000,
            depth: 100,
            aggregation_values: 100_000,
            reply_bytes: 64 * 1024 * 1024,
            message_bytes: 100 * 1024 * 1024,
        }
    }
}
