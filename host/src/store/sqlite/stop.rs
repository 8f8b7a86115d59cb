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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use rusqlite::Connection;

    use super::Stop;

    const ENDLESS: &str =
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
    const LONG: &str = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50000) SELECT count(*) FROM n";

    fn run(connection: &Connection, sql: &str) -> rusqlite::Result<i64> {
        connection.query_row(sql, [], |row| row.get(0))
    }

    #[test]
    fn a_read_that_is_stopped_between_two_statements_does_not_run_the_second() {
        let mut connection = Connection::open_in_memory().unwrap();
        let stop = Stop::of(&mut connection).unwrap();
        assert_eq!(run(&connection, LONG), Ok(50_000));
        stop.stop();
        let error = run(&connection, ENDLESS).unwrap_err();
        assert_eq!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::OperationInterrupted)
        );
        // The next read on the same connection is another one.
        let next = Stop::of(&mut connection).unwrap();
        assert_eq!(run(&connection, LONG), Ok(50_000));
        assert!(stop.is_stopped() && !next.is_stopped());
    }

    #[test]
    fn a_statement_is_stopped_while_it_runs() {
        let mut connection = Connection::open_in_memory().unwrap();
        let stop = Stop::of(&mut connection).unwrap();
        let mut statement = connection
            .prepare("SELECT value FROM json_each('[1,2]')")
            .unwrap();
        let mut rows = statement.query([]).unwrap();
        assert!(rows.next().unwrap().is_some());
        stop.stop();
        assert!(rows.next().is_err());
    }

    #[test]
    fn a_stop_that_comes_after_the_end_hits_nobody() {
        let mut connection = Connection::open_in_memory().unwrap();
        let late = Stop::of(&mut connection).unwrap();
        late.ended();
        let mut statement = connection
            .prepare("SELECT value FROM json_each('[1,2]')")
            .unwrap();
        let mut rows = statement.query([]).unwrap();
        assert!(rows.next().unwrap().is_some());
        late.stop();
        assert!(rows.next().unwrap().is_some());
        assert!(!late.is_stopped());
    }
}
