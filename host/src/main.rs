//! `codebolt-host`: see `codebolt-host --help`.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use codebolt_host::options::{Command, Limits, Options, Place, Serve};
use codebolt_host::service::{Metrics, serve};
use codebolt_host::store::postgres::{PostgresOptions, PostgresStore};
use codebolt_host::store::sqlite::{SqliteOptions, SqliteStore};
use codebolt_host::store::{CommitObserver, Store, StoreFailure, iso_8601};
use codebolt_host::transfer::{export, import};
use tracing_subscriber::EnvFilter;

/// How many files, and so sockets, the process asks the system for.
const OPEN_FILES: u64 = 65_536;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")),
        )
        .init();
    let options = Options::parse();
    let done = match options.command {
        None => run(options.serve).await,
        Some(command) => transfer(command).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("codebolt-host: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Serve) -> Result<(), Box<dyn Error>> {
    if let Err(error) = rlimit::increase_nofile_limit(OPEN_FILES) {
        tracing::debug!(%error, "the number of open files stays as it is");
    }
    let metrics = Arc::new(Metrics::default());
    let listener = Arc::clone(&metrics);
    let observer = CommitObserver::new(move |requests, took| listener.committed(requests, took));
    let store = open(
        &options.place,
        Some((&options.limits, &options.index)),
        observer,
    )
    .await?;
    Ok(serve(options, store, metrics).await?)
}

async fn transfer(command: Command) -> Result<(), Box<dyn Error>> {
    let observer = CommitObserver::default();
    match command {
        Command::Instances { place } => {
            has_to_exist(&place)?;
            let store = open(&place, None, observer).await?;
            print_instances(&*store).await?;
            store.close().await;
        }
        Command::Export {
            instance,
            to,
            place,
        } => {
            has_to_exist(&place)?;
            let store = open(&place, None, observer).await?;
            let mut out: Box<dyn Write + Send> = match &to {
                Some(file) => Box::new(BufWriter::new(File::create(file)?)),
                None => Box::new(BufWriter::new(std::io::stdout())),
            };
            let count = export(&*store, &instance, &mut *out).await?;
            eprintln!("exported {count} events of {instance}");
            store.close().await;
        }
        Command::Import { file, name, place } => {
            let store = open(&place, None, observer).await?;
            let mut lines: Box<dyn std::io::BufRead + Send> = match file {
                Some(file) if file != Path::new("-") => Box::new(BufReader::new(File::open(file)?)),
                _ => Box::new(BufReader::new(std::io::stdin())),
            };
            let (name, count) = import(&*store, name, &mut *lines).await?;
            eprintln!("imported {count} events into {name}");
            store.close().await;
        }
    }
    Ok(())
}

/// Looking into a file must not make it.
fn has_to_exist(place: &Place) -> Result<(), Box<dyn Error>> {
    if place.store.is_none() && !place.data.exists() {
        return Err(format!(
            "{} does not exist; name the host's file with --data",
            place.data.display()
        )
        .into());
    }
    Ok(())
}

async fn print_instances(store: &dyn Store) -> Result<(), Box<dyn Error>> {
    let rows = store.instances().await?;
    let widest = rows.iter().map(|row| row.name.chars().count()).max();
    let width = widest.unwrap_or(0).clamp(4, 60);
    println!("{:36}  {:width$}  {:>8}  createdAt", "id", "name", "events");
    for row in rows {
        println!(
            "{:36}  {:width$}  {:>8}  {}",
            row.id,
            row.name,
            row.event_count,
            iso_8601(row.created_at)
        );
    }
    Ok(())
}

async fn open(
    place: &Place,
    serving: Option<(&Limits, &Vec<String>)>,
    observer: CommitObserver,
) -> Result<Arc<dyn Store>, StoreFailure> {
    if let Some(url) = &place.store {
        let mut options = PostgresOptions::new(url);
        options.observer = observer;
        if let Some((limits, indexes)) = serving {
            options.queued_writes = limits.max_queued_writes;
            options.queued_bytes = limits.max_queued_bytes;
            options.query_timeout = Duration::from_secs(limits.query_timeout.max(1));
            if !indexes.is_empty() {
                tracing::warn!("--index is for SQLite; make indexes in PostgreSQL yourself");
            }
        }
        return Ok(Arc::new(PostgresStore::open(options).await?));
    }
    let mut options = SqliteOptions::new(&place.data);
    options.observer = observer;
    if let Some((limits, indexes)) = serving {
        options.queued_writes = limits.max_queued_writes;
        options.queued_bytes = limits.max_queued_bytes;
        options.query_timeout = Duration::from_secs(limits.query_timeout.max(1));
        options.indexes.clone_from(indexes);
    }
    Ok(Arc::new(SqliteStore::open(options)?))
}
