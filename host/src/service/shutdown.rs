//! The host's stop: its signals, and how connections learn of it.

use tokio::sync::watch;

/// Resolves on SIGTERM or Ctrl-C. Listens from the call on, not only once it is awaited.
///
/// # Errors
/// When the system does not let signals be listened to.
#[cfg(unix)]
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}

/// Resolves on Ctrl-C.
///
/// # Errors
/// Never, on this system.
#[cfg(not(unix))]
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// Asks every connection to stop, and waits for the last one.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// Held by every connection and download; resolves when they have to stop.
#[derive(Debug, Clone)]
pub struct Stopping(watch::Receiver<bool>);

impl Stopper {
    pub fn new() -> (Self, Stopping) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stopping(receiver))
    }

    /// Asks all connections to stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Resolves when every [`Stopping`] is dropped.
    pub async fn all_stopped(&self) {
        self.0.closed().await;
    }
}

impl Stopping {
    /// Resolves when it is time to stop.
    pub async fn requested(&mut self) {
        if self.0.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
