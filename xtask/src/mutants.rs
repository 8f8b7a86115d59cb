//! `cargo xtask mutants`: changes the code in small ways, one at a time, and looks whether a test fails (cargo-mutants for Rust,
//! StrykerJS for JavaScript). It takes hours, and is not part of the ordinary run.

mod crates;
mod javascript;
mod results;
mod verdict;

use crate::context::Context;
use anyhow::{Result, bail};

/// What to change.
#[derive(clap::Args)]
#[command(
    after_help = "Mutants that no test can find stand in tests/mutants.toml, each with the reason. Results: target/mutation."
)]
pub struct Arguments {
    /// Whose code.
    #[arg(value_enum)]
    part: Part,
    /// Only the code of these files, as a glob.
    #[arg(long)]
    file: Vec<String>,
    /// Only mutants that were missed when they were tried last, and those of files whose code has changed since.
    #[arg(long, conflicts_with_all = ["file", "shard"])]
    resume: bool,
    /// Only a part of them, such as `1/8`: every eighth mutant, counted from the one with number 1.
    #[arg(long)]
    shard: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The wire and the session, by their native tests.
    Client,
    /// The event log: queries and operations, by its own tests, with the store in memory alone.
    EventLog,
    /// The host's store on SQLite and what both stores share, by the tests that need no PostgreSQL.
    Sqlite,
    /// The host's store on PostgreSQL, by the tests that need it, on one server.
    Postgres,
    /// The package's own JavaScript, pkg-template/, by its tests in Node.
    Javascript,
}

/// `cargo xtask mutants`.
pub fn run(context: &Context, arguments: &Arguments) -> Result<()> {
    let known = verdict::known(&context.root)?;
    let shard = arguments.shard.as_deref();
    let part = match arguments.part {
        Part::Client => &crates::CLIENT,
        Part::EventLog => &crates::EVENT_LOG,
        Part::Sqlite => &crates::SQLITE,
        Part::Postgres => &crates::POSTGRES,
        Part::Javascript => {
            if arguments.resume {
                bail!("`--resume`: results of JavaScript are not kept; name its files with --file");
            }
            let outcomes = javascript::run(context, &arguments.file, shard)?;
            let is_whole = shard.is_none() && arguments.file.is_empty();
            return verdict::judge(&outcomes, &known, is_whole);
        }
    };
    let selection = crates::Selection {
        files: &arguments.file,
        shard,
        resume: arguments.resume,
    };
    crates::run(context, part, &selection, &known)
}
