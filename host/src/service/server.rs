//! The HTTP server: where sockets are accepted and files served.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, OriginalUri, Query, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use thiserror::Error;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_http::add_extension::AddExtension;

use super::admission::Admission;
use super::connection::Connection;
use super::files::files;
use super::metrics::{Metrics, count};
use super::shutdown::{Stopper, Stopping, told_to_stop};
use crate::operations::{Bounds, Operations};
use crate::options::{Limits, Serve};
use crate::store::Store;

/// How long a client has to say what it wants after connecting.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes read at a time. All of it is cleared before each read, so more would cost more than it
/// saves.
const READ_BUFFER: usize = 16 * 1024;

/// Why the host could not serve.
#[derive(Debug, Error)]
pub enum ServeFailure {
    /// The address cannot be had.
    #[error("cannot listen on {0}: {1}; name another one with --port or --bind")]
    Bind(SocketAddr, std::io::Error),
    /// The folder of `--www` is none.
    #[error("--www {0} is no folder")]
    NoFolder(String),
    /// Standard output cannot be written, or signals not be listened to.
    #[error("the system refused: {0}")]
    System(#[from] std::io::Error),
}

#[derive(Clone)]
struct Service {
    store: Arc<dyn Store>,
    admission: Arc<Admission>,
    connection: Connection,
}

/// What is known of a TCP connection. The permit counts it until its last clone is gone.
#[derive(Clone)]
struct Accepted {
    local: SocketAddr,
    _permit: Arc<OwnedSemaphorePermit>,
}

/// The bounds of requests that the command line names.
fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        name_bytes: usize::from(limits.max_name),
        batch_events: limits.max_batch,
        depth: usize::from(limits.max_depth),
        aggregation_values: limits.max_aggregation,
        reply_bytes: limits.max_reply,
        ..Bounds::default()
    }
}

/// Serves until told to stop. Then: no new connections, no new requests, what was taken is
/// finished and answered, connections are closed with 1001, the store is closed.
///
/// # Errors
/// When the address cannot be had.
pub async fn serve(
    options: Serve,
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
) -> Result<(), ServeFailure> {
    let address = SocketAddr::new(options.bind, options.port);
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| ServeFailure::Bind(address, error))?;
    let bound = listener.local_addr()?;
    let limits = &options.limits;
    let (stopper, stopping) = Stopper::new();
    let service = Service {
        store: Arc::clone(&store),
        admission: Arc::new(Admission {
            origins: options.allow_origin.clone(),
            token: options.token.clone(),
        }),
        connection: Connection {
            operations: Operations::new(Arc::clone(&store), bounds(limits)),
            metrics: Arc::clone(&metrics),
            stopping: stopping.clone(),
            most_pending: limits.max_pending.max(1),
            most_unread: limits.max_unread,
            most_message: limits.max_message,
            patience: Duration::from_secs(limits.write_timeout.max(1)),
            ping_every: Duration::from_secs(limits.ping_interval.max(1)),
        },
    };
    let router = router(service, &options)?;
    let told_to_stop = told_to_stop()?;
    {
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "listening on ws://{bound}/codebolt")?;
        stdout.flush()?;
    }
    tracing::info!(%bound, "listening");
    tokio::select! {
        () = told_to_stop => {}
        () = accept(listener, router, limits.max_connections, stopping, metrics) => {}
    }
    tracing::info!("stopping");
    stopper.stop();
    let patience = Duration::from_secs(limits.shutdown_timeout);
    if tokio::time::timeout(patience, stopper.all_stopped())
        .await
        .is_err()
    {
        tracing::warn!("some connections did not end in time");
    }
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

fn router(service: Service, options: &Serve) -> Result<Router, ServeFailure> {
    let mut router = Router::new()
        .route("/codebolt", any(upgrade))
        .route("/plugin", any(upgrade))
        .route("/health", get(health))
        .route("/metrics", get(metrics_text));
    if let Some(folder) = &options.www {
        if !folder.is_dir() {
            return Err(ServeFailure::NoFolder(folder.display().to_string()));
        }
        router = router.fallback_service(files::<()>(folder));
    }
    Ok(router.with_state(service))
}

async fn accept(
    listener: TcpListener,
    router: Router,
    most: usize,
    stopping: Stopping,
    metrics: Arc<Metrics>,
) {
    let permits = Arc::new(Semaphore::new(most));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // No more files can be opened, most likely; the next may be closed soon.
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else {
            count(&metrics.refused_connections);
            tokio::spawn(refuse(stream, most));
            continue;
        };
        let _ = stream.set_nodelay(true);
        tokio::spawn(serve_http(stream, permit, router.clone(), stopping.clone()));
    }
}

async fn serve_http(
    stream: TcpStream,
    permit: OwnedSemaphorePermit,
    router: Router,
    mut stopping: Stopping,
) {
    let Ok(local) = stream.local_addr() else {
        return;
    };
    let accepted = Accepted {
        local,
        _permit: Arc::new(permit),
    };
    let service = TowerToHyperService::new(AddExtension::new(router, accepted));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut serving = std::pin::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stopping.requested() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Says that there are too many connections.
async fn refuse(mut stream: TcpStream, most: usize) {
    let text =
        format!("the host has {most} open connections, which is its bound (--max-connections)\n");
    let head = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nConnection: close\r\nRetry-After: 1\r\n";
    let answer = format!("{head}Content-Length: {}\r\n\r\n{text}", text.len());
    let _ = tokio::time::timeout(Duration::from_secs(1), stream.write_all(answer.as_bytes())).await;
    let _ = stream.shutdown().await;
}

async fn upgrade(
    State(service): State<Service>,
    Extension(accepted): Extension<Accepted>,
    OriginalUri(uri): OriginalUri,
    Query(parameters): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let refused = |status: StatusCode, text: &'static str| {
        count(&service.connection.metrics.refused_connections);
        (status, text).into_response()
    };
    let origin = headers
        .get(header::ORIGIN)
        .map(|value| value.to_str().unwrap_or("null"));
    if !service.admission.admits_origin(origin, accepted.local) {
        return refused(
            StatusCode::FORBIDDEN,
            "this page's origin may not connect; name it with --allow-origin\n",
        );
    }
    let is_plugin = uri.path() == "/plugin";
    let tokens = parameters
        .iter()
        .filter(|(name, _)| name == "threadToken" || (is_plugin && name == "pluginToken"))
        .map(|(_, token)| token.as_str());
    if !service.admission.admits_tokens(tokens) {
        return refused(
            StatusCode::UNAUTHORIZED,
            "this host wants its token (--token) as threadToken in the address\n",
        );
    }
    let connection = service.connection.clone();
    upgrade
        .read_buffer_size(READ_BUFFER)
        .max_message_size(connection.most_message)
        .max_frame_size(connection.most_message)
        .on_upgrade(move |socket| async move {
            connection.serve(socket).await;
            drop(accepted);
        })
}

async fn health(State(service): State<Service>) -> Response {
    let version = env!("CARGO_PKG_VERSION");
    match service.store.check().await {
        Ok(()) => Json(json!({ "status": "ok", "name": "codebolt-host", "version": version }))
            .into_response(),
        Err(failure) => {
            tracing::error!(%failure, "the store cannot be read");
            let body = json!({ "status": "failing", "name": "codebolt-host", "version": version, "error": failure.to_string() });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
    }
}

async fn metrics_text(State(service): State<Service>) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    let text = service.connection.metrics.text();
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
