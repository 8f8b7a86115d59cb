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
mod deadlines;
mod expectations;
mod failure;
mod id_index;
mod options;
mod outbox;
mod request_table;
mod requests;
mod slots;
mod timers;

pub use action::{Action, Notice};
pub use connection::State;
pub use expectations::Expectation;
pub use failure::{Closure, Failure};
pub use options::{Reconnect, SessionOptions};
pub use requests::{Call, Received};

use crate::wire::RequestId;
use alloc::collections::VecDeque;
use alloc::rc::Rc;
use backoff::Backoff;
use connection::Phase;
use deadlines::Deadlines;
use outbox::Outbox;
use request_table::RequestTable;

/// One session with a host: at most one socket at a time, and every request that waits.
///
/// `Caller` is the adapter's handle of somebody who waits, `Frame` a message ready to be sent.
#[derive(Debug)]
pub struct Session<Caller, Frame> {
    options: SessionOptions,
    /// The host's address without the query, for texts.
    address: Rc<str>,
    phase: Phase,
    /// Set once closing was asked for.
    closing: Option<closing::Closing>,
    requests: RequestTable<Caller, Frame>,
    outbox: Outbox<Frame>,
    deadlines: Deadlines,
    /// Those who wait for the connection to open.
    readiness: Vec<Waiter<Caller>>,
    /// Those who wait for it to be closed.
    closers: Vec<Caller>,
    backoff: Backoff,
    /// Whether there ever was an open connection.
    opened_before: bool,
    last_arrival: u64,
    armed: Option<(u64, bool)>,
    actions: VecDeque<Action<Caller, Frame>>,
    dropped: u64,
}

/// Somebody who waits for the connection to open.
#[derive(Debug)]
struct Waiter<Caller> {
    id: RequestId,
    caller: Caller,
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
    /// Deadlines held, those of settled requests included.
    pub deadlines: usize,
    /// Replies dropped so far: late, repeated or nobody's.
    pub dropped: u64,
}

impl<Caller, Frame> Session<Caller, Frame> {
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
            deadlines: Deadlines::default(),
            readiness: Vec::new(),
            closers: Vec::new(),
            backoff: Backoff::new(seed),
            opened_before: false,
            last_arrival: 0,
            armed: None,
            actions: VecDeque::new(),
            dropped: 0,
        }
    }

    /// The next thing to do, until there is none. To be asked after every event.
    pub fn next_action(&mut self) -> Option<Action<Caller, Frame>> {
        self.actions.pop_front()
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
            deadlines: self.deadlines.len(),
            dropped: self.dropped,
        }
    }

    fn act(&mut self, action: Action<Caller, Frame>) {
        self.actions.push_back(action);
    }

    fn settle(&mut self, id: RequestId, caller: Caller, outcome: Result<(), Failure>) {
        self.act(Action::Settle {
            id: Some(id),
            caller,
            outcome,
        });
    }

    fn settle_closers(&mut self) {
        for caller in core::mem::take(&mut self.closers) {
            self.act(Action::Settle {
                id: None,
                caller,
                outcome: Ok(()),
            });
        }
    }
}
