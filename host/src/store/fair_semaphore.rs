//! A semaphore that is fair between connections. It hands out permits round robin: one to each connection
//! that waits, then the next one to each. A connection that asks a hundred times delays itself, not others.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::{Caller, StoreFailure};

/// A semaphore of which one caller can hold only a part of the permits.
#[derive(Debug, Clone)]
pub struct FairSemaphore(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    free: usize,
    most_per_caller: usize,
    is_closed: bool,
    taken: HashMap<Caller, usize>,
    waiting: HashMap<Caller, VecDeque<oneshot::Sender<Permit>>>,
    /// Callers with a waiter, each once. The first one gets the next permit.
    order: VecDeque<Caller>,
}

/// A permit. Dropping it hands it to the next waiter.
#[derive(Debug)]
pub struct Permit {
    semaphore: Option<FairSemaphore>,
    caller: Caller,
}

impl FairSemaphore {
    /// A semaphore with `count` permits. One caller holds at most `most_per_caller` of them.
    pub fn new(count: usize, most_per_caller: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free: count,
            most_per_caller,
            is_closed: false,
            taken: HashMap::new(),
            waiting: HashMap::new(),
            order: VecDeque::new(),
        })))
    }

    /// Waits for a permit. Dropping the future leaves the queue.
    ///
    /// # Errors
    /// [`StoreFailure::Closed`] once [`Self::close`] was called.
    pub async fn acquire(&self, caller: Caller) -> Result<Permit, StoreFailure> {
        let (permit, given) = oneshot::channel();
        {
            let mut state = self.state();
            if state.is_closed {
                return Err(StoreFailure::Closed);
            }
            let own = state.waiting.entry(caller).or_default();
            own.push_back(permit);
            if own.len() == 1 {
                state.order.push_back(caller);
            }
            self.hand_out(&mut state);
        }
        given.await.map_err(|_| StoreFailure::Closed)
    }

    /// Hands out no more permits. All waiters get [`StoreFailure::Closed`].
    pub fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.waiting.clear();
        state.order.clear();
    }

    /// Whether all permits are free.
    pub fn is_idle(&self) -> bool {
        self.state().taken.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands out all free permits.
    fn hand_out(&self, state: &mut State) {
        let mut passed_over = 0;
        while state.free > 0 && passed_over < state.order.len() {
            let Some(caller) = state.order.pop_front() else {
                break;
            };
            let taken = state.taken.get(&caller).copied().unwrap_or(0);
            if taken >= state.most_per_caller {
                state.order.push_back(caller);
                passed_over += 1;
                continue;
            }
            if self.hand_to(state, caller) {
                state.free -= 1;
                state.taken.insert(caller, taken + 1);
            }
            if state.waiting.get(&caller).is_some_and(VecDeque::is_empty) {
                state.waiting.remove(&caller);
            } else {
                state.order.push_back(caller);
            }
            passed_over = 0;
        }
    }

    /// Hands a permit to the caller's first waiter that is still there.
    fn hand_to(&self, state: &mut State, caller: Caller) -> bool {
        let Some(own) = state.waiting.get_mut(&caller) else {
            return false;
        };
        while let Some(waiter) = own.pop_front() {
            let permit = Permit {
                semaphore: Some(self.clone()),
                caller,
            };
            match waiter.send(permit) {
                Ok(()) => return true,
                // The permit was never counted, and its drop would lock the state again.
                Err(mut permit) => permit.semaphore = None,
            }
        }
        false
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(semaphore) = self.semaphore.take() else {
            return;
        };
        let mut state = semaphore.state();
        state.free += 1;
        if let Some(taken) = state.taken.get_mut(&self.caller) {
            *taken -= 1;
            if *taken == 0 {
                state.taken.remove(&self.caller);
            }
        }
        semaphore.hand_out(&mut state);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use futures_util::FutureExt;

    use super::FairSemaphore;
    use crate::store::{Caller, StoreFailure};

    #[tokio::test]
    async fn the_next_permit_goes_to_a_caller_that_has_none_however_many_others_wait() {
        let semaphore = FairSemaphore::new(2, 2);
        let (greedy, modest) = (Caller::another(), Caller::another());
        let first = semaphore.acquire(greedy).await.unwrap();
        let second = semaphore.acquire(greedy).await.unwrap();
        let mut waiting: Vec<_> = (0..100)
            .map(|_| Box::pin(semaphore.acquire(greedy)))
            .collect();
        for one in &mut waiting {
            assert!(one.now_or_never().is_none());
        }
        let mut other = Box::pin(semaphore.acquire(modest));
        assert!((&mut other).now_or_never().is_none());
        drop(first);
        drop(second);
        assert!(
            (&mut other).now_or_never().is_some(),
            "it gets the second one"
        );
    }

    #[tokio::test]
    async fn one_caller_does_not_get_all_permits_and_none_is_lost_when_its_waiter_has_gone() {
        let semaphore = FairSemaphore::new(2, 1);
        let greedy = Caller::another();
        let held = semaphore.acquire(greedy).await.unwrap();
        let mut gone = Box::pin(semaphore.acquire(greedy));
        assert!(
            (&mut gone).now_or_never().is_none(),
            "one is all that it gets"
        );
        let other = semaphore.acquire(Caller::another()).await.unwrap();
        drop(gone);
        let mut last = Box::pin(semaphore.acquire(greedy));
        assert!((&mut last).now_or_never().is_none());
        drop(held);
        let given = (&mut last).now_or_never().unwrap().unwrap();
        // It was given a permit, and dropped before it was polled.
        let mut unseen = Box::pin(semaphore.acquire(greedy));
        assert!((&mut unseen).now_or_never().is_none());
        drop(given);
        drop(unseen);
        drop(other);
        assert!(semaphore.is_idle());
        assert!(semaphore.acquire(greedy).now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn waiters_get_an_error_when_the_semaphore_is_closed() {
        let semaphore = FairSemaphore::new(1, 1);
        let held = semaphore.acquire(Caller::HOST).await.unwrap();
        let waiting = tokio::spawn({
            let semaphore = semaphore.clone();
            async move { semaphore.acquire(Caller::HOST).await.map(drop) }
        });
        tokio::task::yield_now().await;
        semaphore.close();
        assert_eq!(waiting.await.unwrap(), Err(StoreFailure::Closed));
        assert_eq!(
            semaphore.acquire(Caller::HOST).await.map(drop),
            Err(StoreFailure::Closed)
        );
        drop(held);
    }
}
