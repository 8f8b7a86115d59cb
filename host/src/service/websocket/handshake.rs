//! The handshake that makes a WebSocket of an HTTP request.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::upgrade::OnUpgrade;
use sha1::{Digest, Sha1};

/// The text that RFC 6455 appends to the client's key.
const KEY_SUFFIX: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A request that asks for a WebSocket.
pub struct WebSocketRequest {
    accept: HeaderValue,
    on_upgrade: OnUpgrade,
}

/// Why a request is not a valid handshake, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoWebSocket(StatusCode, &'static str);

impl IntoResponse for NoWebSocket {
    fn into_response(self) -> Response {
        let mut response = (self.0, self.1).into_response();
        // RFC 9110 requires an `Upgrade` header in a refusal with 426.
        if self.0 == StatusCode::UPGRADE_REQUIRED {
            let headers = response.headers_mut();
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        }
        response
    }
}

impl WebSocketRequest {
    /// Checks whether a request is a valid handshake.
    pub fn of(request: &mut Request) -> Result<Self, NoWebSocket> {
        if request.method() != Method::GET {
            return Err(NoWebSocket(
                StatusCode::METHOD_NOT_ALLOWED,
                "expected a WebSocket, which begins with GET, got another method; connect to this address with ws:// and a WebSocket client, such as the package codebolt-wasm\n",
            ));
        }
        let headers = request.headers();
        if !has(headers, &header::CONNECTION, "upgrade")
            || !has(headers, &header::UPGRADE, "websocket")
        {
            return Err(NoWebSocket(
                StatusCode::UPGRADE_REQUIRED,
                "expected a WebSocket, got a plain HTTP request; connect to this address with ws:// and a WebSocket client, such as the package codebolt-wasm\n",
            ));
        }
        if !has(headers, &header::SEC_WEBSOCKET_VERSION, "13") {
            return Err(NoWebSocket(
                StatusCode::BAD_REQUEST,
                "expected Sec-WebSocket-Version 13, got another or none; connect with a WebSocket client of RFC 6455\n",
            ));
        }
        let accept = headers.get(header::SEC_WEBSOCKET_KEY).and_then(accept_key);
        let Some(accept) = accept else {
            return Err(NoWebSocket(
                StatusCode::BAD_REQUEST,
                "expected the header Sec-WebSocket-Key, got none; connect with a WebSocket client of RFC 6455\n",
            ));
        };
        let Some(on_upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
            return Err(NoWebSocket(
                StatusCode::UPGRADE_REQUIRED,
                "this connection cannot become a WebSocket; use HTTP/1.1\n",
            ));
        };
        Ok(Self { accept, on_upgrade })
    }

    /// The answer, and the connection once it was sent.
    pub fn accept(self) -> (Response, OnUpgrade) {
        let headers = [
            (header::CONNECTION, HeaderValue::from_static("upgrade")),
            (header::UPGRADE, HeaderValue::from_static("websocket")),
            (header::SEC_WEBSOCKET_ACCEPT, self.accept),
        ];
        let response = (StatusCode::SWITCHING_PROTOCOLS, headers).into_response();
        (response, self.on_upgrade)
    }
}

/// Whether a header has this word in its list.
fn has(headers: &HeaderMap, name: &header::HeaderName, word: &str) -> bool {
    headers.get_all(name).iter().any(|value| {
        value.to_str().is_ok_and(|list| {
            list.split(',')
                .any(|entry| entry.trim().eq_ignore_ascii_case(word))
        })
    })
}

fn accept_key(key: &HeaderValue) -> Option<HeaderValue> {
    let digest = Sha1::new()
        .chain_update(key.as_bytes())
        .chain_update(KEY_SUFFIX)
        .finalize();
    HeaderValue::from_str(&STANDARD.encode(digest)).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    #[test]
    fn the_key_is_answered_as_the_standard_requires() {
        let key = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");
        let accept = HeaderValue::from_static("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(super::accept_key(&key), Some(accept));
    }
}
