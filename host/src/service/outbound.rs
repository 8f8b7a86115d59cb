//! The send queue of one connection, and its limits.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncWrite;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::cut_off::CutOff;
use super::memory_budget::MemoryBudget;
use super::unsent_bytes::SendShare;
use super::websocket::{FrameWriter, Message};
use super::write_timeout::{Traffic, is_write_timeout};

/// How many messages are taken between two flushes.
const MESSAGES_A_FLUSH: usize = 256;

/// The sending side of a connection.
pub struct Outbound {
    messages: UnboundedSender<Message>,
    unsent: Arc<Unsent>,
    send_buffer_limit: usize,
}

/// The bytes that are not sent to this client yet.
struct Unsent {
    bytes: AtomicUsize,
    share: SendShare,
}

/// Why nothing more is sent.
#[derive(Debug)]
pub enum SendFailure {
    /// The client does not read.
    CutOff(CutOff),
    /// The connection failed: the client is gone.
    Gone(io::Error),
    /// Sending had ended before; its own result says why.
    Ended,
}

impl From<io::Error> for SendFailure {
    fn from(error: io::Error) -> Self {
        if is_write_timeout(&error) {
            Self::CutOff(CutOff::Stalled)
        } else {
            Self::Gone(error)
        }
    }
}

impl Outbound {
    /// A queue, and the future that sends its messages. The future ends when the queue is dropped and empty,
    /// or when the connection fails, for instance by the write timeout.
    pub fn new<W: AsyncWrite + Unpin>(
        writer: FrameWriter<W>,
        send_buffer_limit: usize,
        memory: &Arc<MemoryBudget>,
        traffic: &Traffic,
    ) -> (Self, impl Future<Output = Result<(), SendFailure>> + use<W>) {
        let (messages, waiting) = unbounded_channel();
        let unsent = Arc::new(Unsent {
            bytes: AtomicUsize::new(0),
            share: memory.share(traffic.clone()),
        });
        let work = send_all(writer, waiting, Arc::clone(&unsent));
        let outbound = Self {
            messages,
            unsent,
            send_buffer_limit,
        };
        (outbound, work)
    }

    /// Queues a message.
    pub fn send(&self, message: Message) -> Result<(), SendFailure> {
        let size = message.size();
        let before = self.unsent.bytes.fetch_add(size, Ordering::Relaxed);
        if before > 0 && before + size > self.send_buffer_limit {
            return Err(SendFailure::CutOff(CutOff::Unread));
        }
        self.unsent.share.add(size);
        self.messages.send(message).map_err(|_| SendFailure::Ended)
    }

    /// Whether the client has something to read before it sees a new message, such as a ping.
    pub fn is_busy(&self) -> bool {
        self.unsent.bytes.load(Ordering::Relaxed) > 0
    }

    /// Resolves with the reason when this client is to be cut off because of the memory of all of them.
    pub async fn cut_off(&self) -> CutOff {
        self.unsent.share.cut_off().await
    }

    /// Queues the closing of the connection.
    pub fn close(&self, code: u16, reason: &'static str) {
        let _ = self.messages.send(Message::Close(code, reason));
    }
}

async fn send_all(
    mut writer: FrameWriter<impl AsyncWrite + Unpin>,
    mut waiting: UnboundedReceiver<Message>,
    unsent: Arc<Unsent>,
) -> Result<(), SendFailure> {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, MESSAGES_A_FLUSH).await > 0 {
        let bytes: usize = batch.iter().map(Message::size).sum();
        for message in batch.drain(..) {
            writer.feed(&message).await?;
        }
        writer.flush().await?;
        unsent.bytes.fetch_sub(bytes, Ordering::Relaxed);
        unsent.share.remove(bytes);
    }
    Ok(())
}
