//! One WebSocket connection.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::OptionFuture;
use futures_util::{Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, split};
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, MissedTickBehavior};

use super::cut_off::CutOff;
use super::histogram::count;
use super::memory_budget::{MemoryBudget, MemoryPermit};
use super::metrics::Metrics;
use super::outbound::{Outbound, SendFailure};
use super::pipeline::Pipeline;
use super::shutdown::Stopping;
use super::websocket::{FrameReader, FrameWriter, Incoming, Message, ReadFailure};
use super::write_timeout::Traffic;
use crate::operations::{Answering, Failure, Operations, ReturnAddress};
use crate::store::now_in_milliseconds;
use codebolt_event_log::refusal::RefusalCode;

/// Close codes of RFC 6455.
const GOING_AWAY: u16 = 1001;
const BROKEN: u16 = 1002;
const NO_UTF_8: u16 = 1007;
const TOO_BIG: u16 = 1009;
const TRY_AGAIN: u16 = 1013;
/// Larger frames are parsed on a thread of their own, so that they do not delay other connections.
const LARGE: usize = 64 * 1024;
/// How long a client has to read the reason for a close, and to close its side.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// What a connection needs.
#[derive(Clone)]
pub struct Connection {
    pub operations: Operations,
    pub metrics: Arc<Metrics>,
    pub memory: Arc<MemoryBudget>,
    pub stopping: Stopping,
    pub most_pending: usize,
    pub send_buffer_limit: usize,
    pub most_message: usize,
    pub ping_every: Duration,
}

/// Why a connection ended.
enum End {
    /// The client is gone.
    Gone,
    /// The client closed it, with this code.
    Closed(u16),
    /// The host is going down, and everything was answered.
    Stopped,
    /// Nothing more can be, or is to be, sent.
    Unsent(SendFailure),
    /// The client gets an error, and the connection is closed with this code and reason.
    Refused(RefusalCode, u16, &'static str, String),
}

impl End {
    const fn cut(why: CutOff) -> Self {
        Self::Unsent(SendFailure::CutOff(why))
    }

    /// How a connection ends whose sending has ended.
    fn of_sending(sent: Result<Result<(), SendFailure>, JoinError>) -> Self {
        match sent {
            Ok(Err(failure)) => Self::Unsent(failure),
            Ok(Ok(())) | Err(_) => Self::Unsent(SendFailure::Ended),
        }
    }
}

/// A large frame after parsing; `None` when it is not UTF-8.
type Parsed = Option<(Answering, Option<MemoryPermit>)>;

impl Connection {
    /// Serves a connection until either side closes it.
    pub async fn serve(
        mut self,
        socket: impl AsyncRead + AsyncWrite + Send + 'static,
        traffic: &Traffic,
    ) {
        self.operations = self.operations.for_another();
        count(&self.metrics.accepted_connections);
        count(&self.metrics.open_connections);
        let metrics = Arc::clone(&self.metrics);
        self.run(socket, traffic).await;
        metrics.open_connections.fetch_sub(1, Ordering::Relaxed);
    }

    async fn run(self, socket: impl AsyncRead + AsyncWrite + Send + 'static, traffic: &Traffic) {
        let (reading, writing) = split(socket);
        let memory = Arc::clone(&self.memory);
        let reader = FrameReader::new(reading, memory, traffic.clone(), self.most_message);
        let mut stream = pin!(reader.into_stream());
        let writer = FrameWriter::new(writing);
        let (outbound, sending) =
            Outbound::new(writer, self.send_buffer_limit, &self.memory, traffic);
        let mut sending = tokio::spawn(sending);
        let end = tokio::select! {
            end = self.exchange(stream.as_mut(), &outbound, traffic) => match end {
                End::Unsent(SendFailure::Ended) => End::of_sending((&mut sending).await),
                end => end,
            },
            sent = &mut sending => End::of_sending(sent),
            why = outbound.cut_off() => End::cut(why),
        };
        let is_gone = matches!(end, End::Gone | End::Closed(_));
        match end {
            End::Gone => {}
            End::Closed(code) => outbound.close(code, ""),
            End::Stopped => outbound.close(GOING_AWAY, "the host is going down"),
            End::Unsent(why) => {
                match why {
                    SendFailure::CutOff(why) => {
                        count(&self.metrics.cut_connections);
                        tracing::warn!("a connection was cut off: {why}");
                    }
                    SendFailure::Gone(error) => {
                        tracing::debug!(%error, "a client went before it had its replies");
                    }
                    // It panicked; the log has the reason.
                    SendFailure::Ended => {}
                }
                sending.abort();
                return;
            }
            End::Refused(why, code, reason, text) => {
                count(&self.metrics.cut_connections);
                let frame = ReturnAddress::unknown()
                    .frame(&Err(Failure::new(why, text)), now_in_milliseconds());
                let _ = outbound.send(Message::Text(vec![frame.into()]));
                outbound.close(code, reason);
            }
        }
        drop(outbound);
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, async {
            let _ = sending.await;
            // Closing a socket with unread bytes would make the client lose the last messages, so the
            // client closes first.
            if !is_gone {
                while stream.next().await.is_some() {}
            }
        })
        .await;
    }

    async fn exchange(
        &self,
        mut stream: Pin<&mut impl Stream<Item = Result<Incoming, ReadFailure>>>,
        outbound: &Outbound,
        traffic: &Traffic,
    ) -> End {
        let mut pipeline = Pipeline::new(Arc::clone(&self.metrics));
        let mut pings = tokio::time::interval_at(Instant::now() + self.ping_every, self.ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let silence = self.ping_every.mul_f64(2.5);
        let (mut heard, mut bytes) = (Instant::now(), traffic.bytes());
        let mut is_stopping = false;
        let mut stopping = self.stopping.clone();
        let mut stop = std::pin::pin!(async move { stopping.requested().await });
        // A large frame that is being parsed; the next one waits for it.
        let mut parsing: Option<JoinHandle<Parsed>> = None;
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
                Some(reply) = pipeline.next() => outbound.send(Message::Text(reply)),
                Some(parsed) = OptionFuture::from(parsing.as_mut()) => {
                    parsing = None;
                    match parsed {
                        Ok(Some((answering, permit))) => {
                            pipeline.push(answering, permit);
                            Ok(())
                        }
                        Ok(None) => return no_utf_8(),
                        // It panicked; the log has the reason.
                        Err(_) => return End::Gone,
                    }
                }
                incoming = stream.next(), if may_read => {
                    heard = Instant::now();
                    match incoming {
                        Some(Ok(Incoming::Text(text, permit))) if text.len() > LARGE => {
                            let operations = self.operations.clone();
                            let parse = move || parse(&operations, text, permit);
                            parsing = Some(tokio::task::spawn_blocking(parse));
                            Ok(())
                        }
                        Some(Ok(Incoming::Text(text, permit))) => {
                            let Some((answering, permit)) = parse(&self.operations, text, permit) else {
                                return no_utf_8();
                            };
                            pipeline.push(answering, permit);
                            Ok(())
                        }
                        Some(Ok(Incoming::Binary)) => outbound.send(no_binary()),
                        Some(Ok(Incoming::Ping(bytes))) => outbound.send(Message::Pong(bytes)),
                        Some(Ok(Incoming::Pong)) => Ok(()),
                        Some(Ok(Incoming::Close(code))) => return End::Closed(code.unwrap_or(1000)),
                        Some(Err(failure)) => return self.unreadable(failure),
                        None => return End::Gone,
                    }
                }
                _ = pings.tick() => {
                    // A part of a long message is a sign of life, too. A client that is still reading a
                    // long reply has seen no ping; the write timeout checks whether it reads.
                    if traffic.bytes() != bytes || outbound.is_busy() || traffic.is_held() {
                        (heard, bytes) = (Instant::now(), traffic.bytes());
                    }
                    if may_read && heard.elapsed() > silence {
                        return End::cut(CutOff::Silent);
                    }
                    outbound.send(Message::Ping)
                }
            };
            if let Err(failure) = sent {
                return End::Unsent(failure);
            }
        }
    }

    /// How a connection ends that cannot be read any more.
    fn unreadable(&self, failure: ReadFailure) -> End {
        match failure {
            ReadFailure::Gone => End::Gone,
            ReadFailure::TooBig => End::Refused(
                RefusalCode::LimitExceeded,
                TOO_BIG,
                "the message is too big",
                format!(
                    "a message is larger than the {} bytes that --max-message allows",
                    self.most_message
                ),
            ),
            ReadFailure::Stalled => End::Refused(
                RefusalCode::Busy,
                TRY_AGAIN,
                "a message came too slowly",
                "a message grew by less than 64 KiB in 5 s while others waited for the memory that it holds (--max-memory); send it again, as a whole or in several smaller ones".into(),
            ),
            ReadFailure::Broken(why) => End::Refused(
                RefusalCode::InvalidRequest,
                BROKEN,
                why,
                format!("this is against the WebSocket protocol: {why}"),
            ),
        }
    }
}

fn parse(operations: &Operations, text: Vec<u8>, permit: Option<MemoryPermit>) -> Parsed {
    let text = String::from_utf8(text).ok()?;
    Some((operations.answer(&text), permit))
}

fn no_utf_8() -> End {
    End::Refused(
        RefusalCode::InvalidRequest,
        NO_UTF_8,
        "a text frame that is not UTF-8",
        "expected UTF-8 in a text frame, got other bytes; send UTF-8 text, each frame with one JSON object".into(),
    )
}

fn no_binary() -> Message {
    let failure = Failure::request(
        "expected a text frame, got a binary one; send text frames, each with one JSON object"
            .into(),
    );
    let frame = ReturnAddress::unknown().frame(&Err(failure), now_in_milliseconds());
    Message::Text(vec![frame.into()])
}
