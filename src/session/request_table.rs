//! The requests among those who wait.
//!
//! Those that were sent stand in a list, oldest first, for hosts that answer without ids.
//!
//! A request that was sent and then given up (aborted, timed out) keeps its place without a caller: its late
//! reply, with an id or without, is then known as such and reaches nobody else. There is a bound on these.

use super::action::Request;
use super::entry::{Entry, NONE, Packed, Use};
use super::expectations::{Expectation, Expectations};
use super::place::Place;
use super::places::Places;
use super::recent::Recent;
use crate::wire::RequestId;
use alloc::vec::Vec;

/// How many given-up requests are remembered.
const REMEMBERED_GIVEN_UP: usize = 1024;

/// The longest time limit, in milliseconds: 24.8 days, which is also the longest delay of a JavaScript timer. Longer ones are
/// taken for this one.
pub(super) const LONGEST_LIMIT: u64 = i32::MAX as u64;

/// How many waiting requests put the next look at the time limits off by a millisecond: each look goes through all of them.
const LOOKED_AT_A_MILLISECOND: usize = 8192;

/// The table of requests.
#[derive(Debug)]
pub(super) struct RequestTable {
    places: Places,
    /// The sent requests, given-up ones included.
    oldest: u32,
    newest: u32,
    expectations: Expectations,
    /// The given-up requests; some may have been answered since.
    given_up: Recent<RequestId, REMEMBERED_GIVEN_UP>,
    given_up_count: usize,
    queued: usize,
    sent: usize,
    /// No time limit ends before this.
    soonest: Option<u64>,
}

/// To whom a reply belongs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Addressee {
    /// A caller who waited.
    Caller,
    /// A request that was given up.
    GivenUp,
}

impl Default for RequestTable {
    fn default() -> Self {
        Self {
            places: Places::default(),
            oldest: NONE,
            newest: NONE,
            expectations: Expectations::default(),
            given_up: Recent::default(),
            given_up_count: 0,
            queued: 0,
            sent: 0,
            soonest: None,
        }
    }
}

impl RequestTable {
    pub(super) fn expectations(&mut self) -> &mut Expectations {
        &mut self.expectations
    }

    pub(super) fn is_reply_type(&self, type_name: &str) -> bool {
        self.expectations.is_reply_type(type_name)
    }

    /// How many requests wait.
    pub(super) fn len(&self) -> usize {
        self.queued + self.sent
    }

    /// How many of them have been sent.
    pub(super) fn sent(&self) -> usize {
        self.sent
    }

    /// How many given-up requests are remembered.
    pub(super) fn given_up(&self) -> usize {
        self.given_up_count
    }

    fn entry(&self, place: Place) -> Option<&Entry> {
        self.places.get(place)
    }

    pub(super) fn places(&mut self) -> &mut Places {
        &mut self.places
    }

    /// The id that was last drawn for a place.
    pub(super) fn id(&self, place: Place) -> Option<RequestId> {
        self.places.id(place)
    }

    /// Whether a message that no reply answers went out with this id.
    pub(super) fn is_message(&self, id: RequestId) -> bool {
        self.places.is_message(id)
    }

    /// The place for which an id was drawn, unless it has been left since.
    pub(super) fn place(&self, id: RequestId) -> Option<Place> {
        self.places.place(id)
    }

    /// Leaves a place: it is free once all actions are done.
    pub(super) fn leave(&mut self, place: Place) {
        self.places.leave(place);
    }

    /// What a place's request waits for.
    pub(super) fn expectation(&self, place: Place) -> Option<Expectation> {
        Some(self.entry(place)?.expectation.expectation())
    }

    /// What is told of a place's request that has these types.
    pub(super) fn describe(&self, place: Place, expectation: Expectation) -> Option<Request> {
        Some(Request {
            id: self.id(place)?,
            type_name: self.expectations.type_name(expectation)?,
        })
    }

    /// The time limit of a place's request, in milliseconds.
    pub(super) fn limit(&self, place: Place) -> u64 {
        self.entry(place).map_or(0, |entry| u64::from(entry.limit))
    }

    /// Whether a request still waits to be sent. The queue asks, and if not, names its place no longer.
    pub(super) fn still_queued(&mut self, place: Place) -> bool {
        let Some(entry) = self.entry(place) else {
            return false;
        };
        let is_queued = entry.is(Use::Queued);
        if entry.is(Use::Withdrawn) {
            self.leave(place);
        }
        is_queued
    }

    /// The drawn place becomes that of a request that waits to be sent.
    pub(super) fn queue(&mut self, place: Place, expectation: Expectation, limit: u64, now: u64) {
        let limit = limit.min(LONGEST_LIMIT);
        let deadline = now.saturating_add(limit);
        if limit > 0 {
            self.soonest = Some(
                self.soonest
                    .map_or(deadline, |soonest| soonest.min(deadline)),
            );
        }
        let Some(entry) = self.places.get_mut(place) else {
            return;
        };
        entry.limit = limit as u32;
        entry.deadline = deadline as u32;
        entry.expectation = Packed::new(Use::Queued, expectation);
        self.queued += 1;
        self.expectations.began(expectation);
    }

    /// The request that waited to be sent is handed to the socket; from now on a reply may reach it.
    pub(super) fn send(&mut self, place: Place) {
        let before = self.newest;
        let Some(entry) = self.places.get_mut(place) else {
            return;
        };
        entry.becomes(Use::Sent);
        entry.previous = before;
        entry.next = NONE;
        self.queued -= 1;
        self.sent += 1;
        self.newest = place.number();
        match self.places.get_mut(Place::of(before)) {
            Some(before) => before.next = place.number(),
            None => self.oldest = place.number(),
        }
    }

    /// The place of the request that was sent and waits under this id.
    pub(super) fn in_flight_place(&self, id: RequestId) -> Option<Place> {
        let place = self.place(id)?;
        self.entry(place)?.is(Use::Sent).then_some(place)
    }

    /// The request at this place was answered. Says whose reply that is; `None` when it was not even sent.
    pub(super) fn answered(&mut self, place: Place) -> Option<Addressee> {
        let entry = self.entry(place)?;
        let (addressee, expectation) = match entry.expectation.place_use() {
            Use::Sent => (Addressee::Caller, entry.expectation.expectation()),
            Use::GivenUp => (Addressee::GivenUp, entry.expectation.expectation()),
            Use::Free | Use::Drawn | Use::Queued | Use::Withdrawn => return None,
        };
        match addressee {
            Addressee::Caller => self.sent -= 1,
            Addressee::GivenUp => self.given_up_count -= 1,
        }
        self.unlink(place);
        self.leave(place);
        self.expectations.ended(expectation);
        Some(addressee)
    }

    /// The caller of a request waits no longer; says whether it had been sent. `None` when it has settled already.
    pub(super) fn give_up(&mut self, place: Place) -> Option<bool> {
        let id = self.id(place)?;
        let entry = self.places.get_mut(place)?;
        let expectation = entry.expectation.expectation();
        match entry.expectation.place_use() {
            Use::Queued => {
                entry.becomes(Use::Withdrawn);
                self.queued -= 1;
                self.expectations.ended(expectation);
                Some(false)
            }
            Use::Sent => {
                entry.becomes(Use::GivenUp);
                self.sent -= 1;
                self.given_up_count += 1;
                if let Some(oldest) = self.given_up.add(id) {
                    self.forget(oldest);
                }
                Some(true)
            }
            Use::Free | Use::Drawn | Use::Withdrawn | Use::GivenUp => None,
        }
    }

    /// Takes a waiting request out altogether, and says whether it had been sent.
    pub(super) fn remove(&mut self, place: Place) -> Option<bool> {
        let entry = self.entry(place)?;
        let expectation = entry.expectation.expectation();
        let was_sent = match entry.expectation.place_use() {
            Use::Queued => {
                self.queued -= 1;
                false
            }
            Use::Sent => {
                self.sent -= 1;
                self.unlink(place);
                true
            }
            Use::Free | Use::Drawn | Use::Withdrawn | Use::GivenUp => return None,
        };
        self.leave(place);
        self.expectations.ended(expectation);
        Some(was_sent)
    }

    fn forget(&mut self, given_up: RequestId) {
        if let Some(place) = self.place(given_up)
            && self
                .entry(place)
                .is_some_and(|entry| entry.is(Use::GivenUp))
        {
            self.answered(place);
        }
    }

    /// Forgets the given-up requests: their connection is gone.
    pub(super) fn forget_given_up(&mut self) {
        for id in self.given_up.take() {
            self.forget(id);
        }
    }

    fn unlink(&mut self, place: Place) {
        let Some(&Entry { previous, next, .. }) = self.entry(place) else {
            return;
        };
        match self.places.get_mut(Place::of(previous)) {
            Some(previous) => previous.next = next,
            None => self.oldest = next,
        }
        match self.places.get_mut(Place::of(next)) {
            Some(next) => next.previous = previous,
            None => self.newest = previous,
        }
    }

    /// The sent requests, oldest first, those given up included.
    fn list(&self) -> impl Iterator<Item = (Place, &Entry)> {
        let mut at = self.oldest;
        core::iter::from_fn(move || {
            let place = Place::of(at);
            let entry = self.places.get(place)?;
            at = entry.next;
            Some((place, entry))
        })
    }

    /// The requests that were sent and wait, oldest first.
    pub(super) fn in_flight(&self) -> Vec<Place> {
        self.list()
            .filter(|(_, entry)| entry.is(Use::Sent))
            .map(|(place, _)| place)
            .collect()
    }

    /// The oldest sent request that waits for this type.
    pub(super) fn oldest_expecting(&self, type_name: &str) -> Option<Place> {
        let sets = self.expectations.sets_with(type_name);
        if sets.is_empty() {
            return None;
        }
        self.list()
            .find(|(_, entry)| sets.contains(&entry.expectation.expectation().0))
            .map(|(place, _)| place)
    }

    /// No time limit ends before this.
    pub(super) fn soonest(&self) -> Option<u64> {
        self.soonest
    }

    /// Nobody waits any more.
    pub(super) fn forget_deadlines(&mut self) {
        self.soonest = None;
    }

    /// The requests whose time is up, sent ones first, each oldest first; `queued` are the places that the queue names. Looks
    /// at all that wait, so it also finds out when to look again.
    pub(super) fn due(&mut self, now: u64, queued: impl Iterator<Item = Place>) -> Vec<Place> {
        if self.soonest.is_none_or(|soonest| soonest > now) {
            return Vec::new();
        }
        let mut due = Vec::new();
        let mut soonest: Option<i32> = None;
        let queued = queued
            .filter_map(|place| Some((place, self.entry(place)?)))
            .filter(|(_, entry)| entry.is(Use::Queued));
        let sent = self.list().filter(|(_, entry)| entry.is(Use::Sent));
        for (place, entry) in sent.chain(queued) {
            match entry.remaining(now) {
                None => {}
                Some(remaining) if remaining <= 0 => due.push(place),
                Some(remaining) => {
                    soonest = Some(soonest.map_or(remaining, |soonest| soonest.min(remaining)));
                }
            }
        }
        let pause = self.len() / LOOKED_AT_A_MILLISECOND;
        self.soonest = soonest.map(|remaining| {
            now.saturating_add((remaining.unsigned_abs() as usize).max(pause) as u64)
        });
        due
    }
}
