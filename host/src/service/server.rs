//! The host's service: how it starts, and how it stops.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;

use super::acceptor::Acceptor;
use super::admission::Admission;
use super::connection::Connection;
use super::memory_budget::MemoryBudget;
use super::metrics::Metrics;
use super::routes::{Service, router};
use super::shutdown::{Stopper, stop_signal};
use crate::operations::{Bounds, Operations};
use crate::options::{Limits, Serve, Token};
use crate::store::Store;

/// Why the host could not serve.
#[derive(Debug, Error)]
pub enum ServeFailure {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}; name another one with --port or --bind")]
    Bind(SocketAddr, std::io::Error),
    /// `--www` does not name a folder.
    #[error("--www: expected a folder, got {0}")]
    NoFolder(String),
    /// Two bounds contradict each other.
    #[error("{0}")]
    Bounds(String),
    /// Signals cannot be listened to.
    #[error("the system refused: {0}")]
    System(#[from] std::io::Error),
    /// A part of the store has ended.
    #[error("the host cannot go on: {0}")]
    Store(String),
}

/// The bounds of requests that the command line names.
fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        batch_events: limits.max_batch,
        aggregation_values: limits.max_aggregation,
        reply_bytes: limits.max_reply,
        ..limits.events.bounds()
    }
}

/// Listens on the address that the options name, and checks the other options.
/// This comes before the store is opened, so that a start that fails leaves no file behind.
///
/// # Errors
/// When the host cannot listen on the address, `--www` is not a folder, or two bounds contradict each other.
pub async fn bind(options: &Serve) -> Result<TcpListener, ServeFailure> {
    if let Some(folder) = options.www.as_deref().filter(|folder| !folder.is_dir()) {
        return Err(ServeFailure::NoFolder(folder.display().to_string()));
    }
    fit_together(&options.limits)?;
    let address = SocketAddr::new(options.bind, options.port);
    TcpListener::bind(address)
        .await
        .map_err(|error| ServeFailure::Bind(address, error))
}

/// Checks that the largest message and the largest reply each fit into their half of the memory.
fn fit_together(limits: &Limits) -> Result<(), ServeFailure> {
    let half = limits.max_memory / 2;
    for (name, size) in [
        ("--max-message", limits.events.max_message),
        ("--max-reply", limits.max_reply),
    ] {
        if size > half {
            return Err(ServeFailure::Bounds(format!(
                "--max-memory is {} bytes, of which one half is for what is received and one for what is sent; {name} is {size} bytes and has to fit into a half: raise --max-memory to {} or more, or lower {name}",
                limits.max_memory,
                2 * size
            )));
        }
    }
    Ok(())
}

/// Serves until SIGTERM or Ctrl-C. Then it takes no new connections and requests, finishes and answers those that it
/// has taken, closes connections with 1001, and closes the store. It does the same, and returns an error, when a
/// part of the store ends.
///
/// # Errors
/// When a part of the store has ended.
pub async fn serve(
    listener: TcpListener,
    options: &Serve,
    token: Option<Token>,
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
) -> Result<(), ServeFailure> {
    let bound = listener.local_addr()?;
    let limits = &options.limits;
    let (stopper, stopping) = Stopper::new();
    let is_open = !options.bind.is_loopback() && token.is_none();
    let service = Service {
        store: Arc::clone(&store),
        admission: Arc::new(Admission {
            origins: options.allow_origin.clone(),
            token,
            is_loopback: options.bind.is_loopback(),
        }),
        connection: Connection {
            operations: Operations::new(Arc::clone(&store), bounds(limits)),
            metrics: Arc::clone(&metrics),
            memory: Arc::new(MemoryBudget::new(limits.max_memory)),
            stopping: stopping.clone(),
            most_pending: limits.max_pending,
            send_buffer_limit: limits.max_unread,
            most_message: limits.events.max_message,
            ping_every: Duration::from_secs(limits.ping_interval),
        },
    };
    let acceptor = Acceptor {
        router: router(service, options.www.as_deref().map(Path::new)),
        most: limits.max_connections,
        write_timeout: Duration::from_secs(limits.write_timeout),
        stopping,
        metrics,
    };
    let stop_signal = stop_signal()?;
    print_ready(bound);
    if is_open {
        tracing::warn!(
            %bound,
            "everyone who reaches this address can read and change all events; name a secret with --token-file, or listen on 127.0.0.1"
        );
    }
    let ended = tokio::select! {
        () = stop_signal => Ok(()),
        why = store.failed() => Err(ServeFailure::Store(why)),
        () = acceptor.accept(listener) => Ok(()),
    };
    match &ended {
        Ok(()) => tracing::info!("stopping"),
        Err(failure) => tracing::error!(%failure, "stopping"),
    }
    stopper.stop();
    store.stop_reading();
    let shutdown_timeout = Duration::from_secs(limits.shutdown_timeout);
    if tokio::time::timeout(shutdown_timeout, stopper.all_stopped())
        .await
        .is_err()
    {
        tracing::warn!("some connections did not end in time");
    }
    store.close().await;
    tracing::info!("stopped");
    ended
}

/// Prints that the host is ready. The host goes on if nobody reads its stdout any more.
fn print_ready(bound: SocketAddr) {
    let mut stdout = std::io::stdout().lock();
    let said = writeln!(stdout, "listening on ws://{bound}/codebolt").and_then(|()| stdout.flush());
    if let Err(error) = said {
        tracing::warn!(%error, "the ready line could not be written to stdout");
    }
    let page = match bound.ip().is_unspecified() {
        true => format!("http://localhost:{}/", bound.port()),
        false => format!("http://{bound}/"),
    };
    tracing::info!(%bound, page, "listening");
}
