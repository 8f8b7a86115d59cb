//! Stops a read, even between two of its statements, and never the next read on the same connection.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, InterruptHandle};

/// After how many steps of a statement the progress handler checks for a stop.
const STEPS: i32 = 500;

/// Stops one read, once.
pub struct Stop {
    is_stopped: AtomicBool,
    /// The connection's handle, while the read runs.
    running: Mutex<Option<InterruptHandle>>,
}

impl Stop {
    /// For the read that is about to run on this connection.
    pub fn of(connection: &mut Connection) -> Result<Arc<Self>, rusqlite::Error> {
        let stop = Arc::new(Self {
            is_stopped: AtomicBool::new(false),
            running: Mutex::new(Some(connection.get_interrupt_handle())),
        });
        // SQLite loses an interrupt between two statements. The second statement finds it here.
        let seen = Arc::clone(&stop);
        connection.progress_handler(STEPS, Some(move || seen.is_stopped()))?;
        Ok(stop)
    }

    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Acquire)
    }

    /// Stops the read, unless it has ended.
    pub fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*running {
            self.is_stopped.store(true, Ordering::Release);
            running.interrupt();
        }
    }

    /// The read has ended; its connection may be used for another one.
    pub fn ended(&self) {
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }
}
