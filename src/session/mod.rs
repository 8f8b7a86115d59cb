//! The sans-I/O core of a session: requests, and the states of a connection.
//!
//! The adapter calls [`SessionCore`] with everything that happens (a request, a socket that opened, a frame, a timer, …), and gets
//! [actions](Action) back. There is no clock, no socket and no JavaScript in here: the adapter hands in times in milliseconds, and
//! decides what a frame and a waiter are. `PROTOCOL.md` states the rules.
//!
//! ```
//! use codebolt_wasm::session::{Action, Call, Received, SessionCore, SessionOptions, State};
//! use codebolt_wasm::wire::InboundId;
//!
//! let mut core = SessionCore::new(SessionOptions::default(), "ws://localhost:12345/codebolt", 0);
//! let expected_reply = core.expect_reply("fs.read", &["fs.read"]);
//!
//! // A request before there is a connection: it waits, and a socket is to be opened.
//! let (slot, id) = core.reserve([7; 16], false); // bytes of a secure random source
//! let frame = format!(r#"{{"type":"fs.read","requestId":"{id}"}}"#);
//! let call = Call { expected_reply, size: frame.len() as u64, timeout: None };
//! core.call(0, slot, call, frame);
//! assert_eq!(core.next_action(), Some(Action::OpenSocket));
//!
//! // The socket has opened: the frame goes out.
//! core.opened(5);
//! while core.next_action().is_some() {}
//! assert_eq!(core.state(), State::Open);
//! let outbound = core.next_frame().unwrap();
//! assert!(outbound.frame.contains(&id.to_string()));
//!
//! // The reply has come: its waiter is the one at the slot.
//! let received = core.frame(9, InboundId::Known(id), || Some("fs.read"));
//! assert!(matches!(received, Received::Reply { slot: waiter, .. } if waiter == slot));
//! assert_eq!(core.occupancy().waiting, 0);
//! ```

mod action;
mod backoff;
mod calls;
mod closing;
mod connection;
mod connection_state;
mod deadlines;
mod expected_replies;
mod failure;
mod flow_control;
mod inbound;
mod occupancy;
mod options;
mod outbox;
mod request_table;
mod ring_buffer;
mod slab;
mod timers;

pub use action::{Action, Event, Request};
pub use calls::Call;
pub use closing::requested_closure;
pub use connection_state::State;
pub use expected_replies::ExpectedReply;
pub use failure::{Closure, Failure};
pub use inbound::Received;
pub use occupancy::{Occupancy, Pending};
pub use options::{Reconnect, SessionOptions};
pub use outbox::OutboundFrame;
pub use slab::Slot;

use crate::wire::RequestId;
use alloc::collections::VecDeque;
use alloc::rc::Rc;
use alloc::vec::Vec;
use backoff::Backoff;
use connection_state::Phase;
use outbox::Outbox;
use request_table::RequestTable;

/// One session with a host: at most one socket at a time, and every request that waits.
///
/// `Frame` is a message ready to be sent. Every waiter has a [`Slot`], which the adapter reserves first.
#[derive(Debug)]
pub struct SessionCore<Frame> {
    options: SessionOptions,
    /// The host's address without the query, for texts.
    address: Rc<str>,
    phase: Phase,
    /// Set once closing was asked for.
    closing: Option<closing::Closing>,
    requests: RequestTable,
    outbox: Outbox<Frame>,
    /// The waiters for the connection to open.
    readiness: Vec<ReadinessWaiter>,
    /// The waiters for the connection to be closed.
    closers: Vec<Slot>,
    backoff: Backoff,
    /// Whether there ever was an open connection.
    opened_before: bool,
    last_arrival: u64,
    /// Since when the socket has taken no more frames, although it has not reported that it closed.
    ending_since: Option<u64>,
    armed: Option<(u64, bool)>,
    actions: VecDeque<Action>,
    dropped: u64,
    /// How many messages the socket has got, and how many bytes.
    sent_frames: u64,
    sent_bytes: u64,
}

/// A waiter for the connection to open.
#[derive(Debug)]
struct ReadinessWaiter {
    slot: Slot,
    deadline: Option<u64>,
    limit: u64,
}

impl<Frame> SessionCore<Frame> {
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
            sent_frames: 0,
            sent_bytes: 0,
        }
    }

    /// The next action; `None` when all are done. Ask after every event, and then for the [next frame](Self::next_frame).
    pub fn next_action(&mut self) -> Option<Action> {
        let action = self.actions.pop_front();
        if action.is_none() {
            self.requests.slab.actions_done();
        }
        action
    }

    /// Whether there is nothing to do. Ask this, or [`next_action`](Self::next_action), after every event.
    pub fn is_done(&mut self) -> bool {
        let is_done = self.actions.is_empty() && !self.has_frame();
        if is_done {
            self.requests.slab.actions_done();
        }
        is_done
    }

    /// Reserves a slot for a waiter under a fresh id, made of bytes from a cryptographically secure source. The id of a message
    /// that no reply answers says so itself: a frame that comes with such an id is not a reply.
    pub fn reserve(&mut self, random: [u8; 16], is_message: bool) -> (Slot, RequestId) {
        self.requests.slab.reserve(random, is_message)
    }

    /// Releases a reserved slot that was not used.
    pub fn release(&mut self, slot: Slot) {
        self.requests.slab.release(slot);
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

    fn act(&mut self, action: Action) {
        self.actions.push_back(action);
    }

    /// Settles a waiter that waits for something other than a reply, and releases its slot.
    fn settle(&mut self, slot: Slot, outcome: Result<(), Failure>) {
        self.requests.slab.release(slot);
        self.act(Action::Settle {
            slot,
            request: None,
            outcome,
        });
    }

    /// Rejects a waiter whose slot has been released or cancelled.
    fn fail(&mut self, slot: Slot, request: Option<Request>, failure: Failure) {
        self.act(Action::Settle {
            slot,
            request,
            outcome: Err(failure),
        });
    }

    fn settle_closers(&mut self) {
        for slot in core::mem::take(&mut self.closers) {
            self.settle(slot, Ok(()));
        }
    }
}
