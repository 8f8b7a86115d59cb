//! What goes out on one connection, and how much of it may wait for a client that does not read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How many messages are taken between two flushes.
const MESSAGES_A_FLUSH: usize = 256;

/// The sending side of a connection.
pub struct Outbound {
    messages: UnboundedSender<Message>,
    unread: Arc<AtomicUsize>,
    most_unread: usize,
}

/// The client lets too much pile up, or is gone.
#[derive(Debug)]
pub struct CutOff;

impl Outbound {
    /// A queue, and the work that sends what is in it. The work ends when the queue is dropped and
    /// empty, or when the client takes nothing for that long.
    pub fn new(
        sink: SplitSink<WebSocket, Message>,
        most_unread: usize,
        patience: Duration,
    ) -> (Self, impl Future<Output = Result<(), CutOff>>) {
        let (messages, waiting) = unbounded_channel();
        let unread = Arc::new(AtomicUsize::new(0));
        let work = send_all(sink, waiting, Arc::clone(&unread), patience);
        let outbound = Self {
            messages,
            unread,
            most_unread,
        };
        (outbound, work)
    }

    /// Queues a message.
    pub fn send(&self, message: Message) -> Result<(), CutOff> {
        let size = size(&message);
        let before = self.unread.fetch_add(size, Ordering::Relaxed);
        if before > 0 && before + size > self.most_unread {
            return Err(CutOff);
        }
        self.messages.send(message).map_err(|_| CutOff)
    }

    /// Queues the closing of the connection.
    pub fn close(&self, code: u16, reason: &'static str) {
        let _ = self.messages.send(Message::Close(Some(CloseFrame {
            code,
            reason: reason.into(),
        })));
    }
}

fn size(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => 0,
    }
}

async fn send_all(
    mut sink: SplitSink<WebSocket, Message>,
    mut waiting: UnboundedReceiver<Message>,
    unread: Arc<AtomicUsize>,
    patience: Duration,
) -> Result<(), CutOff> {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, MESSAGES_A_FLUSH).await > 0 {
        for message in batch.drain(..) {
            let size = size(&message);
            in_time(patience, sink.feed(message)).await?;
            unread.fetch_sub(size, Ordering::Relaxed);
        }
        in_time(patience, sink.flush()).await?;
    }
    Ok(())
}

async fn in_time(
    patience: Duration,
    sending: impl Future<Output = Result<(), axum::Error>>,
) -> Result<(), CutOff> {
    match tokio::time::timeout(patience, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(CutOff),
    }
}
