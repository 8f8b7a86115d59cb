//! Reads a client's frames, and puts its messages together.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::header::{Header, Opcode, unmask};
use super::read_failure::ReadFailure;
use super::reservation::{Reservation, STALL_TIMEOUT};
use crate::service::memory_budget::{MemoryBudget, MemoryPermit};
use crate::service::write_timeout::Traffic;

/// Bytes that are read at a time while no large message comes.
const BUFFER: usize = 16 * 1024;
/// Messages up to this length need no memory permit.
pub const SMALL: usize = 64 * 1024;

/// What a client sent.
#[derive(Debug)]
pub enum Incoming {
    /// A message of text, which may not be UTF-8, and its permit when it is a large one.
    Text(Vec<u8>, Option<MemoryPermit>),
    /// A message of bytes.
    Binary,
    /// A ping. Its pong has the same bytes.
    Ping(Vec<u8>),
    /// The answer to a ping.
    Pong,
    /// The client closes the connection, with this code. Nothing follows it.
    Close(Option<u16>),
}

/// The reading side of a connection.
pub struct FrameReader<R> {
    io: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// The message that is being received.
    message: Vec<u8>,
    is_text: Option<bool>,
    reservation: Option<Reservation>,
    memory: Arc<MemoryBudget>,
    traffic: Traffic,
    most: usize,
    pub(super) stall_timeout: Duration,
    is_over: bool,
}

impl<R: AsyncRead + Unpin + Send> FrameReader<R> {
    /// Messages may have `most` bytes.
    pub fn new(io: R, memory: Arc<MemoryBudget>, traffic: Traffic, most: usize) -> Self {
        Self {
            io,
            buffer: vec![0; BUFFER].into_boxed_slice(),
            start: 0,
            end: 0,
            message: Vec::new(),
            is_text: None,
            reservation: None,
            memory,
            traffic,
            most,
            stall_timeout: STALL_TIMEOUT,
            is_over: false,
        }
    }

    /// All messages. After a failure or a close frame it discards the rest, and ends with the connection.
    pub fn into_stream(self) -> impl Stream<Item = Result<Incoming, ReadFailure>> + Send {
        unfold(self, |mut reader| async move {
            if reader.is_over {
                reader.drain().await;
                return None;
            }
            let next = reader.next().await.transpose()?;
            reader.is_over = matches!(next, Err(_) | Ok(Incoming::Close(_)));
            if reader.is_over {
                reader.message = Vec::new();
                reader.reservation = None;
            }
            Some((next, reader))
        })
    }

    /// Reads and discards: closing a socket with unread bytes would make the client lose what was just sent.
    async fn drain(&mut self) {
        while let Ok(1..) = self.io.read(&mut self.buffer).await {}
    }

    async fn next(&mut self) -> Result<Option<Incoming>, ReadFailure> {
        loop {
            let header = loop {
                if let Some((header, size)) = Header::read(self.unread())? {
                    self.start += size;
                    break header;
                }
                if !self.fill().await? {
                    return Ok(None);
                }
            };
            match header.opcode {
                Opcode::Close | Opcode::Ping | Opcode::Pong => return self.control(header).await,
                Opcode::Continuation if self.is_text.is_none() => {
                    return Err(ReadFailure::Broken("a part that belongs to no message"));
                }
                Opcode::Text | Opcode::Binary if self.is_text.is_some() => {
                    return Err(ReadFailure::Broken(
                        "a message begins before the one before it has ended",
                    ));
                }
                Opcode::Text => self.is_text = Some(true),
                Opcode::Binary => self.is_text = Some(false),
                Opcode::Continuation => {}
            }
            let length = usize::try_from(header.length)
                .ok()
                .filter(|length| *length <= self.most.saturating_sub(self.message.len()))
                .ok_or(ReadFailure::TooBig)?;
            self.reserve(length, header.is_final).await;
            if !self.part(length, header.mask).await? {
                return Ok(None);
            }
            if header.is_final {
                let message = std::mem::take(&mut self.message);
                let reservation = self.reservation.take();
                let permit = reservation.map(|held| held.into_permit(message.len()));
                return Ok(Some(match self.is_text.take() {
                    Some(true) => Incoming::Text(message, permit),
                    _ => Incoming::Binary,
                }));
            }
        }
    }

    async fn control(&mut self, header: Header) -> Result<Option<Incoming>, ReadFailure> {
        let length = usize::try_from(header.length).unwrap_or(0);
        while self.unread().len() < length {
            if !self.fill().await? {
                return Ok(None);
            }
        }
        let mut payload = self.unread().get(..length).unwrap_or_default().to_vec();
        self.start += length;
        unmask(&mut payload, header.mask, 0);
        Ok(Some(match header.opcode {
            Opcode::Close => Incoming::Close(match payload.as_slice() {
                [] => None,
                [high, low, reason @ ..] => {
                    let code = u16::from_be_bytes([*high, *low]);
                    let is_known = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
                    if !is_known || std::str::from_utf8(reason).is_err() {
                        return Err(ReadFailure::Broken("a close that says nothing known"));
                    }
                    Some(code)
                }
                [_] => return Err(ReadFailure::Broken("a close with half a code")),
            }),
            Opcode::Ping => Incoming::Ping(payload),
            _ => Incoming::Pong,
        }))
    }

    fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads more into the buffer; false at the end of the connection.
    async fn fill(&mut self) -> Result<bool, ReadFailure> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let free = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = self.io.read(free);
        let length = self.message.len();
        let count = wait(read, &mut self.reservation, length, &self.memory).await?;
        self.end += count;
        Ok(count > 0)
    }

    /// Waits for the permit of a large message. A fragmented message has no known length, so it reserves the
    /// largest length: two messages that each wait for more than they hold would wait for ever.
    async fn reserve(&mut self, length: usize, is_final: bool) {
        let whole = self.message.len() + length;
        if whole > SMALL && self.reservation.is_none() {
            self.traffic.set_held(true);
            let wanted = if is_final { whole } else { self.most };
            let permit = self.memory.reserve(wanted).await;
            let (length, timeout) = (self.message.len(), self.stall_timeout);
            self.reservation = permit.map(|permit| Reservation::new(permit, length, timeout));
            self.traffic.set_held(false);
        }
        if is_final && self.message.is_empty() {
            self.message.reserve_exact(length);
        } else {
            self.message.reserve(length);
        }
    }

    /// Appends a frame's payload to its message; false when the connection ends before all of it came.
    async fn part(&mut self, length: usize, mask: [u8; 4]) -> Result<bool, ReadFailure> {
        let begin = self.message.len();
        loop {
            let from = self.message.len();
            let missing = length - (from - begin);
            if missing == 0 {
                return Ok(true);
            }
            let there = missing.min(self.end - self.start);
            if there == 0 && missing > BUFFER {
                let mut rest = (&mut self.io).take(u64::try_from(missing).unwrap_or(u64::MAX));
                let read = rest.read_buf(&mut self.message);
                if wait(read, &mut self.reservation, from, &self.memory).await? == 0 {
                    return Ok(false);
                }
            } else if there == 0 {
                if !self.fill().await? {
                    return Ok(false);
                }
            } else {
                let taken = self.start..self.start + there;
                self.message
                    .extend_from_slice(self.buffer.get(taken).unwrap_or_default());
                self.start += there;
            }
            unmask(
                self.message.get_mut(from..).unwrap_or_default(),
                mask,
                from - begin,
            );
        }
    }
}

/// Waits for a read; fails when a message that holds memory has not progressed, and others wait.
async fn wait(
    read: impl Future<Output = io::Result<usize>>,
    reservation: &mut Option<Reservation>,
    length: usize,
    memory: &MemoryBudget,
) -> Result<usize, ReadFailure> {
    match reservation {
        Some(reservation) => reservation.wait(read, length, memory).await,
        None => read.await.map_err(|_| ReadFailure::Gone),
    }
}
