//! One WebSocket connection.

use axum::extract::ws::{Message, WebSocket};
use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt, StreamExt};

use crate::operations::Operations;

/// Serves a connection until either side closes it.
pub async fn serve_connection(socket: WebSocket, operations: Operations) {
    let (mut sink, mut stream) = socket.split();
    let mut answering = FuturesUnordered::new();
    loop {
        tokio::select! {
            incoming = stream.next() => match incoming {
                Some(Ok(Message::Text(text))) => {
                    let answer = operations.answer(text.as_str());
                    answering.push(async move {
                        let outcome = answer.outcome.await;
                        answer.address.frame(&outcome)
                    });
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
            Some(reply) = answering.next(), if !answering.is_empty() => {
                if sink.send(Message::Text(reply.into())).await.is_err() { break; }
            }
        }
    }
}
