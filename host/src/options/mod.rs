//! The command line.

mod place;
mod secret;
mod values;

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use place::{Database, Place};
pub use secret::Secret;

use self::values::{count, origin, size, whole};
use crate::operations::Bounds;

/// The longest time that can be set: a day.
const DAY: u64 = 86_400;

/// A local host for Codebolt agents: a durable event log over a WebSocket.
///
/// Without a subcommand it serves until Ctrl-C or SIGTERM. When it is ready it prints one line on
/// stdout: `listening on ws://ADDRESS:PORT/codebolt`. Logs go to stderr; RUST_LOG sets the level
/// (error, warn, info, debug, or codebolt_host=debug). GET /health and GET /metrics report its state.
#[derive(Debug, Parser)]
#[command(
    name = "codebolt-host",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    after_help = "EXAMPLES:\n  codebolt-host                                  serve ./events.db on port 12345\n  codebolt-host --port 0 --data /tmp/try.db      a free port, another file\n  codebolt-host --store postgres://me@db/events  share a PostgreSQL with other hosts\n  codebolt-host export orders > orders.jsonl     write an instance to a file\n  codebolt-host import orders.jsonl --name copy  make an instance of that file"
)]
pub struct Options {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to serve.
    #[command(flatten)]
    pub serve: Serve,
}

/// What to do instead of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the instances as a table: id, name, events, createdAt.
    Instances {
        /// Where the events are.
        #[command(flatten)]
        place: Place,
    },
    /// Write an instance to stdout or a file as JSON Lines: first the instance, then one event a line.
    Export {
        /// The instance's id or name.
        instance: String,
        /// The file to write; stdout when left out.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        /// Where the events are.
        #[command(flatten)]
        place: Place,
    },
    /// Create an instance from a file that export wrote. If it fails, it keeps nothing.
    Import {
        /// The file to read; stdin when left out or -.
        file: Option<PathBuf>,
        /// The name of the new instance; the name in the file when left out.
        #[arg(long)]
        name: Option<String>,
        /// Where the events are.
        #[command(flatten)]
        place: Place,
        /// What an event may be like.
        #[command(flatten)]
        limits: EventLimits,
    },
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// The port; 0 takes any free port.
    #[arg(long, default_value_t = 12345)]
    pub port: u16,
    /// The address to listen on. Only this machine can reach 127.0.0.1.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Where the events are.
    #[command(flatten)]
    pub place: Place,
    /// Serve the files of this folder on the same port.
    #[arg(long, value_name = "DIR")]
    pub www: Option<PathBuf>,
    /// Let web pages of this origin connect, such as https://example.com, or * for any. Pages of this
    /// machine and of this host always may. May be given several times.
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    pub allow_origin: Vec<String>,
    /// The secret.
    #[command(flatten)]
    pub secret: Secret,
    /// Give this field an index, such as payload.userId. Only SQLite. May be given several times.
    #[arg(long, value_name = "FIELD")]
    pub index: Vec<String>,
    /// The bounds.
    #[command(flatten)]
    pub limits: Limits,
}

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
    /// Bytes waiting to be sent to one client. The host disconnects a client that lets more pile up.
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::Options;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn values_that_cannot_work_are_refused_with_what_is_allowed() {
        let cases = [
            (
                ["--max-connections", "18446744073709551615"],
                "from 1 to 1000000",
            ),
            (
                ["--max-queued-writes", "99999999999999"],
                "from 1 to 10000000",
            ),
            (
                ["--ping-interval", "18446744073709551615"],
                "from 1 to 86400",
            ),
            (["--query-timeout", "99999999"], "from 1 to 86400"),
            (["--query-timeout", "0"], "from 1 to 86400"),
            (
                ["--store", "mysql://localhost/events"],
                "--store expects postgres://user:password@address/database, got mysql://",
            ),
            (["--store-wait", "100000"], "from 0 to 86400"),
            (["--store-connections", "1"], "2..=1000"),
            (["--allow-origin", "example.com"], "https://example.com"),
            (["--max-depth", "1000"], "900"),
        ];
        for (option, allowed) in cases {
            let error = Options::try_parse_from(["codebolt-host"].into_iter().chain(option));
            let text = error.map(drop).unwrap_err().to_string();
            assert!(text.contains(option[0]) && text.contains(allowed), "{text}");
        }
        let both = [
            "codebolt-host",
            "--data",
            "a.db",
            "--store",
            "postgres://b/c",
        ];
        assert!(Options::try_parse_from(both).is_err());
    }
}
