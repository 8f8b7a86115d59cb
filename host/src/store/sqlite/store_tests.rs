//! The store as a whole: its queue, its health, and what it does while nothing is asked of it.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;

use super::{SqliteOptions, SqliteStore};
use crate::store::{
    Append, Caller, CommitObserver, NewEvent, PendingWrite, Store, StoreFailure, Write, write,
};

/// Long enough for what takes milliseconds, on a busy machine.
const SOON: Duration = Duration::from_secs(20);

fn new_file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    (folder, file)
}

fn create(name: &str) -> Write {
    Write::CreateInstance {
        name: name.into(),
        description: None,
    }
}

/// An append of so many bytes, as the queue counts them.
fn append_of(bytes: usize) -> Write {
    let mut event = NewEvent {
        id: None,
        stream_id: "s".into(),
        event_type: "t".into(),
        payload: "".into(),
        metadata: "{}".into(),
        expected_version: None,
        timestamp: None,
    };
    let append = |event: &NewEvent| {
        Write::Append(Append {
            reference: "log".into(),
            create: true,
            expected_version: None,
            events: vec![event.clone()],
        })
    };
    let quotes = 2;
    let filling = bytes - append(&event).size() - quotes;
    event.payload = format!("\"{}\"", "x".repeat(filling)).into();
    append(&event)
}

/// A writing thread that stands still after each commit until it is let on, and what it has committed.
struct Gate {
    committed: Arc<Mutex<Vec<usize>>>,
    stands: Receiver<()>,
    on: Option<Sender<()>>,
}

impl Gate {
    fn new(options: &mut SqliteOptions) -> Self {
        let committed: Arc<Mutex<Vec<usize>>> = Arc::default();
        let (stand, stands) = channel();
        let (on, let_on) = channel::<()>();
        let counted = Arc::clone(&committed);
        let let_on = Mutex::new(let_on);
        options.observer = CommitObserver::new(move |requests, _| {
            counted.lock().unwrap().push(requests);
            let _ = stand.send(());
            // Where nobody lets it on any more, it goes on.
            let _ = let_on.lock().unwrap().recv();
        });
        Self {
            committed,
            stands,
            on: Some(on),
        }
    }

    /// Waits until the thread stands behind the first commit.
    fn wait(&self) {
        self.stands.recv_timeout(SOON).unwrap();
    }

    fn open(&mut self) {
        self.on = None;
    }

    fn committed(&self) -> Vec<usize> {
        self.committed.lock().unwrap().clone()
    }
}

async fn done(pending: PendingWrite) -> Result<(), StoreFailure> {
    pending.await.unwrap().map(drop)
}

#[tokio::test]
async fn writes_that_wait_together_share_a_transaction_up_to_a_number_and_a_size() {
    let (_folder, file) = new_file();
    let mut options = SqliteOptions::new(&file);
    let mut gate = Gate::new(&mut options);
    let store = SqliteStore::open(options).unwrap();
    let mut pending = vec![store.submit(create("first"))];
    gate.wait();
    pending.extend((0..4_096).map(|n| store.submit(create(&n.to_string()))));
    // The size of two of them is the most that is taken together.
    pending.extend((0..3).map(|_| store.submit(append_of(4 * 1024 * 1024))));
    gate.open();
    for write in pending {
        assert_eq!(done(write).await, Ok(()));
    }
    assert_eq!(done(store.submit(create("last"))).await, Ok(()));
    store.close().await;
    assert_eq!(gate.committed(), [1, 4_096, 2, 1, 1]);
}

#[tokio::test]
async fn a_queue_that_is_full_by_number_or_size_refuses_and_takes_writes_again() {
    const SIZE: usize = 1_000;
    for (by, number, bytes) in [("number", 3, 1_000_000), ("size", 100, 3 * SIZE)] {
        let (_folder, file) = new_file();
        let mut options = SqliteOptions::new(&file);
        options.queued_writes = number;
        options.queued_bytes = bytes;
        let mut gate = Gate::new(&mut options);
        let store = SqliteStore::open(options).unwrap();
        let first = store.submit(append_of(SIZE));
        gate.wait();
        assert_eq!(done(first).await, Ok(()));
        let taken: Vec<_> = (0..3).map(|_| store.submit(append_of(SIZE))).collect();
        for refused in [store.submit(append_of(SIZE)), store.submit(append_of(SIZE))] {
            let failure = done(refused).await.unwrap_err();
            assert!(
                matches!(failure, StoreFailure::Busy { .. }),
                "{by}: {failure}"
            );
        }
        gate.open();
        for write in taken {
            assert_eq!(done(write).await, Ok(()), "{by}");
        }
        for _ in 0..5 {
            assert_eq!(done(store.submit(append_of(SIZE))).await, Ok(()), "{by}");
        }
        let row = store.instance(Caller::HOST, "log").await.unwrap();
        assert_eq!(row.event_count, 9, "{by}: what was refused is not stored");
        store.close().await;
    }
}

#[tokio::test]
async fn what_was_taken_before_the_end_is_written_and_nothing_after_it() {
    let (_folder, file) = new_file();
    let store = SqliteStore::open(SqliteOptions::new(&file)).unwrap();
    let pending: Vec<_> = (0..100).map(|_| store.submit(append_of(1_000))).collect();
    store.close().await;
    for write in pending {
        assert_eq!(done(write).await, Ok(()));
    }
    assert_eq!(
        done(store.submit(create("late"))).await,
        Err(StoreFailure::Closed)
    );
    let read = store.instance(Caller::HOST, "log").await;
    assert_eq!(read, Err(StoreFailure::Closed));
    let log = file.with_file_name("events.db-wal");
    assert!(!log.exists(), "the file is complete without its log");
    let store = SqliteStore::open(SqliteOptions::new(&file)).unwrap();
    let row = store.instance(Caller::HOST, "log").await.unwrap();
    assert_eq!(row.event_count, 100);
    store.close().await;
}

#[tokio::test]
async fn health_is_that_writes_work_now() {
    let (_folder, file) = new_file();
    let store = SqliteStore::open(SqliteOptions::new(&file)).unwrap();
    assert_eq!(store.check().await, Ok(()), "nothing was written yet");
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let stuck = store.submit(create("log"));
    // A commit of the last second is proof enough.
    let locked = soon(async || match store.check().await {
        Ok(()) => None,
        Err(failure) => Some(failure.to_string()),
    });
    let locked = locked.await;
    assert!(locked.contains("another process has locked"), "{locked}");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(done(stuck).await, Ok(()));
    assert_eq!(store.check().await, Ok(()));
    let aside = file.with_file_name("aside");
    std::fs::rename(&file, &aside).unwrap();
    assert!(matches!(
        store.check().await,
        Err(StoreFailure::FileGone(_))
    ));
    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(store.check().await, Ok(()));
    store.close().await;
}

/// Asks until there is an answer.
async fn soon<T>(ask: impl AsyncFn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(began.elapsed() < SOON, "it does not come");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_read_without_an_end_ends_when_the_host_is_told_to_stop() {
    let (_folder, file) = new_file();
    let store = SqliteStore::open(SqliteOptions::new(&file)).unwrap();
    let endless = store.readers.query(Caller::HOST, |connection| {
        let sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
        Ok(connection.query_row(sql, [], |row| row.get::<_, i64>(0))?)
    });
    let both = async { tokio::join!(endless, async { store.stop_reading() }).0 };
    let read = tokio::time::timeout(SOON, both).await.unwrap();
    assert_eq!(read, Err(StoreFailure::Closed));
    store.close().await;
}

#[tokio::test]
async fn a_store_whose_writer_has_panicked_says_so_and_what_waits_is_unknown() {
    let (_folder, file) = new_file();
    let mut options = SqliteOptions::new(&file);
    options.observer = CommitObserver::new(|_, _| panic!("as the test wants it"));
    let store = SqliteStore::open(options).unwrap();
    // It was committed before the panic.
    assert!(write(&store, create("log")).await.is_ok());
    let cause = tokio::time::timeout(SOON, store.failed()).await.unwrap();
    assert!(cause.contains("panicked"), "{cause}");
    let failure = store.check().await.unwrap_err();
    assert!(failure.to_string().contains("panicked"), "{failure}");
    let failure = write(&store, create("late")).await.unwrap_err();
    // The queue may be gone already, which is known to have done nothing.
    let is_honest = matches!(failure, StoreFailure::Uncertain(_) | StoreFailure::Closed);
    assert!(is_honest, "{failure}");
    store.close().await;
}

fn count(file: &Path, table: &str) -> i64 {
    let database = Connection::open(file).unwrap();
    database
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

#[tokio::test]
async fn what_was_deleted_is_taken_away_while_nothing_is_asked_and_after_the_next_start() {
    let (_folder, file) = new_file();
    let store = SqliteStore::open(SqliteOptions::new(&file)).unwrap();
    let delete = || Write::DeleteInstance {
        reference: "log".into(),
    };
    write(&store, append_of(1_000)).await.unwrap();
    write(&store, create("kept")).await.unwrap();
    write(&store, delete()).await.unwrap();
    soon(async || (count(&file, "event") == 0 && count(&file, "deleted") == 0).then_some(())).await;
    write(&store, append_of(1_000)).await.unwrap();
    store.close().await;
    // As it is after a crash right behind the deletion.
    let database = Connection::open(&file).unwrap();
    let deletion = "INSERT INTO deleted SELECT key FROM instance WHERE name = 'log'; DELETE FROM instance WHERE name = 'log'";
    database.execute_batch(deletion).unwrap();
    drop(database);
    let store = SqliteStore::open(SqliteOptions::new(&file)).unwrap();
    soon(async || (count(&file, "event") == 0 && count(&file, "deleted") == 0).then_some(())).await;
    assert!(store.instance(Caller::HOST, "kept").await.is_ok());
    store.close().await;
}

#[tokio::test]
async fn the_write_ahead_log_is_emptied_when_it_is_quiet_as_soon_as_no_reader_needs_it() {
    let (_folder, file) = new_file();
    let log = file.with_file_name("events.db-wal");
    let length = || log.metadata().unwrap().len();
    let store = SqliteStore::open(SqliteOptions::new(&file)).unwrap();
    let reader = Connection::open(&file).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM event")
        .unwrap();
    write(&store, append_of(100_000)).await.unwrap();
    // It is tried after two seconds of quiet, and has to be tried again.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(length() > 0);
    reader.execute_batch("COMMIT").unwrap();
    soon(async || (length() == 0).then_some(())).await;
    write(&store, append_of(1_000)).await.unwrap();
    assert!(length() > 0);
    store.close().await;
}
