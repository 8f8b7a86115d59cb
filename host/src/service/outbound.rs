//! The send queue of one connection, and its limits.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncWrite;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::control_frames::ControlFrames;
use super::cut_off::CutOff;
use super::memory_budget::MemoryBudget;
use super::unsent_bytes::SendShare;
use super::websocket::{FrameWriter, Message};
use super::write_timeout::{Traffic, is_write_timeout};

/// How many messages are taken between two flushes.
const MESSAGES_A_FLUSH: usize = 256;

/// The sending side of a connection.
pub struct Outbound {
    entries: UnboundedSender<Entry>,
    unsent: Arc<Unsent>,
    send_buffer_limit: usize,
}

/// An entry of the queue.
enum Entry {
    /// A reply, or the end of the connection.
    Message(Message),
    /// The oldest of the control frames.
    Control,
}

impl Entry {
    /// What it counts towards the limits.
    fn counted(&self) -> usize {
        match self {
            Self::Message(message) => message.footprint(),
            Self::Control => 0,
        }
    }
}

/// What is not sent to this client yet: the bytes of its replies, and control frames.
struct Unsent {
    control: ControlFrames,
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
        let (entries, waiting) = unbounded_channel();
        let unsent = Arc::new(Unsent {
            control: ControlFrames::default(),
            bytes: AtomicUsize::new(0),
            share: memory.share(traffic.clone()),
        });
        let work = send_all(writer, waiting, Arc::clone(&unsent));
        let outbound = Self {
            entries,
            unsent,
            send_buffer_limit,
        };
        (outbound, work)
    }

    /// Queues a message.
    pub fn send(&self, message: Message) -> Result<(), SendFailure> {
        if matches!(message, Message::Ping | Message::Pong(_)) {
            if !self.unsent.control.add(message) {
                return Ok(());
            }
            return self
                .entries
                .send(Entry::Control)
                .map_err(|_| SendFailure::Ended);
        }
        let size = message.footprint();
        let before = self.unsent.bytes.fetch_add(size, Ordering::Relaxed);
        if before > 0 && before + size > self.send_buffer_limit {
            return Err(SendFailure::CutOff(CutOff::Unread));
        }
        self.unsent.share.add(size);
        let entry = Entry::Message(message);
        self.entries.send(entry).map_err(|_| SendFailure::Ended)
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
        let message = Message::Close(code, reason);
        // What is sent is taken off the count, so it has to be in it.
        let size = message.footprint();
        self.unsent.bytes.fetch_add(size, Ordering::Relaxed);
        self.unsent.share.add(size);
        let _ = self.entries.send(Entry::Message(message));
    }
}

async fn send_all(
    mut writer: FrameWriter<impl AsyncWrite + Unpin>,
    mut waiting: UnboundedReceiver<Entry>,
    unsent: Arc<Unsent>,
) -> Result<(), SendFailure> {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, MESSAGES_A_FLUSH).await > 0 {
        let bytes: usize = batch.iter().map(Entry::counted).sum();
        for entry in batch.drain(..) {
            let message = match entry {
                Entry::Message(message) => Some(message),
                Entry::Control => unsent.control.next(),
            };
            let Some(message) = message else { continue };
            writer.feed(&message).await?;
        }
        writer.flush().await?;
        unsent.bytes.fetch_sub(bytes, Ordering::Relaxed);
        unsent.share.remove(bytes);
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::sync::Arc;

    use tokio::io::AsyncReadExt;

    use super::{FrameWriter, MemoryBudget, Message, Outbound, Traffic};

    /// Nothing is sent before the second future is polled.
    fn queue(
        limit: usize,
        memory: &Arc<MemoryBudget>,
    ) -> (
        Outbound,
        impl Future<Output = ()> + use<>,
        tokio::io::DuplexStream,
    ) {
        let (near, far) = tokio::io::duplex(1 << 20);
        let writer = FrameWriter::new(near);
        let (outbound, sending) = Outbound::new(writer, limit, memory, &Traffic::default());
        let sending = async {
            sending.await.unwrap();
        };
        (outbound, sending, far)
    }

    fn text(length: usize) -> Message {
        Message::Text(vec!["x".repeat(length).into()])
    }

    #[tokio::test]
    async fn replies_without_text_count_too() {
        let (outbound, _sending, _far) = queue(64 * 1024, &Arc::new(MemoryBudget::new(1 << 30)));
        let taken = (0..10_000)
            .take_while(|_| outbound.send(text(0)).is_ok())
            .count();
        assert!((100..1_000).contains(&taken), "{taken}");
    }

    #[tokio::test]
    async fn a_ping_cuts_nobody_off_who_reads_a_reply_over_the_limit() {
        let (outbound, sending, mut far) = queue(1000, &Arc::new(MemoryBudget::new(1 << 30)));
        outbound.send(text(2000)).unwrap();
        for _ in 0..1000 {
            outbound.send(Message::Ping).unwrap();
            outbound.send(Message::Pong(vec![7; 125])).unwrap();
        }
        assert!(outbound.send(text(1)).is_err());
        drop(outbound);
        sending.await;
        let mut all = Vec::new();
        far.read_to_end(&mut all).await.unwrap();
        assert_eq!(all.len(), 4 + 2000 + 2 + 16 * 127);
    }

    #[tokio::test]
    async fn what_is_sent_counts_no_longer_and_what_others_have_to_send_still_does() {
        let memory = Arc::new(MemoryBudget::new(1 << 30));
        let unsent = || {
            let mut text = String::new();
            memory.push_metrics(&mut text);
            let name = "codebolt_host_memory_bytes{of=\"unsent\"} ";
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().parse::<usize>().unwrap()
        };
        let (other, _other_sending, _other_far) = queue(1 << 20, &memory);
        other.send(text(5000)).unwrap();
        let before = unsent();
        assert!(before >= 5000);
        let (outbound, sending, _far) = queue(1 << 20, &memory);
        for _ in 0..100 {
            outbound.send(text(100)).unwrap();
            outbound.send(Message::Pong(vec![7; 125])).unwrap();
        }
        assert!(unsent() >= before + 10_000);
        outbound.close(1001, "the host is going down");
        drop(outbound);
        sending.await;
        assert_eq!(unsent(), before);
    }
}
