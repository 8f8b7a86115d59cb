//! The actions that a session asks its adapter to carry out, and the events that it reports.

use super::failure::{Closure, Failure};
use super::slab::Slot;
use crate::wire::RequestId;
use alloc::rc::Rc;

/// One thing for the adapter to do, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Open a socket and forget any earlier one.
    OpenSocket,
    /// Close the current socket; report `closed` when it is done.
    CloseSocket {
        /// The close code to send.
        code: u16,
    },
    /// Drop the current socket at once, and ignore what it does later.
    AbandonSocket,
    /// Tell the session how many bytes the socket holds back (`buffered`).
    MeasureBuffer,
    /// Settle a waiter, which waits for a reply, for readiness, for a message to be sent, or for the end.
    Settle {
        /// The waiter's slot.
        slot: Slot,
        /// Which request it was; `None` for those who wait for something else.
        request: Option<Request>,
        /// Always `Err` for a request: its reply comes from `frame` or `reply`, not as an action.
        outcome: Result<(), Failure>,
    },
    /// Call `timer` at this time, instead of any time named before.
    ArmTimer {
        /// When, in the session's milliseconds.
        at: u64,
        /// Whether nothing else (no socket) keeps the program alive until then.
        holds_process: bool,
    },
    /// No timer is needed.
    DisarmTimer,
    /// Call the listeners.
    Emit(Event),
}

/// What failures, replies and lists say of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// Its type.
    pub type_name: Rc<str>,
}

/// A change of the connection that listeners hear about.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The connection is open.
    Open {
        /// Whether there was one before.
        again: bool,
    },
    /// The connection, or the attempt to make one, has ended. The session does not try again by itself.
    Close {
        /// How it ended.
        closure: Closure,
        /// Whether this side asked for it.
        requested: bool,
    },
    /// Another attempt will be made.
    Reconnecting {
        /// Which attempt, from 1.
        attempt: u32,
        /// In how many milliseconds.
        delay: u64,
        /// How the last connection or attempt ended.
        closure: Closure,
    },
    /// Messages without a reply that waited to be sent were lost with the connection; their waiters have been settled too.
    MessagesLost {
        /// How many.
        count: usize,
    },
}
