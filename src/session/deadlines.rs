//! The time limits of requests: when one ends next, and which have ended.

use super::slab::{Slot, SlotRecord};
use alloc::vec::Vec;

/// The longest time limit, in milliseconds: 24.8 days, which is also the longest delay of a JavaScript timer. Longer ones are
/// shortened to this.
pub(super) const LONGEST_LIMIT: u64 = i32::MAX as u64;

/// Each check of the time limits goes through all waiting requests. The next check comes a millisecond later for so many of them.
const SCANNED_PER_MILLISECOND: usize = 8192;

/// No check is put off by more milliseconds: there is no memory for so many requests.
const MOST_PAUSE: u64 = 1 << 20;

/// A check so many milliseconds late, 12 days, must come before another request is added: a record has only the last 32 bits of
/// its deadline.
const LATE: u64 = 1 << 30;

/// When to look at time limits next. The time limits themselves are in the slots' records.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// No time limit ends before this.
    soonest: Option<u64>,
}

impl Deadlines {
    /// No time limit ends before this.
    pub(super) fn soonest(&self) -> Option<u64> {
        self.soonest
    }

    /// Whether a check is so late that it must come before another request is added.
    pub(super) fn is_late(&self, now: u64) -> bool {
        self.soonest
            .is_some_and(|soonest| soonest.saturating_add(LATE) < now)
    }

    /// Adds a request's time limit in milliseconds (0 none). Gives the limit and the deadline for the slot's record.
    pub(super) fn add(&mut self, limit: u64, now: u64) -> (u32, u32) {
        let limit = limit.min(LONGEST_LIMIT);
        let deadline = now.saturating_add(limit);
        if limit > 0 {
            self.soonest = Some(
                self.soonest
                    .map_or(deadline, |soonest| soonest.min(deadline)),
            );
        }
        (limit as u32, deadline as u32)
    }

    /// Those of the waiting requests whose time is up, in the same order. This goes through all of them, `count` at most, so it
    /// also finds out when to look again.
    pub(super) fn due<'a>(
        &mut self,
        now: u64,
        waiting: impl Iterator<Item = (Slot, &'a SlotRecord)>,
        count: usize,
    ) -> Vec<Slot> {
        let Some(since) = self.soonest.filter(|soonest| *soonest <= now) else {
            return Vec::new();
        };
        // The clock may have gone on by any time since.
        let since = since.saturating_sub(MOST_PAUSE);
        let mut due = Vec::new();
        let mut soonest: Option<u64> = None;
        for (slot, record) in waiting {
            match record.deadline_since(since) {
                None => {}
                Some(deadline) if deadline <= now => due.push(slot),
                Some(deadline) => {
                    soonest = Some(soonest.map_or(deadline, |soonest| soonest.min(deadline)));
                }
            }
        }
        let pause = (count / SCANNED_PER_MILLISECOND) as u64;
        self.soonest = soonest.map(|deadline| deadline.max(now.saturating_add(pause)));
        due
    }
}
