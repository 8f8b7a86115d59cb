//! `codebolt-host`: see `codebolt-host --help`.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use codebolt_host::options::{Command, Options, Place};
use codebolt_host::service::serve;
use codebolt_host::store::sqlite::{SqliteOptions, SqliteStore};
use codebolt_host::store::{Store, StoreFailure, iso_8601};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")),
        )
        .init();
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("codebolt-host: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    match options.command {
        None => {
            let store = open(&options.serve.place).await?;
            serve(options.serve, store).await?;
        }
        Some(Command::Instances { place }) => {
            let store = open(&place).await?;
            println!("{:36}  {:30}  {:>8}  createdAt", "id", "name", "events");
            for row in store.instances().await? {
                println!(
                    "{:36}  {:30}  {:>8}  {}",
                    row.id,
                    row.name,
                    row.event_count,
                    iso_8601(row.created_at)
                );
            }
            store.close().await;
        }
    }
    Ok(())
}

async fn open(place: &Place) -> Result<Arc<dyn Store>, StoreFailure> {
    Ok(Arc::new(SqliteStore::open(SqliteOptions::new(
        &place.data,
    ))?))
}
