//! Events in one SQLite file: one thread writes, several connections read.

mod aggregate;
mod append;
mod connection;
mod dialect;
mod indexes;
mod instances;
mod ledger;
mod readers;
mod rows;
mod schema;
mod scope;
mod select;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::oneshot;

use self::readers::Readers;
use self::writer::{Job, Writer};
use super::{CommitObserver, EventRow, InstanceRow, PendingWrite, Store, StoreFailure, Write};
use crate::query::{Answer, Plan};

/// How a SQLite store is opened.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// The database file; made when it is not there.
    pub file: PathBuf,
    /// How many reads run at the same time.
    pub readers: usize,
    /// How many writes may wait.
    pub queued_writes: usize,
    /// How many bytes of writes may wait.
    pub queued_bytes: usize,
    /// How long a query may take.
    pub query_timeout: Duration,
    /// Told of each commit.
    pub observer: CommitObserver,
    /// Fields of payload or metadata that get an index of their own.
    pub indexes: Vec<String>,
}

impl SqliteOptions {
    /// The defaults for a file.
    #[must_use]
    pub fn new(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            readers: 4,
            queued_writes: 10_000,
            queued_bytes: 256 * 1024 * 1024,
            query_timeout: Duration::from_secs(30),
            observer: CommitObserver::default(),
            indexes: Vec::new(),
        }
    }
}

/// Events in one SQLite file.
pub struct SqliteStore {
    jobs: RwLock<Option<SyncSender<Job>>>,
    waiting_bytes: Arc<AtomicUsize>,
    options: SqliteOptions,
    readers: Readers,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl SqliteStore {
    /// Opens the file, brings its schema up to date, starts the writing thread.
    ///
    /// # Errors
    /// When the file cannot be opened or written, or was written by a newer host.
    pub fn open(options: SqliteOptions) -> Result<Self, StoreFailure> {
        let mut connection = connection::open_for_writing(&options.file)?;
        schema::migrate(&mut connection)?;
        for name in &options.indexes {
            indexes::create(&connection, name)?;
        }
        let (sender, jobs) = sync_channel(options.queued_writes);
        let waiting_bytes = Arc::new(AtomicUsize::new(0));
        let writer = Writer {
            connection,
            jobs,
            waiting_bytes: Arc::clone(&waiting_bytes),
            observer: options.observer.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || writer.run())
            .map_err(|error| StoreFailure::Database(error.to_string()))?;
        Ok(Self {
            jobs: RwLock::new(Some(sender)),
            waiting_bytes,
            readers: Readers::new(&options.file, options.readers, options.query_timeout),
            options,
            writer: Mutex::new(Some(thread)),
        })
    }

    /// Queues a job, or answers it at once with why it was not.
    fn enqueue(&self, job: Job) {
        let size = job.size;
        let refuse = |job: Job, failure: StoreFailure| {
            // Who asked may be gone.
            let _ = job.answer.send(Err(failure));
        };
        let jobs = self.jobs.read().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = jobs.as_ref() else {
            return refuse(job, StoreFailure::Closed);
        };
        let busy = StoreFailure::Busy(self.options.queued_writes);
        let waiting = self.waiting_bytes.fetch_add(size, Ordering::Relaxed);
        if waiting > 0 && waiting + size > self.options.queued_bytes {
            refuse(job, busy);
        } else {
            match sender.try_send(job) {
                Ok(()) => return,
                Err(TrySendError::Full(job)) => refuse(job, busy),
                Err(TrySendError::Disconnected(job)) => refuse(job, StoreFailure::Closed),
            }
        }
        self.waiting_bytes.fetch_sub(size, Ordering::Relaxed);
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn submit(&self, write: Write) -> PendingWrite {
        let (answer, pending) = oneshot::channel();
        let size = write.size();
        self.enqueue(Job {
            write,
            size,
            answer,
        });
        pending
    }

    async fn instance(&self, reference: &str) -> Result<InstanceRow, StoreFailure> {
        let reference = reference.to_owned();
        self.readers
            .read(move |connection| Ok(instances::find(connection, &reference)?.row))
            .await
    }

    async fn instances(&self) -> Result<Vec<InstanceRow>, StoreFailure> {
        self.readers.read(instances::all).await
    }

    async fn query(&self, plan: Arc<Plan>) -> Result<Answer, StoreFailure> {
        self.readers
            .read(move |connection| select::query(connection, &plan))
            .await
    }

    async fn events_after(
        &self,
        instance_id: &str,
        position: i64,
        count: u32,
    ) -> Result<Vec<EventRow>, StoreFailure> {
        let instance_id = instance_id.to_owned();
        self.readers
            .read(move |connection| rows::after(connection, &instance_id, position, count))
            .await
    }

    async fn check(&self) -> Result<(), StoreFailure> {
        self.readers
            .read(|connection| {
                connection
                    .query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |_| Ok(()))
                    .map_err(StoreFailure::from)
            })
            .await
    }

    async fn close(&self) {
        let sender = self
            .jobs
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(sender);
        self.readers.close();
        let thread = self
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}
