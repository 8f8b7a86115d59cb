//! Accepts TCP connections up to the bound, and serves HTTP on each until it ends or becomes a WebSocket.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower_http::add_extension::AddExtension;

use super::metrics::{Metrics, Refused};
use super::routes::Accepted;
use super::shutdown::Stopping;
use super::write_timeout::{Traffic, WriteTimeout};

/// How long a client has to send the head of its request after connecting.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a download goes on when the host stops.
const DOWNLOAD_FAREWELL: Duration = Duration::from_secs(2);
/// Connections over the bound that are looked at, whether they ask for the health.
const MOST_OVER: usize = 64;
/// How long such a one has to say what it wants, and to be answered.
const OVER_HEAD: Duration = Duration::from_millis(300);
const OVER_WHOLE: Duration = Duration::from_secs(5);

/// Accepts connections, and serves each.
pub struct Acceptor {
    pub router: Router,
    /// How many connections may be open.
    pub most: usize,
    pub write_timeout: Duration,
    pub stopping: Stopping,
    pub metrics: Arc<Metrics>,
}

impl Acceptor {
    pub async fn accept(self, listener: TcpListener) {
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
