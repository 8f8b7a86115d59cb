//! Writes on their way to PostgreSQL. Those with the same key go one after another in their own
//! lane, as many as are waiting in one transaction; lanes run side by side.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::sync::{Notify, oneshot};

use super::{append, instances};
use crate::store::{Append, CommitObserver, PendingWrite, StoreFailure, Write, Written};

/// How much goes into one transaction.
const MOST_REQUESTS: usize = 1_000;
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// How often a transaction is tried that lost against another.
const ATTEMPTS: u32 = 10;

struct Job {
    write: Write,
    size: usize,
    answer: oneshot::Sender<Result<Written, StoreFailure>>,
}

/// The lanes.
pub struct Lanes {
    pool: PgPool,
    lanes: Mutex<HashMap<String, VecDeque<Job>>>,
    waiting: AtomicUsize,
    waiting_bytes: AtomicUsize,
    most_waiting: usize,
    most_bytes: usize,
    closed: AtomicBool,
    idle: Notify,
    observer: CommitObserver,
}

impl Lanes {
    pub fn new(
        pool: PgPool,
        most_waiting: usize,
        most_bytes: usize,
        observer: CommitObserver,
    ) -> Arc<Self> {
        Arc::new(Self {
            pool,
            lanes: Mutex::default(),
            waiting: AtomicUsize::new(0),
            waiting_bytes: AtomicUsize::new(0),
            most_waiting,
            most_bytes,
            closed: AtomicBool::new(false),
            idle: Notify::new(),
            observer,
        })
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<String, VecDeque<Job>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn submit(self: &Arc<Self>, write: Write) -> PendingWrite {
        let (answer, pending) = oneshot::channel();
        let size = write.size();
        let mut lanes = self.lanes();
        let bytes = self.waiting_bytes.load(Ordering::Relaxed);
        let refused = if self.closed.load(Ordering::Acquire) {
            Some(StoreFailure::Closed)
        } else if self.waiting.load(Ordering::Relaxed) >= self.most_waiting
            || (bytes > 0 && bytes + size > self.most_bytes)
        {
            Some(StoreFailure::Busy(self.most_waiting))
        } else {
            None
        };
        if let Some(failure) = refused {
            let _ = answer.send(Err(failure));
            return pending;
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.waiting_bytes.fetch_add(size, Ordering::Relaxed);
        let key = write.key().to_owned();
        let job = Job {
            write,
            size,
            answer,
        };
        if let Some(lane) = lanes.get_mut(&key) {
            lane.push_back(job);
        } else {
            lanes.insert(key.clone(), VecDeque::from([job]));
            tokio::spawn(Arc::clone(self).run(key));
        }
        pending
    }

    /// Takes no more and waits until everything taken is done.
    pub async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        loop {
            let idle = self.idle.notified();
            if self.lanes().is_empty() {
                return;
            }
            let _ = tokio::time::timeout(Duration::from_millis(50), idle).await;
        }
    }

    async fn run(self: Arc<Self>, key: String) {
        loop {
            let batch = {
                let mut lanes = self.lanes();
                let batch = lanes.get_mut(&key).map(take_batch).unwrap_or_default();
                if batch.is_empty() {
                    lanes.remove(&key);
                    self.idle.notify_waiters();
                    return;
                }
                batch
            };
            let count = batch.len();
            let bytes: usize = batch.iter().map(|job| job.size).sum();
            let started = Instant::now();
            self.perform(batch).await;
            self.observer.committed(count, started.elapsed());
            self.waiting.fetch_sub(count, Ordering::Relaxed);
            self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
    }

    async fn perform(&self, batch: Vec<Job>) {
        let mut appends = Vec::with_capacity(batch.len());
        let mut answers = Vec::with_capacity(batch.len());
        for job in batch {
            match job.write {
                Write::Append(append) => {
                    appends.push(append);
                    answers.push(job.answer);
                }
                other => {
                    let outcome = self.change(&other).await.map(Written::Instance);
                    let _ = job.answer.send(outcome);
                }
            }
        }
        let outcomes = match self.append(&appends).await {
            Ok(outcomes) => outcomes,
            Err(failure) if appends.len() == 1 => vec![Err(failure)],
            // Doing them again might do them twice.
            Err(failure @ StoreFailure::Uncertain(_)) => {
                appends.iter().map(|_| Err(failure.clone())).collect()
            }
            Err(failure) => {
                // One of them may be what the database cannot take: each on its own.
                tracing::warn!(%failure, "a transaction failed; doing its requests one by one");
                let mut outcomes = Vec::with_capacity(appends.len());
                for append in &appends {
                    let alone = self.append(std::slice::from_ref(append)).await;
                    outcomes.push(alone.map_or_else(Err, |mut done| {
                        done.pop().unwrap_or(Err(StoreFailure::Closed))
                    }));
                }
                outcomes
            }
        };
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            let _ = answer.send(outcome.map(Written::Appended));
        }
    }

    async fn append(
        &self,
        appends: &[Append],
    ) -> Result<Vec<Result<crate::store::Appended, StoreFailure>>, StoreFailure> {
        if appends.is_empty() {
            return Ok(Vec::new());
        }
        let mut attempt = 0;
        loop {
            attempt += 1;
            let done = async {
                let mut transaction = self.pool.begin().await?;
                let outcomes = append::append(&mut transaction, appends).await?;
                commit(transaction).await?;
                Ok(outcomes)
            };
            match done.await {
                Err(StoreFailure::Conflict(_)) if attempt < ATTEMPTS => pause(attempt).await,
                other => return other,
            }
        }
    }

    async fn change(&self, write: &Write) -> Result<crate::store::InstanceRow, StoreFailure> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let done = async {
                let mut transaction = self.pool.begin().await?;
                let row = match write {
                    Write::CreateInstance { name, description } => {
                        instances::create(&mut transaction, name, description.as_deref()).await?
                    }
                    Write::UpdateInstance {
                        reference,
                        name,
                        description,
                    } => {
                        let description = description.as_ref().map(Option::as_deref);
                        instances::update(&mut transaction, reference, name.as_deref(), description)
                            .await?
                    }
                    Write::DeleteInstance { reference } => {
                        instances::delete(&mut transaction, reference).await?
                    }
                    Write::Append(_) => return Err(StoreFailure::Closed),
                };
                commit(transaction).await?;
                Ok(row)
            };
            match done.await {
                Err(StoreFailure::Conflict(_)) if attempt < ATTEMPTS => pause(attempt).await,
                other => return other,
            }
        }
    }
}

/// Commits. Unless the database itself says that it did not, nobody knows.
async fn commit(transaction: sqlx::Transaction<'_, sqlx::Postgres>) -> Result<(), StoreFailure> {
    match transaction.commit().await {
        Ok(()) => Ok(()),
        Err(error @ sqlx::Error::Database(_)) => Err(error.into()),
        Err(error) => Err(StoreFailure::Uncertain(error.to_string())),
    }
}

async fn pause(attempt: u32) {
    tokio::time::sleep(Duration::from_millis(5 << attempt.min(6))).await;
}

/// Appends that follow each other, or one other write.
fn take_batch(lane: &mut VecDeque<Job>) -> Vec<Job> {
    let mut batch: Vec<Job> = Vec::new();
    let mut bytes = 0;
    while let Some(next) = lane.front() {
        let is_append = matches!(next.write, Write::Append(_));
        if !batch.is_empty() && (!is_append || batch.len() >= MOST_REQUESTS || bytes >= MOST_BYTES)
        {
            break;
        }
        bytes += next.size;
        batch.extend(lane.pop_front());
        if !is_append {
            break;
        }
    }
    batch
}
