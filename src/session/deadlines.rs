//! Deadlines of many requests behind one timer.

use alloc::collections::BinaryHeap;
use core::cmp::Reverse;

/// Which entry a deadline belongs to: its place in the table, and its number, which no later entry has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket {
    pub(super) sequence: u64,
    pub(super) slot: u32,
}

/// A queue of deadlines, soonest first. Entries that are gone are skipped when met and swept when they
/// outnumber the live ones, so that memory stays bounded by the calls in flight.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    soonest: BinaryHeap<Reverse<(u64, Ticket)>>,
}

/// Below this size sweeping is not worth the while.
const SWEEP_ABOVE: usize = 1024;

impl Deadlines {
    /// Adds a deadline. `live` is the number of entries that still wait, `waits` tells whether one does.
    pub(super) fn push(
        &mut self,
        at: u64,
        ticket: Ticket,
        live: usize,
        waits: impl Fn(Ticket) -> bool,
    ) {
        if self.soonest.len() > SWEEP_ABOVE && self.soonest.len() > live.saturating_mul(2) {
            self.soonest.retain(|Reverse((_, ticket))| waits(*ticket));
        }
        self.add(at, ticket);
    }

    /// Adds a deadline without a thought for those that are gone.
    pub(super) fn add(&mut self, at: u64, ticket: Ticket) {
        self.soonest.push(Reverse((at, ticket)));
    }

    /// The soonest time at which something may be due; it may belong to an entry that is gone.
    pub(super) fn next(&self) -> Option<u64> {
        self.soonest.peek().map(|Reverse((at, _))| *at)
    }

    /// Takes the next ticket whose time has come.
    pub(super) fn pop_due(&mut self, now: u64) -> Option<Ticket> {
        let Reverse((at, _)) = self.soonest.peek()?;
        if *at > now {
            return None;
        }
        self.soonest.pop().map(|Reverse((_, ticket))| ticket)
    }

    /// Drops the tickets of entries that are gone from the front.
    pub(super) fn skip_gone(&mut self, waits: impl Fn(Ticket) -> bool) {
        while let Some(Reverse((_, ticket))) = self.soonest.peek() {
            if waits(*ticket) {
                return;
            }
            self.soonest.pop();
        }
    }

    pub(super) fn clear(&mut self) {
        self.soonest = BinaryHeap::new();
    }

    pub(super) fn len(&self) -> usize {
        self.soonest.len()
    }
}
