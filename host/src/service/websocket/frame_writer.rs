//! Writes frames to a client.

use std::borrow::Cow;
use std::io;

use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Parts up to this length are put together; longer ones go out as they are.
const COPIED: usize = 16 * 1024;
/// How much is put together before it is sent.
const BUFFER: usize = 64 * 1024;

/// A message to a client.
#[derive(Debug)]
pub enum Message {
    /// A message of text, in parts.
    Text(Vec<Cow<'static, str>>),
    /// A ping.
    Ping,
    /// A pong, with the bytes of its ping.
    Pong(Vec<u8>),
    /// The end of the connection: a code and why.
    Close(u16, &'static str),
}

/// What a message takes in memory besides its text: its place in a queue, and what is allocated for it.
const OVERHEAD: usize = 256;

impl Message {
    /// What it takes in memory while it waits, in bytes.
    pub fn footprint(&self) -> usize {
        let parts = match self {
            Self::Text(parts) => parts.len(),
            _ => 0,
        };
        OVERHEAD + parts * size_of::<Cow<'static, str>>() + self.size()
    }

    /// The length of its payload in bytes.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(parts) => parts.iter().map(|part| part.len()).sum(),
            Self::Pong(bytes) => bytes.len(),
            Self::Ping => 0,
            Self::Close(_, reason) => 2 + reason.len(),
        }
    }
}

/// The writing side of a connection.
pub struct FrameWriter<W> {
    io: W,
    buffer: Vec<u8>,
}

impl<W: AsyncWrite + Unpin> FrameWriter<W> {
    /// A writer that has sent nothing yet.
    pub const fn new(io: W) -> Self {
        Self {
            io,
            buffer: Vec::new(),
        }
    }

    /// Takes a message; [`FrameWriter::flush`] sends it at the latest.
    pub async fn feed(&mut self, message: &Message) -> io::Result<()> {
        let opcode = match message {
            Message::Text(_) => 1,
            Message::Close(..) => 8,
            Message::Ping => 9,
            Message::Pong(_) => 10,
        };
        self.buffer.push(0x80 | opcode);
        let size = message.size();
        match (u8::try_from(size), u16::try_from(size)) {
            (Ok(short @ 0..=125), _) => self.buffer.push(short),
            (_, Ok(medium)) => {
                self.buffer.push(126);
                self.buffer.extend(medium.to_be_bytes());
            }
            _ => {
                self.buffer.push(127);
                self.buffer
                    .extend(u64::try_from(size).unwrap_or(u64::MAX).to_be_bytes());
            }
        }
        match message {
            Message::Text(parts) => {
                for part in parts {
                    if part.len() > COPIED {
                        self.send().await?;
                        self.io.write_all(part.as_bytes()).await?;
                    } else {
                        self.buffer.extend(part.as_bytes());
                    }
                    if self.buffer.len() >= BUFFER {
                        self.send().await?;
                    }
                }
            }
            Message::Pong(bytes) => self.buffer.extend(bytes),
            Message::Close(code, reason) => {
                self.buffer.extend(code.to_be_bytes());
                self.buffer.extend(reason.as_bytes());
            }
            Message::Ping => {}
        }
        if self.buffer.len() >= BUFFER {
            self.send().await?;
        }
        Ok(())
    }

    async fn send(&mut self) -> io::Result<()> {
        self.io.write_all(&self.buffer).await?;
        self.buffer.clear();
        Ok(())
    }

    /// Sends all messages that were taken.
    pub async fn flush(&mut self) -> io::Result<()> {
        self.send().await?;
        // An idle connection holds no buffer.
        self.buffer = Vec::new();
        self.io.flush().await
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]
mod tests {
    use super::{FrameWriter, Message};

    #[tokio::test]
    async fn frames_have_the_shortest_header_that_says_their_length() {
        for (length, header) in [
            (0, vec![0x81, 0]),
            (125, vec![0x81, 125]),
            (126, vec![0x81, 126, 0, 126]),
            (65_535, vec![0x81, 126, 255, 255]),
            (65_536, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let mut out = Vec::new();
            let mut writer = FrameWriter::new(&mut out);
            writer
                .feed(&Message::Text(vec![
                    "x".repeat(length / 2).into(),
                    "x".repeat(length - length / 2).into(),
                ]))
                .await
                .unwrap();
            writer.feed(&Message::Pong(vec![1])).await.unwrap();
            writer.feed(&Message::Close(1001, "bye")).await.unwrap();
            writer.flush().await.unwrap();
            let (head, rest) = out.split_at(header.len());
            assert_eq!(head, header);
            assert_eq!(rest.len(), length + 3 + 7);
            assert_eq!(
                rest[length..],
                [0x8a, 1, 1, 0x88, 5, 0x03, 0xe9, b'b', b'y', b'e']
            );
        }
    }
}
