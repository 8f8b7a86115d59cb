//! What goes out on one connection, and how much of it may wait for a client that does not read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncWrite;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::memory::{Memory, UnsentShare};
use super::stalls::Received;
use super::websocket::{FrameWriter, Message};

/// How many messages are taken between two flushes.
const MESSAGES_A_FLUSH: usize = 256;

/// The sending side of a connection.
pub struct Outbound {
    messages: UnboundedSender<Message>,
    unread: Arc<Unread>,
    send_buffer_limit: usize,
}

/// What this client has not taken yet.
struct Unread {
    bytes: AtomicUsize,
    share: UnsentShare,
}

/// The client lets too much pile up, or is gone.
#[derive(Debug)]
pub struct CutOff;

impl Outbound {
    /// A queue, and the work that sends what is in it. The work ends when the queue is dropped and
    /// empty, or when the connection fails, as it does when the client takes nothing for a while.
    pub fn new<W: AsyncWrite + Unpin>(
        writer: FrameWriter<W>,
        send_buffer_limit: usize,
        memory: &Arc<Memory>,
        traffic: &Received,
    ) -> (Self, impl Future<Output = Result<(), CutOff>> + use<W>) {
        let (messages, waiting) = unbounded_channel();
        let unread = Arc::new(Unread {
            bytes: AtomicUsize::new(0),
            share: memory.share(traffic.clone()),
        });
        let work = send_all(writer, waiting, Arc::clone(&unread));
        let outbound = Self {
            messages,
            unread,
            send_buffer_limit,
        };
        (outbound, work)
    }

    /// Queues a message.
    pub fn send(&self, message: Message) -> Result<(), CutOff> {
        let size = message.size();
        let before = self.unread.bytes.fetch_add(size, Ordering::Relaxed);
        if before > 0 && before + size > self.send_buffer_limit {
            return Err(CutOff);
        }
        self.unread.share.add(size);
        self.messages.send(message).map_err(|_| CutOff)
    }

    /// Whether the client has something to take before it sees anything new, such as a ping.
    pub fn is_busy(&self) -> bool {
        self.unread.bytes.load(Ordering::Relaxed) > 0
    }

    /// Resolves when this client has most of what all have not taken, and that is too much.
    pub async fn cut_off(&self) {
        self.unread.share.cut_off().await;
    }

    /// Queues the closing of the connection.
    pub fn close(&self, code: u16, reason: &'static str) {
        let _ = self.messages.send(Message::Close(code, reason));
    }
}

async fn send_all(
    mut writer: FrameWriter<impl AsyncWrite + Unpin>,
    mut waiting: UnboundedReceiver<Message>,
    unread: Arc<Unread>,
) -> Result<(), CutOff> {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, MESSAGES_A_FLUSH).await > 0 {
        let bytes: usize = batch.iter().map(Message::size).sum();
        for message in batch.drain(..) {
            writer.feed(&message).await.map_err(|_| CutOff)?;
        }
        writer.flush().await.map_err(|_| CutOff)?;
        unread.bytes.fetch_sub(bytes, Ordering::Relaxed);
        unread.share.remove(bytes);
    }
    Ok(())
}
