//! Which writes wait for which.
//!
//! Each write has keys: what it calls its instance, that instance's id, the name that it gives. Two
//! writes with a key in common are done in the order they came. Those of one instance share a lane,
//! and go into one transaction when they wait together; lanes run side by side.

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

/// What has to be done first: as many of a lane's jobs.
type After = (watch::Receiver<u64>, u64);

struct Placed {
    job: Job,
    after: Vec<After>,
}

struct Lane {
    queue: VecDeque<Placed>,
    keys: Vec<String>,
    placed: u64,
    /// What was taken out of the queue unfinished; counts as finished with the batch before it.
    taken: u64,
    finished: watch::Sender<u64>,
}

/// Names a lane.
pub type LaneNumber = u64;

/// The next jobs of a lane.
pub struct Batch {
    /// Appends that follow each other, or one other write.
    pub jobs: Vec<Job>,
    after: Vec<After>,
}

impl Batch {
    /// Waits for what has to be done first.
    pub async fn wait(&mut self) {
        for (finished, wanted) in &mut self.after {
            // An error is that the lane is gone, and so done.
            let _ = finished.wait_for(|count| *count >= *wanted).await;
        }
    }
}

/// All lanes.
#[derive(Default)]
pub struct Order {
    lanes: HashMap<LaneNumber, Lane>,
    by_key: HashMap<String, LaneNumber>,
    next: LaneNumber,
    pub aliases: Aliases,
}

impl Order {
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Whether a write's instance has to be looked up before the write can be placed.
    pub fn has_to_know(&self, write: &Write) -> bool {
        let reference = write.reference();
        !matches!(write, Write::CreateInstance { .. })
            && !self.by_key.contains_key(reference)
            && self.aliases.id(reference).is_none()
    }

    /// Puts a job behind those that it has a key in common with; answers the lane when it is new.
    pub fn place(&mut self, job: Job) -> Option<LaneNumber> {
        let keys = self.keys_of(&job.write);
        let mut found: Vec<LaneNumber> = Vec::new();
        for key in &keys {
            if let Some(lane) = self.by_key.get(key)
                && !found.contains(lane)
            {
                found.push(*lane);
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
            .filter_map(|number| self.lanes.get(number))
            .map(|lane| (lane.finished.subscribe(), lane.placed))
            .collect();
        let lane = self.lanes.entry(home).or_insert_with(|| Lane {
            queue: VecDeque::new(),
            keys: Vec::new(),
            placed: 0,
            taken: 0,
            finished: watch::Sender::new(0),
        });
        for key in keys {
            if self.by_key.insert(key.clone(), home) != Some(home) {
                lane.keys.push(key);
            }
        }
        lane.placed += 1;
        lane.queue.push_back(Placed { job, after });
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

    /// The next jobs of a lane, after `done` of them; none when the lane has nothing left and is
    /// gone.
    pub fn next_batch(&mut self, number: LaneNumber, done: usize) -> Option<Batch> {
        let lane = self.lanes.get_mut(&number)?;
        let done = done as u64 + std::mem::take(&mut lane.taken);
        lane.finished.send_modify(|count| *count += done);
        let batch = take_batch(&mut lane.queue);
        if batch.is_none()
            && let Some(lane) = self.lanes.remove(&number)
        {
            for key in lane.keys {
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
        for lane in self.lanes.values_mut() {
            lane.taken += lane.queue.len() as u64;
            jobs.extend(lane.queue.drain(..).map(|placed| placed.job));
        }
        jobs
    }

    /// Remembers what an instance goes by. A lane that knows it by one of them stands for both.
    pub fn learn(&mut self, text: &str, id: &str) {
        self.aliases.learn(text, id);
        for (has, lacks) in [(text, id), (id, text)] {
            if let Some(number) = self.by_key.get(has).copied()
                && !self.by_key.contains_key(lacks)
                && let Some(lane) = self.lanes.get_mut(&number)
            {
                lane.keys.push(lacks.to_owned());
                self.by_key.insert(lacks.to_owned(), number);
            }
        }
    }
}

fn take_batch(queue: &mut VecDeque<Placed>) -> Option<Batch> {
    let Placed { job, after } = queue.pop_front()?;
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

    use super::{Job, Order};
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
        let mut order = Order::default();
        order.learn("log", "id");
        order.learn("id", "id");
        let lane = order.place(append("log")).unwrap();
        assert_eq!(order.place(append("id")), None);
        assert!(order.place(append("other")).is_some());
        assert_eq!(order.next_batch(lane, 0).unwrap().jobs.len(), 2);
        assert!(order.next_batch(lane, 2).is_none());
        assert!(
            order.place(append("id")).is_some(),
            "the lane was let go of"
        );
    }

    #[test]
    fn a_lane_that_learns_an_id_stands_for_it() {
        let mut order = Order::default();
        let lane = order.place(append("log")).unwrap();
        assert!(order.next_batch(lane, 0).is_some());
        // Its first append made the instance; its client now goes by the id.
        order.place(append("log"));
        order.learn("log", "id");
        assert_eq!(order.place(append("id")), None);
        assert_eq!(order.next_batch(lane, 1).unwrap().jobs.len(), 2);
    }

    #[tokio::test]
    async fn a_rename_waits_for_what_came_before_it_under_either_name() {
        let mut order = Order::default();
        let first = order.place(append("a")).unwrap();
        let second = order.place(append("b")).unwrap();
        assert_eq!(order.place(rename("a", "b")), None);
        assert_eq!(order.place(append("b")), None);
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
        let mut order = Order::default();
        let first = order.place(append("a")).unwrap();
        let second = order.place(append("b")).unwrap();
        order.place(append("b"));
        assert!(order.next_batch(second, 0).is_some());
        order.place(append("b"));
        assert_eq!(order.take_queued().len(), 2);
        order.place(rename("a", "b"));
        assert!(order.next_batch(second, 2).is_none());
        let mut renaming = order.next_batch(first, 0).unwrap();
        let waited = tokio::time::timeout(Duration::from_secs(5), renaming.wait()).await;
        assert!(waited.is_ok(), "nothing is left to wait for");
    }

    #[test]
    fn an_instance_that_nothing_is_known_of_has_to_be_looked_up_but_once() {
        let mut order = Order::default();
        let write = append("log").write;
        assert!(order.has_to_know(&write));
        order.place(append("log"));
        assert!(!order.has_to_know(&write), "it goes behind the other");
        let create = Write::CreateInstance {
            name: "new".into(),
            description: None,
        };
        assert!(!order.has_to_know(&create));
    }
}
