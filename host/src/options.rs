//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A local host for Codebolt agents: a durable event log over a WebSocket.
///
/// Without a subcommand it serves until Ctrl-C or SIGTERM, and prints one line on stdout when it
/// is ready: `listening on ws://ADDRESS:PORT/codebolt`. Logs go to stderr; RUST_LOG says how much
/// (error, warn, info, debug, or codebolt_host=debug). GET /health and GET /metrics tell how it is.
#[derive(Debug, Parser)]
#[command(
    name = "codebolt-host",
    version,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    after_help = "EXAMPLES:\n  codebolt-host                                  serve ./events.db on port 12345\n  codebolt-host --port 0 --data /tmp/try.db      a free port, another file\n  codebolt-host --store postgres://me@db/events  share a PostgreSQL with other hosts\n  codebolt-host export orders > orders.jsonl     take an instance out\n  codebolt-host import orders.jsonl --name copy  and in again under another name"
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
    /// Print the instances of a store as a table: id, name, events, createdAt.
    Instances {
        /// Where the events are.
        #[command(flatten)]
        place: Place,
    },
    /// Write an instance to stdout or a file as JSON Lines: the instance, then an event a line.
    Export {
        /// The instance's id or name.
        instance: String,
        /// The file to write; stdout when absent.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        /// Where the events are.
        #[command(flatten)]
        place: Place,
    },
    /// Make an instance from what export wrote. Nothing is kept when it fails midway.
    Import {
        /// The file to read; stdin when absent or -.
        file: Option<PathBuf>,
        /// The name of the new instance; the one in the file when absent.
        #[arg(long)]
        name: Option<String>,
        /// Where the events are.
        #[command(flatten)]
        place: Place,
    },
}

/// Where the events are kept.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The SQLite file; made when it is not there.
    #[arg(long, value_name = "FILE", default_value = "events.db")]
    pub data: PathBuf,
    /// A PostgreSQL database instead of a file: postgres://user:password@address/database.
    #[arg(
        long,
        value_name = "URL",
        env = "CODEBOLT_HOST_STORE",
        hide_env_values = true
    )]
    pub store: Option<String>,
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 12345)]
    pub port: u16,
    /// The address to listen on; only this machine reaches 127.0.0.1.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Where the events are.
    #[command(flatten)]
    pub place: Place,
    /// A folder whose files are served on the same port.
    #[arg(long, value_name = "DIR")]
    pub www: Option<PathBuf>,
    /// A web page's origin that may connect, besides pages of this machine and of this host: such
    /// as https://example.com, or * for any. May be given several times.
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,
    /// A secret that a client has to give as threadToken (on /plugin also as pluginToken).
    #[arg(long, env = "CODEBOLT_HOST_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// A field with its own index, such as payload.userId, for SQLite. May be given several times.
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
    /// Bytes of one message.
    #[arg(long, value_name = "SIZE", default_value = "100MiB", value_parser = size)]
    pub max_message: usize,
    /// Events of one appendEvents.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    pub max_batch: usize,
    /// How deep payload and metadata may be nested, at most 900.
    #[arg(long, value_name = "LEVELS", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=900))]
    pub max_depth: u16,
    /// Bytes of a name, id, stream or event type, at most 600.
    #[arg(long, value_name = "BYTES", default_value_t = 512, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub max_name: u16,
    /// Open connections.
    #[arg(long, value_name = "COUNT", default_value_t = 4096)]
    pub max_connections: usize,
    /// Requests of one connection that are being answered; further ones wait unread.
    #[arg(long, value_name = "COUNT", default_value_t = 1024)]
    pub max_pending: usize,
    /// Writes of all connections that wait for the database.
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    pub max_queued_writes: usize,
    /// Bytes of the writes that wait for the database.
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    pub max_queued_bytes: usize,
    /// Bytes of one reply.
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    pub max_reply: usize,
    /// Bytes that wait to be read by one client; who lets more pile up is cut off.
    #[arg(long, value_name = "SIZE", default_value = "128MiB", value_parser = size)]
    pub max_unread: usize,
    /// Groups or collected values of one aggregation.
    #[arg(long, value_name = "COUNT", default_value_t = 100_000)]
    pub max_aggregation: usize,
    /// Seconds that a query may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub query_timeout: u64,
    /// Seconds in which a client has to take what is sent to it, before it is cut off.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub write_timeout: u64,
    /// Seconds between pings; who is silent for two of them and a half is cut off.
    #[arg(long, value_name = "SECONDS", default_value_t = 25)]
    pub ping_interval: u64,
    /// Seconds that open requests have to finish in when the host is told to stop.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub shutdown_timeout: u64,
}

fn size(text: &str) -> Result<usize, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let unit = match text.get(digits.len()..).unwrap_or_default().trim() {
        "" | "B" => 1,
        "KiB" | "k" | "K" => 1 << 10,
        "MiB" | "m" | "M" => 1 << 20,
        "GiB" | "g" | "G" => 1 << 30,
        other => return Err(format!("{other:?} is no unit; use KiB, MiB or GiB")),
    };
    let number: usize = digits
        .parse()
        .map_err(|_| format!("{text:?} is no size; write one like 4096 or 100MiB"))?;
    number
        .checked_mul(unit)
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| format!("{text:?} is no possible size"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{Options, size};

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn sizes_are_read_with_their_units() {
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("100MiB"), Ok(100 << 20));
        assert_eq!(size("1 GiB"), Ok(1 << 30));
        for wrong in ["", "MiB", "-1", "1 parsec", "0", "99999999999GiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
