//! Runs writes on PostgreSQL, in the order that the per-instance queues give.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};

use super::instance_queues::{Batch, InstanceQueues, Job, QueueNumber};
use super::last_commit::LastCommit;
use super::servers::Servers;
use super::staging::Request;
use super::{rows, transact};
use crate::store::panic_watch::PanicWatch;
use crate::store::write_limit::WriteLimit;
use crate::store::{CommitObserver, PendingWrite, StoreFailure, Write, Written};

/// The error once a task that writes has panicked.
const PANICKED: &str = "a task that writes to PostgreSQL has panicked";

/// How often in a row instances are looked up in vain before the writes that wait for it are refused.
const LOOK_UPS: u32 = 3;

/// Takes writes and runs them in order.
pub struct WriteQueues {
    servers: Arc<Servers>,
    state: Mutex<State>,
    limit: WriteLimit,
    closed: AtomicBool,
    idle: Notify,
    observer: CommitObserver,
    pub last_commit: LastCommit,
    pub panics: PanicWatch,
}

#[derive(Default)]
struct State {
    queues: InstanceQueues,
    /// Writes whose instance is not known yet, and all writes that came after them.
    unrouted: VecDeque<Job>,
    is_looking_up: bool,
}

impl WriteQueues {
    pub fn new(servers: Arc<Servers>, limit: WriteLimit, observer: CommitObserver) -> Arc<Self> {
        Arc::new(Self {
            servers,
            state: Mutex::default(),
            limit,
            closed: AtomicBool::new(false),
            idle: Notify::new(),
            observer,
            last_commit: LastCommit::default(),
            panics: PanicWatch::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it takes no more writes.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub fn submit(self: &Arc<Self>, write: Write) -> PendingWrite {
        let (answer, pending) = oneshot::channel();
        let size = write.size();
        let mut state = self.state();
        let admitted = if self.is_closed() {
            Err(StoreFailure::Closed)
        } else {
            self.limit.admit(size)
        };
        if let Err(failure) = admitted {
            let _ = answer.send(Err(failure));
            return pending;
        }
        let job = Job {
            write,
            size,
            answer,
        };
        if state.unrouted.is_empty() && !state.queues.needs_lookup(&job.write) {
            self.enqueue(&mut state, job);
        } else {
            state.unrouted.push_back(job);
            if !state.is_looking_up {
                state.is_looking_up = true;
                tokio::spawn(Arc::clone(self).look_up());
            }
        }
        pending
    }

    fn enqueue(self: &Arc<Self>, state: &mut State, job: Job) {
        if let Some(queue) = state.queues.enqueue(job) {
            tokio::spawn(Arc::clone(self).run(queue));
        }
    }

    /// Looks up the instances of the waiting writes, and enqueues these in the order in which they came.
    async fn look_up(self: Arc<Self>) {
        let _guard = self.panics.guard(PANICKED);
        let mut failed = 0;
        loop {
            let references: Vec<String> = {
                let mut state = self.state();
                while let Some(job) = state.unrouted.front() {
                    if state.queues.needs_lookup(&job.write) {
                        break;
                    }
                    if let Some(job) = state.unrouted.pop_front() {
                        self.enqueue(&mut state, job);
                    }
                }
                if state.unrouted.is_empty() {
                    state.is_looking_up = false;
                    return;
                }
                let unknown = state
                    .unrouted
                    .iter()
                    .filter(|job| state.queues.needs_lookup(&job.write));
                unknown
                    .map(|job| job.write.reference().to_owned())
                    .collect()
            };
            let server = self.servers.current();
            let mut connection = match server.unless_replaced(server.acquire(&server.writes)).await
            {
                Ok(Ok(connection)) => connection,
                Ok(Err(error)) => {
                    // Each transaction would wait as long again and fail in the same way.
                    self.refuse_waiting(&error);
                    continue;
                }
                Err(_replaced) => continue,
            };
            let looking_up = server.unless_replaced(rows::ids_of(&mut connection, &references));
            let found = looking_up.await;
            drop(connection);
            // Without their ids, writes to one instance could go to two queues, and no longer be done in their order.
            let found = match found {
                Ok(Ok(found)) => found,
                Err(_replaced) => continue,
                Ok(Err(failure)) => {
                    tracing::debug!(%failure, "instances could not be looked up");
                    failed += 1;
                    if failed == LOOK_UPS {
                        failed = 0;
                        let unrouted = std::mem::take(&mut self.state().unrouted);
                        self.refuse(unrouted, &failure);
                    }
                    continue;
                }
            };
            failed = 0;
            let mut state = self.state();
            for (text, id) in found {
                state.queues.learn(&text, &id);
            }
            // An instance that does not exist is queued under its reference.
            let mut known: std::collections::HashSet<String> = references.into_iter().collect();
            while let Some(job) = state.unrouted.front() {
                let reference = job.write.reference();
                if state.queues.needs_lookup(&job.write) && !known.remove(reference) {
                    break;
                }
                if let Some(job) = state.unrouted.pop_front() {
                    self.enqueue(&mut state, job);
                }
            }
        }
    }

    /// Refuses all writes that have not started: without a server, each would wait and fail in the same way.
    fn refuse_waiting(&self, failure: &StoreFailure) {
        let refused = {
            let mut state = self.state();
            let mut refused = state.queues.take_queued();
            refused.extend(std::mem::take(&mut state.unrouted));
            refused
        };
        self.refuse(refused, failure);
    }

    fn refuse(&self, jobs: impl IntoIterator<Item = Job>, failure: &StoreFailure) {
        for job in jobs {
            self.limit.release(1, job.size);
            let _ = job.answer.send(Err(failure.clone()));
        }
    }

    /// Takes no more writes, and waits until those that it has taken are done.
    pub async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        loop {
            let idle = self.idle.notified();
            {
                let state = self.state();
                if (state.queues.is_empty() && state.unrouted.is_empty())
                    || self.panics.cause().is_some()
                {
                    return;
                }
            }
            let _ = tokio::time::timeout(Duration::from_millis(50), idle).await;
        }
    }

    async fn run(self: Arc<Self>, queue: QueueNumber) {
        let _guard = self.panics.guard(PANICKED);
        let mut done = 0;
        loop {
            let batch = self.state().queues.next_batch(queue, done);
            let Some(mut batch) = batch else {
                self.idle.notify_waiters();
                return;
            };
            batch.wait().await;
            done = batch.jobs.len();
            let bytes: usize = batch.jobs.iter().map(|job| job.size).sum();
            let started = Instant::now();
            if let Some(failure) = self.perform(batch).await {
                self.refuse_waiting(&failure);
            }
            self.limit.release(done, bytes);
            self.observer.committed(done, started.elapsed());
        }
    }

    /// Runs a batch. Returns the failure when no server could be reached.
    async fn perform(&self, batch: Batch) -> Option<StoreFailure> {
        let mut unreachable = None;
        let mut requests = Vec::with_capacity(batch.jobs.len());
        let mut answers = Vec::with_capacity(batch.jobs.len());
        for job in batch.jobs {
            match job.write {
                Write::Append(append) => {
                    requests.push(Request::new(append));
                    answers.push(job.answer);
                }
                change => {
                    let outcome = transact::change(&self.servers, &change).await;
                    self.last_commit.note(outcome.as_ref().err());
                    unreachable = unreachable.or_else(|| outage_of(&outcome));
                    if let Ok(row) = &outcome {
                        let mut state = self.state();
                        state.queues.aliases.forget(&row.id);
                        if !change.deletes() {
                            state.queues.learn(&row.name, &row.id);
                            state.queues.learn(&row.id, &row.id);
                        }
                    }
                    let _ = job.answer.send(outcome.map(Written::Instance));
                }
            }
        }
        if requests.is_empty() {
            return unreachable;
        }
        let outcomes = transact::append_all(&self.servers, &requests).await;
        for outcome in &outcomes {
            self.last_commit.note(outcome.as_ref().err());
            unreachable = unreachable.or_else(|| outage_of(outcome));
        }
        {
            // The aliases must know an id before a client can use it: it gets the id with the answer.
            let mut state = self.state();
            for (request, outcome) in requests.iter().zip(&outcomes) {
                if let Ok(appended) = outcome {
                    state
                        .queues
                        .learn(&request.append.reference, &appended.instance_id);
                    state
                        .queues
                        .learn(&appended.instance_id, &appended.instance_id);
                }
            }
        }
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            let _ = answer.send(outcome.map(Written::Appended));
        }
        unreachable
    }
}

fn outage_of<T>(outcome: &Result<T, StoreFailure>) -> Option<StoreFailure> {
    match outcome {
        Err(failure @ StoreFailure::Unreachable(_)) => Some(failure.clone()),
        _ => None,
    }
}
