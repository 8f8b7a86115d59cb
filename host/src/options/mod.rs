//! The command line.

mod limits;
mod manual;
mod secret;
mod store_location;
mod values;

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

pub use limits::{EventLimits, Limits};
pub use manual::{print_completions, print_man, write_man};
pub use secret::{Secret, Token};
pub use store_location::{Database, StoreLocation};

use self::values::origin;

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
    max_term_width = 100,
    after_help = "EXAMPLES:\n  codebolt-host                                  serve ./events.db on port 12345\n  codebolt-host --port 0 --data /tmp/try.db      a free port, another file\n  codebolt-host --store postgres://me@db/events  share a PostgreSQL with other hosts\n  codebolt-host export orders > orders.jsonl     write an instance to a file\n  codebolt-host import orders.jsonl --name copy  make an instance of that file\n  codebolt-host --data old.db instances --json   list the instances of another file"
)]
pub struct Options {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Where the events are. Stands before a subcommand or behind it.
    #[command(flatten)]
    pub store_location: StoreLocation,
    /// How to serve.
    #[command(flatten)]
    pub serve: Serve,
}

impl Options {
    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    /// When it cannot be understood, and for `--help` and `--version`. An option of serving before a subcommand would
    /// have no effect, so it is an error as well.
    pub fn read<A: Into<OsString> + Clone>(
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Self, clap::Error> {
        let mut command = Self::command();
        let mut matches = command.try_get_matches_from_mut(arguments)?;
        if let Some((subcommand, _)) = matches.subcommand()
            && let Some(option) = option_of_serving(&command, &matches)
        {
            let is_known = command.find_subcommand(subcommand).is_some_and(|found| {
                found
                    .get_arguments()
                    .any(|known| *known.get_id() == *option)
            });
            let advice = if is_known {
                format!("write it behind {subcommand}")
            } else {
                format!("leave it out, or leave out {subcommand} to serve")
            };
            let long = option.replace('_', "-");
            return Err(command.error(
                ErrorKind::ArgumentConflict,
                format!("--{long} before {subcommand} is an option of serving; {advice}"),
            ));
        }
        Self::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
    }
}

/// An option of serving on a command line with a subcommand, for which it has no meaning.
fn option_of_serving(command: &clap::Command, matches: &ArgMatches) -> Option<String> {
    command
        .get_arguments()
        .filter(|argument| !argument.is_global_set())
        .map(|argument| argument.get_id().as_str())
        .find(|id| matches.value_source(id) == Some(ValueSource::CommandLine))
        .map(str::to_owned)
}

/// What to do instead of serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the instances as a table: id, name, events, createdAt.
    Instances {
        /// Print a JSON array instead: id, name, description when there is one, createdAt, updatedAt, eventCount.
        #[arg(long)]
        json: bool,
    },
    /// Write an instance to stdout or a file as JSON Lines: first the instance, then one event a line.
    Export {
        /// The instance's id or name.
        instance: String,
        /// The file to write; stdout when left out.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Create an instance from a file that export wrote. If it fails, it keeps nothing.
    Import {
        /// The file to read; stdin when left out or -.
        file: Option<PathBuf>,
        /// The name of the new instance; the name in the file when left out.
        #[arg(long)]
        name: Option<String>,
        /// What an event may be like.
        #[command(flatten)]
        limits: EventLimits,
    },
    /// Print a script that makes a shell complete this command line.
    #[command(
        after_help = "EXAMPLES:\n  bash: codebolt-host completions bash > ~/.local/share/bash-completion/completions/codebolt-host\n  zsh:  codebolt-host completions zsh > \"${fpath[1]}/_codebolt-host\"\n  fish: codebolt-host completions fish > ~/.config/fish/completions/codebolt-host.fish"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the man page; with --to, write it and the subcommands' into a folder.
    #[command(
        after_help = "EXAMPLES:\n  codebolt-host man > codebolt-host.1\n  codebolt-host man --to ~/.local/share/man/man1"
    )]
    Man {
        /// The folder; created if it does not exist.
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
}

/// How to serve.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Serving")]
pub struct Serve {
    /// The port; 0 takes any free port.
    #[arg(long, default_value_t = 12345)]
    pub port: u16,
    /// The address to listen on. Only this machine can reach 127.0.0.1.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use clap::CommandFactory;

    use super::{Database, Options};

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
            let error = Options::read(["codebolt-host"].into_iter().chain(option));
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
        assert!(Options::read(both).is_err());
    }

    #[test]
    fn where_the_events_are_may_stand_before_or_behind_a_subcommand() {
        for arguments in [
            &["--data", "x.db", "export", "log"][..],
            &["export", "log", "--data", "x.db"],
            &["export", "--data", "x.db", "log"],
            &["--data", "x.db", "instances", "--json"],
            &["--data", "x.db"],
        ] {
            let options = Options::read(["codebolt-host"].iter().chain(arguments)).unwrap();
            let database = options.store_location.database();
            assert_eq!(database, Ok(Database::File("x.db".into())), "{arguments:?}");
        }
        let both = [
            "codebolt-host",
            "--data",
            "a.db",
            "instances",
            "--store",
            "postgres://b/c",
        ];
        let error = Options::read(both)
            .unwrap()
            .store_location
            .database()
            .unwrap_err();
        assert!(
            error.contains("--data") && error.contains("--store"),
            "{error}"
        );
    }

    #[test]
    fn an_option_of_serving_before_a_subcommand_is_an_error_that_says_what_to_do() {
        let cases = [
            (["--port", "1", "instances"], "leave it out"),
            (["--max-batch", "1", "import"], "leave it out"),
            (["--max-name", "9", "import"], "write it behind import"),
        ];
        for (arguments, advice) in cases {
            let error = Options::read(["codebolt-host"].iter().chain(&arguments)).unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains(arguments[0]) && text.contains(advice),
                "{text}"
            );
        }
    }
}
