//! The HTTP server: where sockets are accepted and files served.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use thiserror::Error;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use super::connection::serve_connection;
use crate::operations::{Bounds, Operations};
use crate::options::Serve;
use crate::store::Store;

/// Why the host could not serve.
#[derive(Debug, Error)]
pub enum ServeFailure {
    /// The address cannot be had.
    #[error("cannot listen on {0}: {1}; name another one with --port or --bind")]
    Bind(SocketAddr, std::io::Error),
    /// The server stopped.
    #[error("the server stopped: {0}")]
    Server(#[from] std::io::Error),
}

/// Serves until told to stop.
///
/// # Errors
/// When the address cannot be had.
pub async fn serve(options: Serve, store: Arc<dyn Store>) -> Result<(), ServeFailure> {
    let address = SocketAddr::new(options.bind, options.port);
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| ServeFailure::Bind(address, error))?;
    let bound = listener.local_addr()?;
    let operations = Operations::new(Arc::clone(&store), Bounds::default());
    let mut router = Router::new()
        .route("/codebolt", any(upgrade))
        .route("/plugin", any(upgrade));
    if let Some(folder) = &options.www {
        router = router.fallback_service(ServeDir::new(folder));
    }
    let router = router.with_state(operations);
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "listening on ws://{bound}/codebolt")?;
    stdout.flush()?;
    drop(stdout);
    axum::serve(listener, router)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    store.close().await;
    Ok(())
}

async fn upgrade(State(operations): State<Operations>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| serve_connection(socket, operations))
}
