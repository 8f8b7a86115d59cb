//! The log of a test, as an operator would read it.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::MakeWriter;

/// What this thread logs from `info` on, until it is dropped.
pub struct LogLines {
    text: Text,
    _until_dropped: tracing::subscriber::DefaultGuard,
}

#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Write for Text {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Text {
    type Writer = Self;

    fn make_writer(&'a self) -> Self::Writer {
        self.clone()
    }
}

impl LogLines {
    pub fn of_this_thread() -> Self {
        let text = Text::default();
        let log = tracing_subscriber::fmt()
            .with_writer(text.clone())
            .with_ansi(false)
            .finish();
        Self {
            text,
            _until_dropped: tracing::subscriber::set_default(log),
        }
    }

    /// The lines with a text in them.
    pub fn with(&self, part: &str) -> Vec<String> {
        let text = self.text.0.lock().unwrap();
        let text = String::from_utf8_lossy(&text);
        text.lines()
            .filter(|line| line.contains(part))
            .map(str::to_owned)
            .collect()
    }

    /// Waits for a line with a text in it.
    pub async fn line(&self, part: &str) {
        let deadline = Instant::now() + Duration::from_secs(120);
        while self.with(part).is_empty() {
            assert!(Instant::now() < deadline, "no line says {part:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
