//! What a session wants done.

use super::failure::{Closure, Failure};
use super::place::Place;
use crate::wire::RequestId;
use alloc::rc::Rc;

/// One thing for the adapter to do, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Open a socket and forget any earlier one. `attempt` counts from 0 since the last stable connection.
    OpenSocket {
        /// How many attempts failed before this one.
        attempt: u32,
    },
    /// Close the current socket; report `closed` when it is done.
    CloseSocket {
        /// The close code to send.
        code: u16,
    },
    /// Drop the current socket at once; nothing that it does later is of interest.
    AbandonSocket,
    /// Tell the session how many bytes the socket holds back (`buffered`).
    MeasureBuffer,
    /// Settle the caller at a place, who waits for a reply, for readiness, for a message to go or for the end.
    Settle {
        /// Whose place.
        place: Place,
        /// Which request it was; `None` for those who wait for something else.
        request: Option<Request>,
        /// `Ok` for all but requests, whose replies are handed back by `frame` itself.
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
    /// Tell listeners.
    Notify(Notice),
}

/// A request that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// Its type.
    pub type_name: Rc<str>,
}

/// A change of the connection that listeners hear about.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The connection is open.
    Open {
        /// Whether there was one before.
        again: bool,
    },
    /// The connection, or the attempt to make one, has ended and nothing will be tried by itself.
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
    /// Messages without a reply that waited to be sent were lost with the connection; their callers have been told too.
    MessagesLost {
        /// How many.
        count: usize,
    },
}
