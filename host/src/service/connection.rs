//! One WebSocket connection.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::StreamExt;
use tokio::time::{Instant, MissedTickBehavior};

use super::metrics::{Metrics, count};
use super::outbound::{CutOff, Outbound};
use super::pipeline::Pipeline;
use super::shutdown::Stopping;
use crate::operations::{Failure, Operations, ReturnAddress};

/// Close codes of RFC 6455.
const GOING_AWAY: u16 = 1001;
const TOO_BIG: u16 = 1009;
/// How long a client has to read why it is cut off, and to close its side.
const FAREWELL: Duration = Duration::from_secs(3);

/// What a connection needs.
#[derive(Clone)]
pub struct Connection {
    pub operations: Operations,
    pub metrics: Arc<Metrics>,
    pub stopping: Stopping,
    pub most_pending: usize,
    pub most_unread: usize,
    pub most_message: usize,
    pub patience: Duration,
    pub ping_every: Duration,
}

/// Why a connection ended.
enum End {
    /// The client closed it or is gone.
    Gone,
    /// The host is going down, and everything was answered.
    Stopped,
    /// The client is silent, or lets answers pile up.
    Cut,
    /// The client sent a message over the bound.
    TooBig,
}

impl Connection {
    /// Serves a connection until either side closes it.
    pub async fn serve(mut self, socket: WebSocket) {
        self.operations = self.operations.for_another();
        count(&self.metrics.accepted_connections);
        count(&self.metrics.open_connections);
        let metrics = Arc::clone(&self.metrics);
        self.run(socket).await;
        metrics.open_connections.fetch_sub(1, Ordering::Relaxed);
    }

    async fn run(self, socket: WebSocket) {
        let (sink, mut stream) = socket.split();
        let (outbound, sending) = Outbound::new(sink, self.most_unread, self.patience);
        let mut sending = tokio::spawn(sending);
        let end = tokio::select! {
            end = self.exchange(&mut stream, &outbound) => end,
            _ = &mut sending => End::Cut,
        };
        match end {
            End::Gone => {}
            End::Stopped => outbound.close(GOING_AWAY, "the host is going down"),
            End::Cut => {
                count(&self.metrics.cut_connections);
                tracing::warn!("a connection was cut off: it did not read, or was silent");
                sending.abort();
                return;
            }
            End::TooBig => {
                count(&self.metrics.cut_connections);
                let failure = Failure::request(format!(
                    "a message is larger than the {} bytes that --max-message allows",
                    self.most_message
                ));
                let frame = ReturnAddress::unknown().frame(&Err(failure));
                let _ = outbound.send(Message::Text(frame.into()));
                outbound.close(TOO_BIG, "the message is too big");
            }
        }
        drop(outbound);
        let is_gone = matches!(end, End::Gone);
        let _ = tokio::time::timeout(FAREWELL, async {
            let _ = sending.await;
            // Closing a socket with unread bytes in it would take what was just sent from the
            // client, so the client goes first.
            if !is_gone {
                while let Some(Ok(_)) = stream.next().await {}
                if matches!(end, End::TooBig) {
                    tokio::time::sleep(FAREWELL).await;
                }
            }
        })
        .await;
    }

    async fn exchange(
        &self,
        stream: &mut futures_util::stream::SplitStream<WebSocket>,
        outbound: &Outbound,
    ) -> End {
        let mut pipeline = Pipeline::new(Arc::clone(&self.metrics));
        let mut pings = tokio::time::interval_at(Instant::now() + self.ping_every, self.ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let silence = self.ping_every.mul_f64(2.5);
        let mut heard = Instant::now();
        let mut is_stopping = false;
        let mut stopping = self.stopping.clone();
        let mut stop = std::pin::pin!(async move { stopping.requested().await });
        loop {
            if is_stopping && pipeline.len() == 0 {
                return End::Stopped;
            }
            let may_read = !is_stopping && pipeline.len() < self.most_pending;
            let sent = tokio::select! {
                () = &mut stop, if !is_stopping => {
                    is_stopping = true;
                    Ok(())
                }
                Some(reply) = pipeline.next() => outbound.send(Message::Text(reply.into())),
                incoming = stream.next(), if may_read => {
                    heard = Instant::now();
                    match incoming {
                        Some(Ok(Message::Text(text))) => {
                            let answering = self.operations.answer(text.as_str());
                            pipeline.push(answering);
                            Ok(())
                        }
                        Some(Ok(Message::Binary(_))) => outbound.send(no_binary()),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                        Some(Ok(Message::Close(_))) | None => return End::Gone,
                        Some(Err(error)) if is_too_big(&error) => return End::TooBig,
                        Some(Err(_)) => return End::Gone,
                    }
                }
                _ = pings.tick() => {
                    if may_read && heard.elapsed() > silence {
                        return End::Cut;
                    }
                    outbound.send(Message::Ping(Default::default()))
                }
            };
            if let Err(CutOff) = sent {
                return End::Cut;
            }
        }
    }
}

fn no_binary() -> Message {
    let failure = Failure::request(
        "this frame is binary; send text frames, each with one JSON object".into(),
    );
    Message::Text(ReturnAddress::unknown().frame(&Err(failure)).into())
}

fn is_too_big(error: &axum::Error) -> bool {
    error.to_string().contains("too long")
}
