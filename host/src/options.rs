//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A local host for Codebolt agents: a durable event log over a WebSocket.
///
/// Without a subcommand it serves until Ctrl-C or SIGTERM, and prints one line on stdout when it is
/// ready: `listening on ws://ADDRESS:PORT/codebolt`. Logs go to stderr; RUST_LOG says how much.
#[derive(Debug, Parser)]
#[command(
    name = "codebolt-host",
    version,
    args_conflicts_with_subcommands = true
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
}

/// Where the events are kept.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The SQLite file; made when it is not there.
    #[arg(long, value_name = "FILE", default_value = "events.db")]
    pub data: PathBuf,
    /// A PostgreSQL database instead of a file, as postgres://user:password@address/database.
    #[arg(
        long,
        value_name = "URL",
        env = "CODEBOLT_HOST_STORE",
        hide_env_values = true,
        conflicts_with = "data"
    )]
    pub store: Option<String>,
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 12345)]
    pub port: u16,
    /// The address; only this machine can reach 127.0.0.1.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Where the events are.
    #[command(flatten)]
    pub place: Place,
    /// A folder whose files are served on the same port.
    #[arg(long, value_name = "DIR")]
    pub www: Option<PathBuf>,
}
