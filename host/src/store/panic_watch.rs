//! Reports when a thread or task that the store needs has panicked.

use tokio::sync::watch;

/// Learns of a panic through the guards that it hands out. The service asks it whether to end the host.
#[derive(Debug)]
pub struct PanicWatch(watch::Sender<Option<&'static str>>);

/// A thread or task holds it while it works. Dropping it in a panic reports that.
pub struct PanicGuard<'a> {
    panics: &'a PanicWatch,
    text: &'static str,
}

impl PanicWatch {
    pub fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// A guard for a thread or task; `text` describes the panic to the user.
    pub const fn guard(&self, text: &'static str) -> PanicGuard<'_> {
        PanicGuard { panics: self, text }
    }

    /// The text of the first panic, if there was one.
    pub fn cause(&self) -> Option<&'static str> {
        *self.0.borrow()
    }

    /// Resolves with that text once there is one.
    pub async fn panicked(&self) -> String {
        let mut cause = self.0.subscribe();
        let found = cause.wait_for(Option::is_some).await.map(|cause| *cause);
        match found {
            Ok(cause) => cause.unwrap_or_default().to_owned(),
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for PanicGuard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.panics.0.send_replace(Some(self.text));
        }
    }
}
