//! The host's HTTP routes, and who may open a WebSocket.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Extension, OriginalUri, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;

use super::admission::Admission;
use super::connection::Connection;
use super::files::files;
use super::front_page::front_page;
use super::metrics::Refused;
use super::websocket::WebSocketRequest;
use super::write_timeout::Traffic;
use crate::store::Store;

/// What the routes need.
#[derive(Clone)]
pub struct Service {
    pub store: Arc<dyn Store>,
    pub admission: Arc<Admission>,
    pub connection: Connection,
}

/// What is known of a TCP connection. The permit counts it until its last clone is gone. A connection that
/// came when there was no permit left has none, and gets one answer about the host's health.
#[derive(Clone)]
pub struct Accepted {
    pub local: SocketAddr,
    pub received: Traffic,
    pub _permit: Option<Arc<OwnedSemaphorePermit>>,
}

pub fn router(service: Service, www: Option<&Path>) -> Router {
    let mut pages = Router::new()
        .route("/health", get(health))
        .route("/health/live", get(live))
        .route("/metrics", get(metrics_text));
    pages = match www {
        Some(folder) => pages.fallback_service(files::<()>(folder)),
        None => pages.merge(front_page()),
    };
    let pages = pages.layer(from_fn_with_state(service.clone(), only_own_names));
    Router::new()
        .route("/codebolt", any(upgrade))
        .route("/plugin", any(upgrade))
        .merge(pages)
        .with_state(service)
}

/// Refuses other names: a page can make its own name resolve to this machine, and then read the answers.
async fn only_own_names(State(service): State<Service>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .map(|value| value.to_str().unwrap_or("?").to_owned());
    if service.admission.admits_host(host.as_deref()) {
        return next.run(request).await;
    }
    refuse(
        &service,
        Refused::Host,
        host.as_deref(),
        StatusCode::FORBIDDEN,
        "this host listens on this machine only: expected localhost or an address as Host, got another name; ask for it as localhost, or name the page's origin with --allow-origin\n",
    )
}

fn refuse(
    service: &Service,
    reason: Refused,
    what: Option<&str>,
    status: StatusCode,
    text: impl Into<Cow<'static, str>>,
) -> Response {
    let metrics = &service.connection.metrics;
    if let Some(suppressed) = metrics.refused(reason) {
        tracing::warn!(
            reason = reason.name(),
            what = what.unwrap_or_default(),
            suppressed,
            "a client was refused"
        );
    }
    (status, text.into()).into_response()
}

async fn upgrade(
    State(service): State<Service>,
    Extension(accepted): Extension<Accepted>,
    OriginalUri(uri): OriginalUri,
    Query(parameters): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    mut request: Request,
) -> Response {
    let websocket = match WebSocketRequest::of(&mut request) {
        Ok(websocket) => websocket,
        Err(why) => return why.into_response(),
    };
    let origin = headers
        .get(header::ORIGIN)
        .map(|value| value.to_str().unwrap_or("null"));
    if !service.admission.admits_origin(origin, accepted.local) {
        return refuse(
            &service,
            Refused::Origin,
            origin,
            StatusCode::FORBIDDEN,
            "this page's origin may not connect; name it with --allow-origin\n",
        );
    }
    let is_plugin = uri.path() == "/plugin";
    let tokens = parameters
        .iter()
        .filter(|(name, _)| name == "threadToken" || (is_plugin && name == "pluginToken"))
        .map(|(_, token)| token.as_str());
    if let Err(wanted) = service.admission.admits_tokens(tokens) {
        // The client's token may be nearly right, so the log does not contain it.
        return refuse(
            &service,
            Refused::Token,
            None,
            StatusCode::UNAUTHORIZED,
            format!(
                "expected the host's token as threadToken in the address, got none or a wrong one; give the token of the host's {}\n",
                wanted.source
            ),
        );
    }
    let connection = service.connection.clone();
    let (response, on_upgrade) = websocket.accept();
    tokio::spawn(async move {
        match on_upgrade.await {
            Ok(upgraded) => {
                connection
                    .serve(TokioIo::new(upgraded), &accepted.received)
                    .await;
            }
            Err(error) => {
                tracing::debug!(%error, "a connection ended before it became a WebSocket")
            }
        }
        drop(accepted);
    });
    response
}

fn about(status: &str) -> Value {
    json!({ "status": status, "name": "codebolt-host", "version": env!("CARGO_PKG_VERSION") })
}

/// Whether writes work.
async fn health(State(service): State<Service>) -> Response {
    match service.store.check().await {
        Ok(()) => Json(about("ok")).into_response(),
        Err(failure) => {
            if let Some(suppressed) = service.connection.metrics.may_log_failure() {
                tracing::error!(%failure, suppressed, "writes do not work");
            }
            let mut body = about("failing");
            if let Value::Object(keys) = &mut body {
                keys.insert("error".into(), failure.to_string().into());
            }
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
    }
}

/// Whether the host answers at all.
async fn live() -> Response {
    Json(about("alive")).into_response()
}

async fn metrics_text(State(service): State<Service>) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    let mut text = service.connection.metrics.text();
    service.connection.memory.push_metrics(&mut text);
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
