//! The memory of the message that a connection receives, and whether the message makes use of it.

use std::io;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::read_failure::ReadFailure;
use crate::service::memory_budget::{MemoryBudget, MemoryPermit};

/// While others wait for memory, a message with a permit has to progress by so many bytes in this time.
pub const STALL_TIMEOUT: Duration = Duration::from_secs(5);
const PROGRESS: usize = 64 * 1024;
/// A client that has sent so many bytes was heard, and what did not progress by then is not for want of reading.
const HEARD: usize = 4 * PROGRESS;

/// The permit of a message that is being received. It lasts over all frames of the message and the control frames
/// between them, and so does what is known of the message's progress.
#[derive(Debug)]
pub struct Reservation {
    permit: MemoryPermit,
    stall_timeout: Duration,
    /// When the progress is looked at next.
    until: Instant,
    /// The message's length when it was looked at last.
    length: usize,
    /// What has come since, of whatever frames.
    received: usize,
}

impl Reservation {
    /// A permit for a message of which so much has come.
    pub fn new(permit: MemoryPermit, length: usize, stall_timeout: Duration) -> Self {
        Self {
            permit,
            stall_timeout,
            until: Instant::now() + stall_timeout,
            length,
            received: 0,
        }
    }

    /// The permit of the whole message.
    pub fn into_permit(mut self, length: usize) -> MemoryPermit {
        self.permit.shrink_to(length);
        self.permit
    }

    /// Waits for a read; the message has this length before it. Fails when the message has not progressed enough
    /// in the time, and others wait for memory. The host may not have run for a while: what has come meanwhile is
    /// read first, up to a bound, so that a client that sends other frames instead is found as well.
    pub async fn wait(
        &mut self,
        read: impl Future<Output = io::Result<usize>>,
        length: usize,
        memory: &MemoryBudget,
    ) -> Result<usize, ReadFailure> {
        if self.received >= HEARD && Instant::now() >= self.until {
            self.look(length, memory)?;
        }
        let mut read = pin!(read);
        loop {
            match timeout_at(self.until, read.as_mut()).await {
                Ok(read) => {
                    let count = read.map_err(|_| ReadFailure::Gone)?;
                    self.received = self.received.saturating_add(count);
                    return Ok(count);
                }
                Err(_) => self.look(length, memory)?,
            }
        }
    }

    fn look(&mut self, length: usize, memory: &MemoryBudget) -> Result<(), ReadFailure> {
        if length < self.length.saturating_add(PROGRESS) && memory.has_waiters() {
            return Err(ReadFailure::Stalled);
        }
        self.until = Instant::now() + self.stall_timeout;
        self.length = length;
        self.received = 0;
        Ok(())
    }
}
