//! The HTTP server: where connections are accepted and, at the end, finished.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use thiserror::Error;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower_http::add_extension::AddExtension;

use super::admission::Admission;
use super::connection::Connection;
use super::memory_budget::MemoryBudget;
use super::metrics::{Metrics, Refused};
use super::routes::{Accepted, Service, router};
use super::shutdown::{Stopper, Stopping, stop_signal};
use super::write_timeout::{Traffic, WriteTimeout};
use crate::operations::{Bounds, Operations};
use crate::options::{Limits, Serve};
use crate::store::Store;

/// How long a client has to send the head of its request after connecting.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a download goes on when the host stops.
const DOWNLOAD_FAREWELL: Duration = Duration::from_secs(2);
/// Connections over the bound that are looked at, whether they ask for the health.
const MOST_OVER: usize = 64;
/// How long such a one has to say what it wants, and to be answered.
const OVER_HEAD: Duration = Duration::from_millis(300);
const OVER_WHOLE: Duration = Duration::from_secs(5);

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
    token: Option<String>,
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

struct Acceptor {
    router: Router,
    most: usize,
    write_timeout: Duration,
    stopping: Stopping,
    metrics: Arc<Metrics>,
}

impl Acceptor {
    async fn accept(self, listener: TcpListener) {
        let permits = Arc::new(Semaphore::new(self.most));
        let over = Arc::new(Semaphore::new(MOST_OVER));
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Most likely the process has too many open files. One may be closed soon.
                    if let Some(suppressed) = self.metrics.may_log_failure() {
                        tracing::error!(%error, suppressed, "a connection could not be accepted");
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let Ok(local) = stream.local_addr() else {
                continue;
            };
            let _ = stream.set_nodelay(true);
            let permit = Arc::clone(&permits).try_acquire_owned().ok();
            let is_over = permit.is_none();
            let accepted = Accepted {
                local,
                received: Traffic::default(),
                _permit: permit.map(Arc::new),
            };
            let router = self.router.clone();
            let (write_timeout, stopping) = (self.write_timeout, self.stopping.clone());
            if !is_over {
                tokio::spawn(serve_http(
                    stream,
                    accepted,
                    router,
                    write_timeout,
                    stopping,
                ));
                continue;
            }
            let most = self.most;
            let metrics = Arc::clone(&self.metrics);
            let looked_at = Arc::clone(&over).try_acquire_owned();
            tokio::spawn(async move {
                if let Ok(_permit) = looked_at
                    && asks_for_health(&stream).await
                {
                    let serving = serve_http(stream, accepted, router, write_timeout, stopping);
                    let _ = tokio::time::timeout(OVER_WHOLE, serving).await;
                } else {
                    metrics.refused(Refused::Limit);
                    refuse(stream, most).await;
                }
            });
        }
    }
}

/// Whether a connection over the bound begins with a request for the host's health. Leaves the bytes in
/// the socket.
async fn asks_for_health(stream: &TcpStream) -> bool {
    let mut head = [0; 12];
    let read = tokio::time::timeout(OVER_HEAD, async {
        loop {
            match stream.peek(&mut head).await {
                Ok(count) if count >= head.len() => return true,
                Ok(0) | Err(_) => return false,
                // Not all of it has come.
                Ok(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    });
    read.await.unwrap_or(false) && (&head == b"GET /health " || &head == b"GET /health/")
}

async fn serve_http(
    stream: TcpStream,
    accepted: Accepted,
    router: Router,
    write_timeout: Duration,
    mut stopping: Stopping,
) {
    let is_over = accepted._permit.is_none();
    let stream = WriteTimeout::new(stream, write_timeout, accepted.received.clone());
    let service = TowerToHyperService::new(AddExtension::new(router, accepted));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .keep_alive(!is_over)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut serving = std::pin::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stopping.requested() => {
            serving.as_mut().graceful_shutdown();
            // A connection that became a WebSocket is no longer here. This one is a download, or ends soon.
            match tokio::time::timeout(DOWNLOAD_FAREWELL, serving).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Answers that there are too many connections.
async fn refuse(mut stream: TcpStream, most: usize) {
    let text =
        format!("the host has {most} open connections, which is its bound (--max-connections)\n");
    let head = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nConnection: close\r\nRetry-After: 1\r\n";
    let answer = format!("{head}Content-Length: {}\r\n\r\n{text}", text.len());
    let _ = tokio::time::timeout(Duration::from_secs(1), stream.write_all(answer.as_bytes())).await;
    let _ = stream.shutdown().await;
}
