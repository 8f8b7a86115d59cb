//! The places of all who wait, and the requests among them.
//!
//! An id is drawn for a place and holds its number, so that a reply finds its request without a search; the rest of the id
//! then says whether it is this request's. Requests that were sent stand in a list, oldest first, for hosts that answer
//! without ids.
//!
//! A request that was sent and then given up (aborted, timed out) keeps its place without a caller: its late
//! reply, with an id or without, is then known as such and reaches nobody else. There is a bound on these.

use super::action::Request;
use super::expectations::{Expectation, Expectations};
use super::place::Place;
use super::recent::Recent;
use super::slots::Slots;
use crate::wire::RequestId;
use alloc::vec::Vec;

/// How many given-up requests are remembered.
const REMEMBERED_GIVEN_UP: usize = 1024;

/// No place.
const NONE: u32 = u32::MAX;

/// The longest time limit, in milliseconds: 24.8 days, which is also the longest delay of a JavaScript timer. Longer ones are
/// taken for this one.
pub(super) const LONGEST_LIMIT: u64 = i32::MAX as u64;

/// How many waiting requests put the next look at the time limits off by a millisecond: each look goes through all of them.
const LOOKED_AT_A_MILLISECOND: usize = 8192;

/// What a place is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Nothing.
    Free,
    /// An id was drawn for it; what for is not said yet, or is no request.
    Drawn,
    /// A request that waits to be sent.
    Queued,
    /// A request that was given up while it waited to be sent: the queue still names its place.
    Withdrawn,
    /// A request that was sent and waits for its reply.
    Sent,
    /// A request that was sent and given up.
    GivenUp,
}

/// A place. 32 bytes: they are most of what a waiting request costs here.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The id but for its last 32 bits, which say the place.
    id: [u32; 3],
    /// The neighbours in the list of sent requests; `next` also in those of unused places.
    previous: u32,
    next: u32,
    /// When the time limit ends, in the last 32 bits of the session's milliseconds.
    deadline: u32,
    /// The time limit in milliseconds; 0 = none.
    limit: u32,
    expectation: Packed,
}

/// An expectation, and what the place is used for in the three highest bits.
#[derive(Clone, Copy, Debug)]
struct Packed(u32);

const USE_SHIFT: u32 = 29;

impl Packed {
    fn new(place_use: Use, expectation: Expectation) -> Self {
        Self((place_use as u32) << USE_SHIFT | expectation.0 & ((1 << USE_SHIFT) - 1))
    }

    fn place_use(self) -> Use {
        match self.0 >> USE_SHIFT {
            1 => Use::Drawn,
            2 => Use::Queued,
            3 => Use::Withdrawn,
            4 => Use::Sent,
            5 => Use::GivenUp,
            _ => Use::Free,
        }
    }

    fn expectation(self) -> Expectation {
        Expectation(self.0 & ((1 << USE_SHIFT) - 1))
    }
}

impl Entry {
    fn is(&self, place_use: Use) -> bool {
        self.expectation.place_use() == place_use
    }

    fn becomes(&mut self, place_use: Use) {
        self.expectation = Packed::new(place_use, self.expectation.expectation());
    }

    /// Milliseconds until its deadline, negative when it has passed; `None` without one.
    fn remaining(&self, now: u64) -> Option<i32> {
        (self.limit > 0).then(|| self.deadline.wrapping_sub(now as u32) as i32)
    }
}

/// The table of places.
#[derive(Debug)]
pub(super) struct RequestTable {
    slots: Slots<Entry>,
    /// What a place's number is mixed with in its ids, from the first id's random bits.
    mask: Option<u32>,
    /// The first of the free places.
    free: u32,
    /// Places that were left and are not given out before all actions are done, the last one first.
    left: u32,
    /// The last in the list of those that were left, which was left first.
    left_first: u32,
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
            slots: Slots::default(),
            mask: None,
            free: NONE,
            left: NONE,
            left_first: NONE,
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
        self.slots.get(place.number())
    }

    /// A free place and a fresh id for it.
    pub(super) fn draw(&mut self, random: [u8; 16]) -> (Place, RequestId) {
        let drawn = RequestId::from_random_bytes(random);
        let mask = *self.mask.get_or_insert(drawn.last_bits());
        let [first, second, third, _] = drawn.words();
        let entry = Entry {
            id: [first, second, third],
            previous: NONE,
            next: NONE,
            deadline: 0,
            limit: 0,
            expectation: Packed::new(Use::Drawn, Expectation(0)),
        };
        let number = match self.slots.get_mut(self.free) {
            Some(place) => {
                let number = self.free;
                self.free = place.next;
                *place = entry;
                number
            }
            None => self.slots.push(entry),
        };
        let id = RequestId::of_words([first, second, third, number ^ mask]);
        (Place::of(number), id)
    }

    /// The id that was last drawn for a place.
    pub(super) fn id(&self, place: Place) -> Option<RequestId> {
        let [first, second, third] = self.entry(place)?.id;
        let last = place.number() ^ self.mask?;
        Some(RequestId::of_words([first, second, third, last]))
    }

    /// The place for which an id was drawn, unless it has been left since.
    pub(super) fn place(&self, id: RequestId) -> Option<Place> {
        let [first, second, third, last] = id.words();
        let place = Place::of(last ^ self.mask?);
        let entry = self.entry(place)?;
        (entry.id == [first, second, third] && !entry.is(Use::Free)).then_some(place)
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

    /// Leaves a place: it is free once all actions are done.
    pub(super) fn leave(&mut self, place: Place) {
        let number = place.number();
        let after = self.left;
        let Some(entry) = self.slots.get_mut(number) else {
            return;
        };
        if entry.is(Use::Free) {
            return;
        }
        entry.becomes(Use::Free);
        entry.next = after;
        if after == NONE {
            self.left_first = number;
        }
        self.left = number;
    }

    /// All actions are done: places that were left are free.
    pub(super) fn actions_done(&mut self) {
        if self.left == NONE {
            return;
        }
        if let Some(first) = self.slots.get_mut(self.left_first) {
            first.next = self.free;
        }
        self.free = core::mem::replace(&mut self.left, NONE);
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
        let Some(entry) = self.slots.get_mut(place.number()) else {
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
        let Some(entry) = self.slots.get_mut(place.number()) else {
            return;
        };
        entry.becomes(Use::Sent);
        entry.previous = before;
        entry.next = NONE;
        self.queued -= 1;
        self.sent += 1;
        self.newest = place.number();
        match self.slots.get_mut(before) {
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
        let entry = self.slots.get_mut(place.number())?;
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
        match self.slots.get_mut(previous) {
            Some(previous) => previous.next = next,
            None => self.oldest = next,
        }
        match self.slots.get_mut(next) {
            Some(next) => next.previous = previous,
            None => self.newest = previous,
        }
    }

    /// The sent requests, oldest first, those given up included.
    fn list(&self) -> impl Iterator<Item = (Place, &Entry)> {
        let mut at = self.oldest;
        core::iter::from_fn(move || {
            let entry = self.slots.get(at)?;
            let place = Place::of(at);
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
