//! The requests of one connection that are being answered.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::memory_budget::MemoryPermit;
use super::metrics::Metrics;
use crate::operations::Answering;
use crate::store::now_in_milliseconds;

/// A reply's frame, in parts.
pub type Frame = Vec<Cow<'static, str>>;

type Running = Pin<Box<dyn Future<Output = (Option<u64>, Frame)> + Send>>;

/// Requests that are being answered. Writes run as they come. A read waits for the earlier writes of its
/// connection, so that a client reads what it has written even when it did not wait for the reply.
pub struct Pipeline {
    metrics: Arc<Metrics>,
    running: FuturesUnordered<Running>,
    writes: BTreeSet<u64>,
    next_write: u64,
    held: VecDeque<(u64, Running)>,
}

impl Pipeline {
    pub fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            metrics,
            running: FuturesUnordered::new(),
            writes: BTreeSet::new(),
            next_write: 0,
            held: VecDeque::new(),
        }
    }

    /// How many requests are being answered.
    pub fn len(&self) -> usize {
        self.running.len() + self.held.len()
    }

    /// Starts to answer a request. A large request holds its memory permit until its reply is made.
    pub fn push(&mut self, answering: Answering, permit: Option<MemoryPermit>) {
        let metrics = Arc::clone(&self.metrics);
        let started = Instant::now();
        let number = answering.is_write.then_some(self.next_write);
        let is_write = answering.is_write;
        let running: Running = Box::pin(async move {
            let outcome = answering.outcome.await;
            metrics.answered(answering.asked, outcome.as_ref().err(), started.elapsed());
            if outcome.as_ref().is_ok_and(|reply| reply.read_all) {
                metrics.read_all();
            }
            let now = now_in_milliseconds();
            let frame = answering.address.frame_in_parts(outcome, now);
            drop(permit);
            (number, frame)
        });
        if is_write {
            self.writes.insert(self.next_write);
            self.next_write += 1;
            self.running.push(running);
        } else if self.writes.is_empty() {
            self.running.push(running);
        } else {
            self.held.push_back((self.next_write, running));
        }
    }

    /// The next answer; `None` when no request is being answered.
    pub async fn next(&mut self) -> Option<Frame> {
        let (number, frame) = self.running.next().await?;
        if let Some(number) = number {
            self.writes.remove(&number);
            self.release();
        }
        Some(frame)
    }

    fn release(&mut self) {
        let oldest = self.writes.first().copied().unwrap_or(u64::MAX);
        while self
            .held
            .front()
            .is_some_and(|(writes, _)| *writes <= oldest)
        {
            if let Some((_, running)) = self.held.pop_front() {
                self.running.push(running);
            }
        }
    }
}
