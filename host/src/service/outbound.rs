//! What goes out on one connection, and how much of it may wait for a client that does not read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    /// empty, or when the connection fails, as it does when the client takes nothing for a while.
    pub fn new(
        sink: SplitSink<WebSocket, Message>,
        most_unread: usize,
    ) -> (Self, impl Future<Output = Result<(), CutOff>>) {
        let (messages, waiting) = unbounded_channel();
        let unread = Arc::new(AtomicUsize::new(0));
        let work = send_all(sink, waiting, Arc::clone(&unread));
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

    /// Whether the client has something to take before it sees anything new, such as a ping.
    pub fn is_busy(&self) -> bool {
        self.unread.load(Ordering::Relaxed) > 0
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
) -> Result<(), CutOff> {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, MESSAGES_A_FLUSH).await > 0 {
        let bytes: usize = batch.iter().map(size).sum();
        for message in batch.drain(..) {
            sink.feed(message).await.map_err(|_| CutOff)?;
        }
        sink.flush().await.map_err(|_| CutOff)?;
        unread.fetch_sub(bytes, Ordering::Relaxed);
    }
    Ok(())
}
