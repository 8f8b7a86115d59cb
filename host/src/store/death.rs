//! Whether a part that the store cannot do without has ended.

use tokio::sync::watch;

/// Is told by the part, also when that panics, and asked by who has to end the host.
#[derive(Debug)]
pub struct Death(watch::Sender<Option<&'static str>>);

/// Held by a part while it works.
pub struct LastWord<'a> {
    death: &'a Death,
    text: &'static str,
}

impl Death {
    pub fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// A part begins; `text` says that it has ended.
    pub const fn last_word(&self, text: &'static str) -> LastWord<'_> {
        LastWord { death: self, text }
    }

    /// Why; none while all live.
    pub fn cause(&self) -> Option<&'static str> {
        *self.0.borrow()
    }

    /// Resolves with the cause once there is one.
    pub async fn died(&self) -> String {
        let mut cause = self.0.subscribe();
        let found = cause.wait_for(Option::is_some).await.map(|cause| *cause);
        match found {
            Ok(cause) => cause.unwrap_or_default().to_owned(),
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for LastWord<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.death.0.send_replace(Some(self.text));
        }
    }
}
