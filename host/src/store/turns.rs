//! Turns at what there is little of, given to those who wait in a round: one for each connection, then
//! the next one for each. So who asks a hundred times waits for itself, not everybody else for it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::{Caller, StoreFailure};

/// So many turns at the same time, of which one caller gets no more than a part.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Mutex<Round>>);

#[derive(Debug)]
struct Round {
    free: usize,
    most_of_one: usize,
    is_closed: bool,
    taken: HashMap<Caller, usize>,
    waiting: HashMap<Caller, VecDeque<oneshot::Sender<Turn>>>,
    /// Those with somebody waiting, each once; the next turn is the first one's.
    order: VecDeque<Caller>,
}

/// A turn; dropping it gives it to the next.
#[derive(Debug)]
pub struct Turn {
    turns: Option<Turns>,
    caller: Caller,
}

impl Turns {
    /// `count` turns, of which one caller gets at most `most_of_one`.
    pub fn new(count: usize, most_of_one: usize) -> Self {
        Self(Arc::new(Mutex::new(Round {
            free: count,
            most_of_one,
            is_closed: false,
            taken: HashMap::new(),
            waiting: HashMap::new(),
            order: VecDeque::new(),
        })))
    }

    /// Waits for a turn. Who stops waiting loses his place.
    ///
    /// # Errors
    /// [`StoreFailure::Closed`] when there are no more.
    pub async fn take(&self, caller: Caller) -> Result<Turn, StoreFailure> {
        let (turn, given) = oneshot::channel();
        {
            let mut round = self.round();
            if round.is_closed {
                return Err(StoreFailure::Closed);
            }
            let own = round.waiting.entry(caller).or_default();
            own.push_back(turn);
            if own.len() == 1 {
                round.order.push_back(caller);
            }
            self.give(&mut round);
        }
        given.await.map_err(|_| StoreFailure::Closed)
    }

    /// Gives out no more turns; those who wait are told.
    pub fn close(&self) {
        let mut round = self.round();
        round.is_closed = true;
        round.waiting.clear();
        round.order.clear();
    }

    /// Whether nobody has a turn.
    pub fn are_all_free(&self) -> bool {
        self.round().taken.is_empty()
    }

    fn round(&self) -> MutexGuard<'_, Round> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives out what is free.
    fn give(&self, round: &mut Round) {
        let mut passed_over = 0;
        while round.free > 0 && passed_over < round.order.len() {
            let Some(caller) = round.order.pop_front() else {
                break;
            };
            let taken = round.taken.get(&caller).copied().unwrap_or(0);
            if taken >= round.most_of_one {
                round.order.push_back(caller);
                passed_over += 1;
                continue;
            }
            if self.give_to(round, caller) {
                round.free -= 1;
                round.taken.insert(caller, taken + 1);
            }
            if round.waiting.get(&caller).is_some_and(VecDeque::is_empty) {
                round.waiting.remove(&caller);
            } else {
                round.order.push_back(caller);
            }
            passed_over = 0;
        }
    }

    /// Gives a turn to the first of a caller's who still waits.
    fn give_to(&self, round: &mut Round, caller: Caller) -> bool {
        let Some(own) = round.waiting.get_mut(&caller) else {
            return false;
        };
        while let Some(waiter) = own.pop_front() {
            let turn = Turn {
                turns: Some(self.clone()),
                caller,
            };
            match waiter.send(turn) {
                Ok(()) => return true,
                // It was never counted, and the round is being held.
                Err(mut turn) => turn.turns = None,
            }
        }
        false
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(turns) = self.turns.take() else {
            return;
        };
        let mut round = turns.round();
        round.free += 1;
        if let Some(taken) = round.taken.get_mut(&self.caller) {
            *taken -= 1;
            if *taken == 0 {
                round.taken.remove(&self.caller);
            }
        }
        turns.give(&mut round);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use futures_util::FutureExt;

    use super::Turns;
    use crate::store::{Caller, StoreFailure};

    #[tokio::test]
    async fn the_next_turn_is_of_who_has_not_had_one_however_many_others_wait() {
        let turns = Turns::new(2, 2);
        let (greedy, modest) = (Caller::another(), Caller::another());
        let first = turns.take(greedy).await.unwrap();
        let second = turns.take(greedy).await.unwrap();
        let mut waiting: Vec<_> = (0..100).map(|_| Box::pin(turns.take(greedy))).collect();
        for one in &mut waiting {
            assert!(one.now_or_never().is_none());
        }
        let mut other = Box::pin(turns.take(modest));
        assert!((&mut other).now_or_never().is_none());
        drop(first);
        drop(second);
        assert!(
            (&mut other).now_or_never().is_some(),
            "it gets the second one"
        );
    }

    #[tokio::test]
    async fn one_caller_does_not_get_them_all_and_a_turn_nobody_waits_for_any_more_is_not_lost() {
        let turns = Turns::new(2, 1);
        let greedy = Caller::another();
        let held = turns.take(greedy).await.unwrap();
        let mut gone = Box::pin(turns.take(greedy));
        assert!(
            (&mut gone).now_or_never().is_none(),
            "one is all that it gets"
        );
        let other = turns.take(Caller::another()).await.unwrap();
        drop(gone);
        let mut last = Box::pin(turns.take(greedy));
        assert!((&mut last).now_or_never().is_none());
        drop(held);
        let given = (&mut last).now_or_never().unwrap().unwrap();
        // Given, and dropped before it was looked at.
        let mut unseen = Box::pin(turns.take(greedy));
        assert!((&mut unseen).now_or_never().is_none());
        drop(given);
        drop(unseen);
        drop(other);
        assert!(turns.are_all_free());
        assert!(turns.take(greedy).now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn who_waits_when_it_is_over_is_told() {
        let turns = Turns::new(1, 1);
        let held = turns.take(Caller::HOST).await.unwrap();
        let waiting = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(Caller::HOST).await.map(drop) }
        });
        tokio::task::yield_now().await;
        turns.close();
        assert_eq!(waiting.await.unwrap(), Err(StoreFailure::Closed));
        assert_eq!(
            turns.take(Caller::HOST).await.map(drop),
            Err(StoreFailure::Closed)
        );
        drop(held);
    }
}
