//! The limits of requests and of events.

use clap::Args;

use super::DAY;
use super::values::{count, size, whole};
use crate::operations::Bounds;

/// How much a client may ask of the host. Sizes take KiB, MiB and GiB.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Bounds")]
pub struct Limits {
    /// What an event may be like.
    #[command(flatten)]
    pub events: EventLimits,
    /// Events in one appendEvents request.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000, value_parser = count(1, 1_000_000))]
    pub max_batch: usize,
    /// Open connections.
    #[arg(long, value_name = "COUNT", default_value_t = 4096, value_parser = count(1, 1_000_000))]
    pub max_connections: usize,
    /// Requests in flight on one connection. Further ones stay unread until one is answered.
    #[arg(long, value_name = "COUNT", default_value_t = 1024, value_parser = count(1, 1_000_000))]
    pub max_pending: usize,
    /// Writes waiting for the database, of all connections.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000, value_parser = count(1, 10_000_000))]
    pub max_queued_writes: usize,
    /// Bytes of the writes waiting for the database.
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    pub max_queued_bytes: usize,
    /// Bytes in one reply.
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    pub max_reply: usize,
    /// Bytes waiting to be sent to one client, 256 for each reply besides its text. The host disconnects a client that lets more pile up.
    #[arg(long, value_name = "SIZE", default_value = "128MiB", value_parser = size)]
    pub max_unread: usize,
    /// Bytes that all connections together may hold: one half for large messages being received or
    /// answered (further ones stay unread until there is room), one half for replies not yet sent (the
    /// host disconnects the client with the most, from a quarter on if that client takes nothing).
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = size)]
    pub max_memory: usize,
    /// Groups or collected values in one aggregation.
    #[arg(long, value_name = "COUNT", default_value_t = 100_000, value_parser = count(1, 100_000_000))]
    pub max_aggregation: usize,
    /// Seconds one query may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = whole(1, DAY))]
    pub query_timeout: u64,
    /// Seconds a client may take nothing of what is sent to it before the host disconnects it.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = whole(1, DAY))]
    pub write_timeout: u64,
    /// Seconds between pings. The host disconnects a client that was silent for 2.5 of them.
    #[arg(long, value_name = "SECONDS", default_value_t = 25, value_parser = whole(1, DAY))]
    pub ping_interval: u64,
    /// Seconds that open requests have to finish when the host is told to stop.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = whole(0, DAY))]
    pub shutdown_timeout: u64,
}

/// What an event may be like, on the wire and in a file that is imported.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Bounds")]
pub struct EventLimits {
    /// Bytes in one message. A line of an imported file may have three times as many.
    #[arg(long, value_name = "SIZE", default_value = "100MiB", value_parser = size)]
    pub max_message: usize,
    /// Nesting depth of payload and metadata, at most 900.
    #[arg(long, value_name = "LEVELS", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=900))]
    pub max_depth: u16,
    /// Bytes in a name, id, stream or event type, at most 600.
    #[arg(long, value_name = "BYTES", default_value_t = 512, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub max_name: u16,
}

impl EventLimits {
    /// These bounds, and the defaults of the others.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds {
            name_bytes: usize::from(self.max_name),
            depth: usize::from(self.max_depth),
            message_bytes: self.max_message,
            ..Bounds::default()
        }
    }
}
