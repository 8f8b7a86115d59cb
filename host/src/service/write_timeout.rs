//! The write timeout: a connection fails when the client stops reading.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// What is known of a connection's traffic: the bytes received, whether or not they are a whole message
/// yet, and when the client last read something.
#[derive(Debug, Clone, Default)]
pub struct Traffic(Arc<Count>);

#[derive(Debug, Default)]
struct Count {
    bytes: AtomicU64,
    is_held: AtomicBool,
    /// When the client last read something, in milliseconds since the process started.
    taken: AtomicU64,
}

fn milliseconds() -> u64 {
    static STARTED: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let elapsed = STARTED.get_or_init(Instant::now).elapsed();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

impl Traffic {
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// Whether the host itself does not read, because a message waits for its memory permit.
    pub fn is_held(&self) -> bool {
        self.0.is_held.load(Ordering::Relaxed)
    }

    /// How long ago the client last read something.
    pub fn since_taken(&self) -> Duration {
        let taken = self.0.taken.load(Ordering::Relaxed);
        Duration::from_millis(milliseconds().saturating_sub(taken))
    }

    /// Notes that the client reads.
    pub fn set_taken(&self) {
        self.0.taken.store(milliseconds(), Ordering::Relaxed);
    }

    /// Notes whether the host stops reading.
    pub fn set_held(&self, is_held: bool) {
        self.0.is_held.store(is_held, Ordering::Relaxed);
    }
}

/// A stream that fails when a write makes no progress for the write timeout.
pub struct WriteTimeout<S> {
    stream: S,
    traffic: Traffic,
    write_timeout: Duration,
    /// Runs while a write waits.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> WriteTimeout<S> {
    pub const fn new(stream: S, write_timeout: Duration, traffic: Traffic) -> Self {
        Self {
            stream,
            traffic,
            write_timeout,
            stalled: None,
        }
    }

    fn or_stalled<T>(
        &mut self,
        context: &mut Context<'_>,
        progress: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.traffic.set_taken();
            self.stalled = None;
            return progress;
        }
        let write_timeout = self.write_timeout;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(write_timeout)));
        ready!(stalled.as_mut().poll(context));
        self.stalled = None;
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the other side takes nothing",
        )))
    }
}

/// Whether a write failed by its timeout. The system's own timeout has a code: the other side is gone then.
pub fn is_write_timeout(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::TimedOut && error.raw_os_error().is_none()
}

impl<S: AsyncRead + Unpin> AsyncRead for WriteTimeout<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let count = buffer.filled().len().saturating_sub(before);
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.traffic.0.bytes.fetch_add(count, Ordering::Relaxed);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WriteTimeout<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.or_stalled(context, progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.or_stalled(context, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::{Traffic, WriteTimeout, is_write_timeout};

    #[tokio::test]
    async fn a_write_without_progress_fails_and_one_with_progress_does_not() {
        let (near, mut far) = duplex(16);
        let mut near = WriteTimeout::new(near, Duration::from_millis(100), Traffic::default());
        let reading = tokio::spawn(async move {
            let mut taken = [0; 64];
            for _ in 0..8 {
                tokio::time::sleep(Duration::from_millis(30)).await;
                far.read_exact(&mut taken[..16]).await.unwrap();
            }
            far
        });
        near.write_all(&[1; 128]).await.unwrap();
        let _far = reading.await.unwrap();
        let failed = near.write_all(&[1; 64]).await.unwrap_err();
        assert!(is_write_timeout(&failed), "{failed}");
    }

    #[test]
    fn a_timeout_of_the_systems_own_is_another_one() {
        let of_system = std::io::Error::from_raw_os_error(110);
        assert_eq!(of_system.kind(), std::io::ErrorKind::TimedOut);
        assert!(!is_write_timeout(&of_system));
    }
}
