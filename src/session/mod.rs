//! The session: requests and the states of a connection, without I/O.
//!
//! Events go in (a call, a socket that opened, a frame, a timer, …), [actions](Action) come out. There is no
//! clock, no socket and no JavaScript in here: times are milliseconds that the adapter hands in, a frame and a
//! caller are whatever the adapter says. `PROTOCOL.md` states the rules.

use alloc::vec::Vec;
mod action;
mod backoff;
mod closing;
mod connection;
mod entry;
mod expectations;
mod failure;
mod flow;
mod options;
mod outbox;
mod place;
mod places;
mod recent;
mod request_table;
mod requests;
mod slots;
mod timers;

pub use action::{Action, Notice, Request};
pub use connection::State;
pub use expectations::Expectation;
pub use failure::{Closure, Failure};
pub use options::{Reconnect, SessionOptions};
pub use outbox::Outgoing;
pub use place::Place;
pub use requests::{Call, Received};

use crate::wire::RequestId;
use alloc::collections::VecDeque;
use alloc::rc::Rc;
use backoff::Backoff;
use connection::Phase;
use outbox::Outbox;
use request_table::RequestTable;

/// One session with a host: at most one socket at a time, and every request that waits.
///
/// `Frame` is a message ready to be sent. Whoever waits for something has a [`Place`], which the adapter draws before it asks.
#[derive(Debug)]
pub struct Session<Frame> {
    options: SessionOptions,
    /// The host's address without the query, for texts.
    address: Rc<str>,
    phase: Phase,
    /// Set once closing was asked for.
    closing: Option<closing::Closing>,
    requests: RequestTable,
    outbox: Outbox<Frame>,
    /// Those who wait for the connection to open.
    readiness: Vec<Waiter>,
    /// Those who wait for it to be closed.
    closers: Vec<Place>,
    backoff: Backoff,
    /// Whether there ever was an open connection.
    opened_before: bool,
    last_arrival: u64,
    /// Since when the socket has been seen to take no more, while it says nothing of an end.
    ending_since: Option<u64>,
    armed: Option<(u64, bool)>,
    actions: VecDeque<Action>,
    dropped: u64,
}

/// Somebody who waits for the connection to open.
#[derive(Debug)]
struct Waiter {
    place: Place,
    deadline: Option<u64>,
    limit: u64,
}

/// How much a session holds, for tests and for whoever looks for a leak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Occupancy {
    /// Requests that wait for a reply, sent or not.
    pub waiting: usize,
    /// Of these, those that were sent.
    pub in_flight: usize,
    /// Messages that wait to be sent.
    pub queued: usize,
    /// Requests given up whose late replies would still be recognised.
    pub given_up: usize,
    /// Callers that wait for the connection to open or close.
    pub waiting_for_connection: usize,
    /// Replies dropped so far: late, repeated or nobody's.
    pub dropped: u64,
}

impl<Frame> Session<Frame> {
    /// Makes a session that is not connected. `address` is the host's address for texts (without query, which
    /// may hold a token), `seed` spreads reconnection delays.
    #[must_use]
    pub fn new(options: SessionOptions, address: &str, seed: u64) -> Self {
        Self {
            options,
            address: Rc::from(address),
            phase: Phase::Idle,
            closing: None,
            requests: RequestTable::default(),
            outbox: Outbox::default(),
            readiness: Vec::new(),
            closers: Vec::new(),
            backoff: Backoff::new(seed),
            opened_before: false,
            last_arrival: 0,
            ending_since: None,
            armed: None,
            actions: VecDeque::new(),
            dropped: 0,
        }
    }

    /// The next thing to do, until there is none. To be asked after every event, and then for the [next frame](Self::next_frame).
    pub fn next_action(&mut self) -> Option<Action> {
        let action = self.actions.pop_front();
        if action.is_none() {
            self.requests.places().actions_done();
        }
        action
    }

    /// A place for somebody who will wait, and a fresh id for it, made of bytes from a cryptographically secure source. The id
    /// says whether it is one of a message that no reply answers: what comes with such an id is no reply.
    pub fn draw(&mut self, random: [u8; 16], is_message: bool) -> (Place, RequestId) {
        self.requests.places().draw(random, is_message)
    }

    /// The caller at a place that was drawn waits for nothing after all.
    pub fn leave(&mut self, place: Place) {
        self.requests.leave(place);
    }

    /// The id that was drawn for a place.
    #[must_use]
    pub fn id(&self, place: Place) -> Option<RequestId> {
        self.requests.id(place)
    }

    /// The options it was made with.
    #[must_use]
    pub fn options(&self) -> &SessionOptions {
        &self.options
    }

    /// The host's address, without the query.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it holds at the moment.
    #[must_use]
    pub fn occupancy(&self) -> Occupancy {
        Occupancy {
            waiting: self.requests.len(),
            in_flight: self.requests.sent(),
            queued: self.outbox.len(),
            given_up: self.requests.given_up(),
            waiting_for_connection: self.readiness.len() + self.closers.len(),
            dropped: self.dropped,
        }
    }

    fn act(&mut self, action: Action) {
        self.actions.push_back(action);
    }

    /// Settles somebody who waits for something else than a reply, and whose place that was.
    fn settle(&mut self, place: Place, outcome: Result<(), Failure>) {
        self.requests.leave(place);
        self.act(Action::Settle {
            place,
            request: None,
            outcome,
        });
    }

    /// What is told of a place's request; to be asked while it is in the table.
    fn request(&self, place: Place) -> Option<Request> {
        let expectation = self.requests.expectation(place)?;
        self.requests.describe(place, expectation)
    }

    fn fail(&mut self, place: Place, request: Option<Request>, failure: Failure) {
        self.act(Action::Settle {
            place,
            request,
            outcome: Err(failure),
        });
    }

    fn settle_closers(&mut self) {
        for place in core::mem::take(&mut self.closers) {
            self.settle(place, Ok(()));
        }
    }
}
