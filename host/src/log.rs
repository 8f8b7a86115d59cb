//! The log on stderr. Its reader may be gone, slow, or out of disk, and no line may end the host or delay it.
//! So a thread of its own writes, and lines that do not fit into its queue are counted.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How many lines may wait to be written.
const QUEUE: usize = 4_096;
/// How long the end of the process waits for them.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

static LINES: OnceLock<SyncSender<Line>> = OnceLock::new();
static LOST: AtomicU64 = AtomicU64::new(0);

enum Line {
    Text(Vec<u8>),
    /// Answered when everything before it is written.
    End(SyncSender<()>),
}

/// Where the log's lines go.
struct Lines;

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self::Writer {
        Self
    }
}

impl Write for Lines {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let is_taken = LINES
            .get()
            .is_some_and(|lines| lines.try_send(Line::Text(text.to_vec())).is_ok());
        if !is_taken {
            LOST.fetch_add(1, Ordering::Relaxed);
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts the log. `RUST_LOG` sets its level.
pub fn start(colours: bool) {
    let (sender, lines) = sync_channel(QUEUE);
    if LINES.set(sender).is_err() {
        return;
    }
    let spawned = std::thread::Builder::new()
        .name("log".into())
        .spawn(move || write_all(&lines));
    if spawned.is_err() {
        return;
    }
    tracing_subscriber::fmt()
        .with_writer(Lines)
        .log_internal_errors(false)
        .with_ansi(colours)
        .with_env_filter(
            EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")),
        )
        .init();
}

fn write_all(lines: &Receiver<Line>) {
    let mut stderr = io::stderr();
    while let Ok(line) = lines.recv() {
        match line {
            Line::Text(text) => {
                if stderr.write_all(&text).is_err() {
                    LOST.fetch_add(1, Ordering::Relaxed);
                }
            }
            Line::End(written) => {
                let _ = written.send(());
            }
        }
    }
}

/// How many lines could not be written.
#[must_use]
pub fn lost() -> u64 {
    LOST.load(Ordering::Relaxed)
}

/// Waits, for a limited time, until all lines are written.
pub fn finish() {
    let Some(lines) = LINES.get() else { return };
    let (written, all) = sync_channel(1);
    if lines.try_send(Line::End(written)).is_ok() {
        let _ = all.recv_timeout(FLUSH_TIMEOUT);
    }
}

/// Writes a line to stderr that is not part of the log, after all lines of the log.
pub fn say(text: &str) {
    let line = format!("{text}\n").into_bytes();
    match LINES.get() {
        Some(lines) => {
            let _ = lines.try_send(Line::Text(line));
            finish();
        }
        None => {
            let _ = io::stderr().write_all(&line);
        }
    }
}
