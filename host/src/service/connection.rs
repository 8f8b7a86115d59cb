//! One WebSocket connection.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::StreamExt;
use futures_util::future::OptionFuture;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

use super::metrics::{Metrics, count};
use super::outbound::{CutOff, Outbound};
use super::pipeline::Pipeline;
use super::shutdown::Stopping;
use super::stalls::Received;
use crate::operations::{Answering, Failure, Operations, ReturnAddress};
use crate::store::now_in_milliseconds;

/// Close codes of RFC 6455.
const GOING_AWAY: u16 = 1001;
const TOO_BIG: u16 = 1009;
/// Bytes of a frame that is parsed on a thread of its own, so that it holds up no other connection.
const LARGE: usize = 64 * 1024;
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
    pub async fn serve(mut self, socket: WebSocket, received: &Received) {
        self.operations = self.operations.for_another();
        count(&self.metrics.accepted_connections);
        count(&self.metrics.open_connections);
        let metrics = Arc::clone(&self.metrics);
        self.run(socket, received).await;
        metrics.open_connections.fetch_sub(1, Ordering::Relaxed);
    }

    async fn run(self, socket: WebSocket, received: &Received) {
        let (sink, mut stream) = socket.split();
        let (outbound, sending) = Outbound::new(sink, self.most_unread);
        let mut sending = tokio::spawn(sending);
        let end = tokio::select! {
            end = self.exchange(&mut stream, &outbound, received) => end,
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
                let frame = ReturnAddress::unknown().frame(&Err(failure), now_in_milliseconds());
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
        received: &Received,
    ) -> End {
        let mut pipeline = Pipeline::new(Arc::clone(&self.metrics));
        let mut pings = tokio::time::interval_at(Instant::now() + self.ping_every, self.ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let silence = self.ping_every.mul_f64(2.5);
        let (mut heard, mut bytes) = (Instant::now(), received.bytes());
        let mut is_stopping = false;
        let mut stopping = self.stopping.clone();
        let mut stop = std::pin::pin!(async move { stopping.requested().await });
        // A large frame that is being parsed; the next one waits for it.
        let mut parsing: Option<JoinHandle<Answering>> = None;
        loop {
            if is_stopping && pipeline.len() == 0 && parsing.is_none() {
                return End::Stopped;
            }
            let may_read = !is_stopping && parsing.is_none() && pipeline.len() < self.most_pending;
            let sent = tokio::select! {
                () = &mut stop, if !is_stopping => {
                    is_stopping = true;
                    Ok(())
                }
                Some(reply) = pipeline.next() => outbound.send(Message::Text(reply.into())),
                Some(parsed) = OptionFuture::from(parsing.as_mut()) => {
                    parsing = None;
                    match parsed {
                        Ok(answering) => {
                            pipeline.push(answering);
                            Ok(())
                        }
                        // A panic, of which the log tells.
                        Err(_) => return End::Gone,
                    }
                }
                incoming = stream.next(), if may_read => {
                    heard = Instant::now();
                    match incoming {
                        Some(Ok(Message::Text(text))) if text.len() > LARGE => {
                            let operations = self.operations.clone();
                            let parse = move || operations.answer(text.as_str());
                            parsing = Some(tokio::task::spawn_blocking(parse));
                            Ok(())
                        }
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
                    // A part of a long message is a sign of life, too. Who has not taken a long reply
                    // yet has seen no ping; whether he takes it is looked at where it is written.
                    if received.bytes() != bytes || outbound.is_busy() {
                        (heard, bytes) = (Instant::now(), received.bytes());
                    }
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
    Message::Text(
        ReturnAddress::unknown()
            .frame(&Err(failure), now_in_milliseconds())
            .into(),
    )
}

fn is_too_big(error: &axum::Error) -> bool {
    error.to_string().contains("too long")
}
