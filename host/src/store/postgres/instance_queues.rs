//! Per-instance queues: which writes wait for which.
//!
//! Each write has keys: its reference to the instance, the instance's id, the new name that it sets. Two
//! writes with a key in common run in the order in which they came. Writes to one instance share a queue,
//! and share a transaction when they wait together. Queues run in parallel.

use std::collections::{HashMap, VecDeque};

use tokio::sync::{oneshot, watch};

use super::aliases::Aliases;
use crate::store::{StoreFailure, Write, Written};

/// How much goes into one transaction.
const MOST_REQUESTS: usize = 1_000;
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// A write and where its answer goes.
pub struct Job {
    pub write: Write,
    pub size: usize,
    pub answer: oneshot::Sender<Result<Written, StoreFailure>>,
}

/// Jobs of another queue that have to finish first, up to that number.
type After = (watch::Receiver<u64>, u64);

struct Queued {
    job: Job,
    after: Vec<After>,
}

struct InstanceQueue {
    jobs: VecDeque<Queued>,
    keys: Vec<String>,
    /// How many jobs have been enqueued so far.
    enqueued: u64,
    /// Jobs that were taken out unfinished. They count as finished together with the batch before them.
    taken: u64,
    finished: watch::Sender<u64>,
}

/// Names a queue.
pub type QueueNumber = u64;

/// The next jobs of a queue.
pub struct Batch {
    /// Appends that follow each other, or one other write.
    pub jobs: Vec<Job>,
    after: Vec<After>,
}

impl Batch {
    /// Waits for the jobs that have to finish first.
    pub async fn wait(&mut self) {
        for (finished, wanted) in &mut self.after {
            // An error means that the queue is gone, and so all its jobs are finished.
            let _ = finished.wait_for(|count| *count >= *wanted).await;
        }
    }
}

/// All queues.
#[derive(Default)]
pub struct InstanceQueues {
    queues: HashMap<QueueNumber, InstanceQueue>,
    by_key: HashMap<String, QueueNumber>,
    next: QueueNumber,
    pub aliases: Aliases,
}

impl InstanceQueues {
    pub fn is_empty(&self) -> bool {
        self.queues.is_empty()
    }

    /// Whether a write's instance has to be looked up before the write can be enqueued.
    pub fn needs_lookup(&self, write: &Write) -> bool {
        let reference = write.reference();
        !matches!(write, Write::CreateInstance { .. })
            && !self.by_key.contains_key(reference)
            && self.aliases.id(reference).is_none()
    }

    /// Puts a job behind those with a key in common. Returns the queue if it is a new one.
    pub fn enqueue(&mut self, job: Job) -> Option<QueueNumber> {
        let keys = self.keys_of(&job.write);
        let mut found: Vec<QueueNumber> = Vec::new();
        for key in &keys {
            if let Some(queue) = self.by_key.get(key)
                && !found.contains(queue)
            {
                found.push(*queue);
            }
        }
        let (home, others) = match found.split_first() {
            Some((home, others)) => (*home, others),
            None => {
                self.next += 1;
                (self.next, &[][..])
            }
        };
        let after = others
            .iter()
            .filter_map(|number| self.queues.get(number))
            .map(|queue| (queue.finished.subscribe(), queue.enqueued))
            .collect();
        let queue = self.queues.entry(home).or_insert_with(|| InstanceQueue {
            jobs: VecDeque::new(),
            keys: Vec::new(),
            enqueued: 0,
            taken: 0,
            finished: watch::Sender::new(0),
        });
        for key in keys {
            if self.by_key.insert(key.clone(), home) != Some(home) {
                queue.keys.push(key);
            }
        }
        queue.enqueued += 1;
        queue.jobs.push_back(Queued { job, after });
        found.is_empty().then_some(home)
    }

    fn keys_of(&self, write: &Write) -> Vec<String> {
        let reference = write.reference();
        let mut keys = vec![reference.to_owned()];
        let id = self.aliases.id(reference).map(|id| id.to_string());
        for key in id.into_iter().chain(write.new_name().map(str::to_owned)) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// The next jobs of a queue, after the `done` ones before. `None` when the queue was empty; it is removed
    /// then.
    pub fn next_batch(&mut self, number: QueueNumber, done: usize) -> Option<Batch> {
        let queue = self.queues.get_mut(&number)?;
        let done = done as u64 + std::mem::take(&mut queue.taken);
        queue.finished.send_modify(|count| *count += done);
        let batch = take_batch(&mut queue.jobs);
        if batch.is_none()
            && let Some(queue) = self.queues.remove(&number)
        {
            for key in queue.keys {
                if self.by_key.get(&key) == Some(&number) {
                    self.by_key.remove(&key);
                }
            }
        }
        batch
    }

    /// Takes out all jobs that are in no batch yet.
    pub fn take_queued(&mut self) -> Vec<Job> {
        let mut jobs = Vec::new();
        for queue in self.queues.values_mut() {
            queue.taken += queue.jobs.len() as u64;
            jobs.extend(queue.jobs.drain(..).map(|queued| queued.job));
        }
        jobs
    }

    /// Remembers that `text` and `id` name the same instance. A queue with one of these keys gets the other.
    pub fn learn(&mut self, text: &str, id: &str) {
        self.aliases.learn(text, id);
        for (has, lacks) in [(text, id), (id, text)] {
            if let Some(number) = self.by_key.get(has).copied()
                && !self.by_key.contains_key(lacks)
                && let Some(queue) = self.queues.get_mut(&number)
            {
                queue.keys.push(lacks.to_owned());
                self.by_key.insert(lacks.to_owned(), number);
            }
        }
    }
}

fn take_batch(queue: &mut VecDeque<Queued>) -> Option<Batch> {
    let Queued { job, after } = queue.pop_front()?;
    let mut bytes = job.size;
    let mut jobs = vec![job];
    let is_append = |write: &Write| matches!(write, Write::Append(_));
    if jobs.iter().all(|job| is_append(&job.write)) {
        while jobs.len() < MOST_REQUESTS
            && bytes < MOST_BYTES
            && queue
                .front()
                .is_some_and(|next| next.after.is_empty() && is_append(&next.job.write))
            && let Some(next) = queue.pop_front()
        {
            bytes += next.job.size;
            jobs.push(next.job);
        }
    }
    Some(Batch { jobs, after })
}
