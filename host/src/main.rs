//! `codebolt-host`: see `codebolt-host --help`.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use codebolt_host::log;
use codebolt_host::options::{
    Command, Database, EventLimits, Limits, Options, Serve, StoreLocation, print_completions,
    print_man, write_man,
};
use codebolt_host::service::{Metrics, bind, serve};
use codebolt_host::store::postgres::{PostgresOptions, PostgresStore};
use codebolt_host::store::sqlite::{SqliteOptions, SqliteStore};
use codebolt_host::store::{Caller, CommitObserver, InstancePage, Store, StoreFailure};
use codebolt_host::transfer::{
    STALE_AFTER, TransferFailure, export, export_to_file, import, print_json, print_table,
    remove_stale_imports,
};

/// How many open files, sockets included, the process asks the system for.
const OPEN_FILES: u64 = 65_536;

type Done = Result<(), Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    log::start(std::io::stderr().is_terminal());
    let options = Options::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    let done = match options.command {
        None => run(options.serve, &options.store_location).await,
        Some(command) => answer(command, &options.store_location).await,
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

async fn run(options: Serve, location: &StoreLocation) -> Done {
    if let Err(error) = rlimit::increase_nofile_limit(OPEN_FILES) {
        tracing::debug!(%error, "the number of open files stays as it is");
    }
    let database = location.database()?;
    let token = options.secret.read()?;
    let listener = bind(&options).await?;
    let metrics = Arc::new(Metrics::default());
    let counted = Arc::clone(&metrics);
    let observer = CommitObserver::new(move |requests, took| counted.committed(requests, took));
    let serving = Some((&options.limits, &options.index));
    let is_new = matches!(&database, Database::File(file) if !file.exists());
    let store = open(&database, location, serving, observer).await?;
    if let Database::File(file) = &database {
        let whole = file.canonicalize().unwrap_or_else(|_| file.clone());
        let file = whole.display();
        if is_new {
            tracing::info!(%file, "created the data file; --data names another");
        } else {
            tracing::info!(%file, "opened the data file");
        }
    }
    let cleaned = Arc::clone(&store);
    tokio::spawn(async move {
        if let Err(failure) = remove_stale_imports(&*cleaned, STALE_AFTER).await {
            tracing::warn!(%failure, "stale imports could not be looked for");
        }
    });
    Ok(serve(listener, &options, token, store, metrics).await?)
}

async fn answer(command: Command, location: &StoreLocation) -> Done {
    match command {
        Command::Instances { json } => {
            let store = open_existing(location).await?;
            let rows = store.instances(Caller::HOST, InstancePage::ALL).await?.rows;
            let mut out = BufWriter::new(std::io::stdout());
            let printed = if json {
                print_json(&rows, &mut out)
            } else {
                print_table(&rows, &mut out)
            };
            store.close().await;
            match printed {
                // Whoever reads it has read enough.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                printed => printed?,
            }
        }
        Command::Export { instance, to } => {
            let store = open_existing(location).await?;
            let count = match &to {
                Some(file) => export_to_file(&*store, &instance, file).await?,
                None => export(&*store, &instance, &mut BufWriter::new(std::io::stdout())).await?,
            };
            log::say(&format!("exported {count} events of {instance:?}"));
            store.close().await;
        }
        Command::Import { file, name, limits } => {
            import_file(file, name, location, &limits).await?
        }
        Command::Completions { shell } => print_completions(shell)?,
        Command::Man { to: None } => print_man()?,
        Command::Man { to: Some(folder) } => write_man(&folder)?,
    }
    Ok(())
}

async fn import_file(
    file: Option<PathBuf>,
    name: Option<String>,
    location: &StoreLocation,
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
    let store = open(
        &location.database()?,
        location,
        None,
        CommitObserver::default(),
    )
    .await?;
    let cleaned = Arc::clone(&store);
    let cleaning = tokio::spawn(async move { remove_stale_imports(&*cleaned, STALE_AFTER).await });
    let imported = import(&store, name, &limits.bounds(), &mut *lines).await;
    // This ends at once when there are no stale imports.
    if let Ok(Err(failure)) = cleaning.await {
        tracing::warn!(%failure, "stale imports could not be looked for");
    }
    store.close().await;
    let source = file.map_or_else(|| "stdin".to_owned(), |file| file.display().to_string());
    let (name, count) = imported.map_err(|failure| match failure {
        TransferFailure::Line { line, problem } => format!("{source}:{line}: {problem}"),
        other => format!("{source}: {other}"),
    })?;
    log::say(&format!("imported {count} events into {name:?}"));
    Ok(())
}

/// Opens a store that exists. Reading must not create a file.
async fn open_existing(location: &StoreLocation) -> Result<Arc<dyn Store>, Box<dyn Error>> {
    let database = location.database()?;
    if let Database::File(file) = &database {
        let shown = file.display();
        match file.try_exists() {
            Ok(true) => {}
            Ok(false) => {
                return Err(
                    format!("{shown} does not exist; name the host's file with --data").into(),
                );
            }
            Err(error) => return Err(format!("cannot look for {shown}: {error}").into()),
        }
    }
    Ok(open(&database, location, None, CommitObserver::default()).await?)
}

async fn open(
    database: &Database,
    location: &StoreLocation,
    serving: Option<(&Limits, &Vec<String>)>,
    observer: CommitObserver,
) -> Result<Arc<dyn Store>, StoreFailure> {
    match database {
        Database::Postgres { url, named_by } => {
            let mut options = PostgresOptions::new(url);
            options.named_by = named_by;
            options.wait = Duration::from_secs(location.store_wait);
            options.connections = location.store_connections;
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
