//! `codebolt-host`: see `codebolt-host --help`.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use codebolt_host::log;
use codebolt_host::options::{Command, Database, EventLimits, Limits, Options, Place, Serve};
use codebolt_host::service::{Metrics, bind, serve};
use codebolt_host::store::postgres::{PostgresOptions, PostgresStore};
use codebolt_host::store::sqlite::{SqliteOptions, SqliteStore};
use codebolt_host::store::{Caller, CommitObserver, InstancePage, Store, StoreFailure};
use codebolt_host::transfer::{
    STALE_AFTER, export, export_to_file, import, print_table, remove_stale_imports,
};

/// How many files, and so sockets, the process asks the system for.
const OPEN_FILES: u64 = 65_536;

type Done = Result<(), Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    log::start(std::io::stderr().is_terminal());
    let options = Options::parse();
    let done = match options.command {
        None => run(options.serve).await,
        Some(command) => transfer(command).await,
    };
    match done {
        Ok(()) => {
            log::finish();
            ExitCode::SUCCESS
        }
        Err(error) => {
            log::say(&format!("codebolt-host: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Serve) -> Done {
    if let Err(error) = rlimit::increase_nofile_limit(OPEN_FILES) {
        tracing::debug!(%error, "the number of open files stays as it is");
    }
    let database = options.place.database()?;
    let token = options.secret.read()?;
    let listener = bind(&options).await?;
    let metrics = Arc::new(Metrics::default());
    let told = Arc::clone(&metrics);
    let observer = CommitObserver::new(move |requests, took| told.committed(requests, took));
    let serving = Some((&options.limits, &options.index));
    let store = open(&database, &options.place, serving, observer).await?;
    let cleaned = Arc::clone(&store);
    tokio::spawn(async move {
        if let Err(failure) = remove_stale_imports(&*cleaned, STALE_AFTER).await {
            tracing::warn!(%failure, "imports that did not end could not be looked for");
        }
    });
    Ok(serve(listener, &options, token, store, metrics).await?)
}

async fn transfer(command: Command) -> Done {
    match command {
        Command::Instances { place } => {
            let store = open_existing(&place).await?;
            let rows = store.instances(Caller::HOST, InstancePage::ALL).await?.rows;
            let printed = print_table(&rows, &mut BufWriter::new(std::io::stdout()));
            store.close().await;
            match printed {
                // Whoever reads it has read enough.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                printed => printed?,
            }
        }
        Command::Export {
            instance,
            to,
            place,
        } => {
            let store = open_existing(&place).await?;
            let count = match &to {
                Some(file) => export_to_file(&*store, &instance, file).await?,
                None => export(&*store, &instance, &mut BufWriter::new(std::io::stdout())).await?,
            };
            log::say(&format!("exported {count} events of {instance:?}"));
            store.close().await;
        }
        Command::Import {
            file,
            name,
            place,
            limits,
        } => import_file(file, name, &place, &limits).await?,
    }
    Ok(())
}

async fn import_file(
    file: Option<PathBuf>,
    name: Option<String>,
    place: &Place,
    limits: &EventLimits,
) -> Done {
    let file = file.filter(|file| file != Path::new("-"));
    let mut lines: Box<dyn std::io::BufRead + Send> = match &file {
        Some(path) => {
            let opened = File::open(path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            Box::new(BufReader::new(opened))
        }
        None => Box::new(BufReader::new(std::io::stdin())),
    };
    let store = open(&place.database()?, place, None, CommitObserver::default()).await?;
    let cleaned = Arc::clone(&store);
    let cleaning = tokio::spawn(async move { remove_stale_imports(&*cleaned, STALE_AFTER).await });
    let imported = import(&store, name, &limits.bounds(), &mut *lines).await;
    // Comes back at once when no import has died before.
    if let Ok(Err(failure)) = cleaning.await {
        tracing::warn!(%failure, "imports that did not end could not be looked for");
    }
    store.close().await;
    let place = file.map_or_else(|| "stdin".to_owned(), |file| file.display().to_string());
    let (name, count) = imported.map_err(|failure| format!("{place}: {failure}"))?;
    log::say(&format!("imported {count} events into {name:?}"));
    Ok(())
}

/// Looking into a file must not make it.
async fn open_existing(place: &Place) -> Result<Arc<dyn Store>, Box<dyn Error>> {
    let database = place.database()?;
    if let Database::File(file) = &database
        && !file.exists()
    {
        return Err(format!(
            "{} does not exist; name the host's file with --data",
            file.display()
        )
        .into());
    }
    Ok(open(&database, place, None, CommitObserver::default()).await?)
}

async fn open(
    database: &Database,
    place: &Place,
    serving: Option<(&Limits, &Vec<String>)>,
    observer: CommitObserver,
) -> Result<Arc<dyn Store>, StoreFailure> {
    match database {
        Database::Postgres(url) => {
            let mut options = PostgresOptions::new(url);
            options.wait = Duration::from_secs(place.store_wait);
            options.connections = place.store_connections;
            options.observer = observer;
            if let Some((limits, indexes)) = serving {
                options.queued_writes = limits.max_queued_writes;
                options.queued_bytes = limits.max_queued_bytes;
                options.query_timeout = Duration::from_secs(limits.query_timeout);
                if !indexes.is_empty() {
                    tracing::warn!("--index is for SQLite; make indexes in PostgreSQL yourself");
                }
            }
            Ok(Arc::new(PostgresStore::open(options).await?))
        }
        Database::File(file) => {
            let mut options = SqliteOptions::new(file);
            options.observer = observer;
            if let Some((limits, indexes)) = serving {
                options.queued_writes = limits.max_queued_writes;
                options.queued_bytes = limits.max_queued_bytes;
                options.query_timeout = Duration::from_secs(limits.query_timeout);
                options.indexes.clone_from(indexes);
            }
            Ok(Arc::new(SqliteStore::open(options)?))
        }
    }
}
