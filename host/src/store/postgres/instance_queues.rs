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

    /// Puts a job behind those with a key in common. Answers the queue when it is a new one.
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

    /// The next jobs of a queue, after the `done` ones before. None when the queue was empty; it is removed
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

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]
mod tests {
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::{InstanceQueues, Job};
    use crate::store::{Append, Write};

    fn job(write: Write) -> Job {
        Job {
            write,
            size: 1,
            answer: oneshot::channel().0,
        }
    }

    fn append(reference: &str) -> Job {
        job(Write::Append(Append {
            reference: reference.into(),
            create: false,
            events: Vec::new(),
        }))
    }

    fn rename(reference: &str, name: &str) -> Job {
        job(Write::UpdateInstance {
            reference: reference.into(),
            name: Some(name.into()),
            description: None,
        })
    }

    #[test]
    fn appends_by_id_and_by_name_share_a_lane_and_a_transaction() {
        let mut order = InstanceQueues::default();
        order.learn("log", "id");
        order.learn("id", "id");
        let queue = order.enqueue(append("log")).unwrap();
        assert_eq!(order.enqueue(append("id")), None);
        assert!(order.enqueue(append("other")).is_some());
        assert_eq!(order.next_batch(queue, 0).unwrap().jobs.len(), 2);
        assert!(order.next_batch(queue, 2).is_none());
        assert!(
            order.enqueue(append("id")).is_some(),
            "the queue was let go of"
        );
    }

    #[test]
    fn a_lane_that_learns_an_id_stands_for_it() {
        let mut order = InstanceQueues::default();
        let queue = order.enqueue(append("log")).unwrap();
        assert!(order.next_batch(queue, 0).is_some());
        // Its first append made the instance; its client now goes by the id.
        order.enqueue(append("log"));
        order.learn("log", "id");
        assert_eq!(order.enqueue(append("id")), None);
        assert_eq!(order.next_batch(queue, 1).unwrap().jobs.len(), 2);
    }

    #[tokio::test]
    async fn a_rename_waits_for_what_came_before_it_under_either_name() {
        let mut order = InstanceQueues::default();
        let first = order.enqueue(append("a")).unwrap();
        let second = order.enqueue(append("b")).unwrap();
        assert_eq!(order.enqueue(rename("a", "b")), None);
        assert_eq!(order.enqueue(append("b")), None);
        assert_eq!(order.next_batch(first, 0).unwrap().jobs.len(), 1);
        let mut renaming = order.next_batch(first, 1).unwrap();
        assert!(matches!(
            renaming.jobs[..],
            [Job {
                write: Write::UpdateInstance { .. },
                ..
            }]
        ));
        let early = tokio::time::timeout(Duration::from_millis(50), renaming.wait()).await;
        assert!(
            early.is_err(),
            "what is done under the new name is not done yet"
        );
        assert!(order.next_batch(second, 0).is_some());
        assert!(order.next_batch(second, 1).is_none());
        renaming.wait().await;
        assert_eq!(order.next_batch(first, 1).unwrap().jobs.len(), 1);
        assert!(order.next_batch(first, 1).is_none());
        assert!(order.is_empty());
    }

    #[tokio::test]
    async fn what_waits_for_jobs_that_were_taken_out_goes_on() {
        let mut order = InstanceQueues::default();
        let first = order.enqueue(append("a")).unwrap();
        let second = order.enqueue(append("b")).unwrap();
        order.enqueue(append("b"));
        assert!(order.next_batch(second, 0).is_some());
        order.enqueue(append("b"));
        assert_eq!(order.take_queued().len(), 2);
        order.enqueue(rename("a", "b"));
        assert!(order.next_batch(second, 2).is_none());
        let mut renaming = order.next_batch(first, 0).unwrap();
        let waited = tokio::time::timeout(Duration::from_secs(5), renaming.wait()).await;
        assert!(waited.is_ok(), "nothing is left to wait for");
    }

    #[test]
    fn an_instance_that_nothing_is_known_of_has_to_be_looked_up_but_once() {
        let mut order = InstanceQueues::default();
        let write = append("log").write;
        assert!(order.needs_lookup(&write));
        order.enqueue(append("log"));
        assert!(!order.needs_lookup(&write), "it goes behind the other");
        let create = Write::CreateInstance {
            name: "new".into(),
            description: None,
        };
        assert!(!order.needs_lookup(&create));
    }
}
