//! Events in one SQLite file: one thread writes, several connections read.

mod aggregate;
mod append;
mod batch;
mod checkpoint;
mod connection;
mod counters;
mod dialect;
mod fields;
mod file;
mod functions;
mod indexes;
mod instances;
mod matching;
mod purge;
mod reader_pool;
mod rows;
mod schema;
mod scope;
mod select;
mod statement;
mod stop;
mod writer;
mod writer_health;

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a test that cannot go on fails; numbers are small"
)]
mod cost_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod store_tests;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SendError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::oneshot;

use self::counters::CachedCounters;
use self::file::OpenFiles;
use self::reader_pool::ReaderPool;
use self::writer::{Job, Writer};
use self::writer_health::WriterHealth;
use super::write_limit::WriteLimit;
use super::{
    Caller, CommitObserver, EventRow, InstancePage, InstanceRow, InstanceRows, PendingWrite, Store,
    StoreFailure, Write,
};
use crate::query::{Answer, Plan};

/// How long a commit counts as proof that writes work.
const FRESH: Duration = Duration::from_secs(1);
/// How long a health check waits for a transaction to end.
const CHECK_TIMEOUT: Duration = Duration::from_millis(700);

/// How a SQLite store is opened.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// The database file; created if it does not exist.
    pub file: PathBuf,
    /// How many long reads run at the same time.
    pub readers: usize,
    /// How many short reads run beside them.
    pub short_readers: usize,
    /// How many writes may wait.
    pub queued_writes: usize,
    /// How many bytes of writes may wait.
    pub queued_bytes: usize,
    /// How long a query may take.
    pub query_timeout: Duration,
    /// Called after each commit.
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
            short_readers: 3,
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
    jobs: RwLock<Option<Sender<Job>>>,
    limit: Arc<WriteLimit>,
    files: OpenFiles,
    health: Arc<WriterHealth>,
    readers: ReaderPool,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl SqliteStore {
    /// Opens the file, brings its schema up to date, starts the writing thread.
    ///
    /// # Errors
    /// When the file cannot be opened or written, is another program's, or was written by a newer
    /// host.
    pub fn open(options: SqliteOptions) -> Result<Self, StoreFailure> {
        for name in &options.indexes {
            // Check the names before making a file.
            indexes::expression(name)?;
        }
        let mut connection = connection::open_for_writing(&options.file)?;
        schema::migrate(&mut connection)
            .map_err(|failure| failure.at(&options.file.display().to_string()))?;
        for name in &options.indexes {
            indexes::create(&connection, name)?;
        }
        let files = OpenFiles::of(&options.file);
        let (sender, jobs) = channel();
        let limit = Arc::new(WriteLimit::new(options.queued_writes, options.queued_bytes));
        let health = Arc::new(WriterHealth::new());
        let writer = Writer {
            connection,
            files: files.clone(),
            jobs,
            limit: Arc::clone(&limit),
            health: Arc::clone(&health),
            observer: options.observer.clone(),
            counters: CachedCounters::default(),
            data_version: 0,
            is_log_long: true,
            is_purging: true,
        };
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || writer.run())
            .map_err(|error| StoreFailure::Database(error.to_string()))?;
        Ok(Self {
            jobs: RwLock::new(Some(sender)),
            limit,
            readers: ReaderPool::new(
                &options.file,
                files.clone(),
                options.short_readers,
                options.readers,
                options.query_timeout,
            ),
            files,
            health,
            writer: Mutex::new(Some(thread)),
        })
    }

    /// Queues a job, or answers it at once with the reason for its refusal.
    fn enqueue(&self, job: Job) {
        let size = job.size;
        let refuse = |job: Job, failure: StoreFailure| {
            // The caller may be gone.
            let _ = job.answer.send(Err(failure));
        };
        let jobs = self.jobs.read().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = jobs.as_ref() else {
            return refuse(job, StoreFailure::Closed);
        };
        if let Err(failure) = self.limit.admit(size) {
            return refuse(job, failure);
        }
        if let Err(SendError(job)) = sender.send(job) {
            self.limit.release(1, size);
            refuse(job, StoreFailure::Closed);
        }
    }

    fn enqueue_write(&self, write: Option<Write>) -> PendingWrite {
        let (answer, pending) = oneshot::channel();
        let size = write.as_ref().map_or(0, Write::size);
        self.enqueue(Job {
            write,
            size,
            answer,
        });
        pending
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn submit(&self, write: Write) -> PendingWrite {
        self.enqueue_write(Some(write))
    }

    async fn instance(&self, caller: Caller, reference: &str) -> Result<InstanceRow, StoreFailure> {
        let reference = reference.to_owned();
        self.readers
            .look_up(caller, move |connection| {
                Ok(instances::find(connection, &reference)?.row)
            })
            .await
    }

    async fn instances(
        &self,
        caller: Caller,
        page: InstancePage,
    ) -> Result<InstanceRows, StoreFailure> {
        self.readers
            .list(caller, move |connection| instances::list(connection, page))
            .await
    }

    async fn query(&self, caller: Caller, plan: Arc<Plan>) -> Result<Answer, StoreFailure> {
        self.readers
            .query(caller, move |connection| select::query(connection, &plan))
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
            .look_up(Caller::HOST, move |connection| {
                rows::after(connection, &instance_id, position, count)
            })
            .await
    }

    async fn check(&self) -> Result<(), StoreFailure> {
        if let Some(why) = self.health.panics.cause() {
            return Err(StoreFailure::Database(why.into()));
        }
        self.files.check()?;
        if self.health.done_within(FRESH) {
            return Ok(());
        }
        let before = self.health.count();
        // The end of any transaction is enough; this job's own answer is not needed.
        drop(self.enqueue_write(None));
        let ended = async {
            while self.health.count() == before {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        match tokio::time::timeout(CHECK_TIMEOUT, ended).await {
            Ok(()) => self.health.last(),
            Err(_) => self.health.verify(),
        }
    }

    async fn failed(&self) -> String {
        self.health.panics.panicked().await
    }

    fn stop_reading(&self) {
        self.readers.stop();
    }

    async fn close(&self) {
        self.readers.close().await;
        let sender = self
            .jobs
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(sender);
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
