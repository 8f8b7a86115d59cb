//! What is around a session: callers, a socket, a clock, one timer. It keeps its own books of all that happens.

mod adapter;
mod callers;
mod end;
mod socket;
mod timer;

use crate::operation::{EXPECTED, Id, ONE_OFF, Operation, REQUESTS};
use codebolt_wasm::session::{
    Event, ExpectedReply, Failure, SessionCore, SessionOptions, Slot, State,
};
use codebolt_wasm::wire::{InboundId, RequestId};
use std::collections::{HashMap, HashSet};

/// Who waits for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Call {
        kind: usize,
    },
    Readiness,
    Closing,
    /// That a message without a reply is sent.
    Sending,
}

/// How a wait ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Reply,
    Done,
    Aborted,
    Failed(Failure),
}

/// Somebody who waits, or waited.
#[derive(Debug)]
pub struct Wait {
    pub kind: Kind,
    pub id: RequestId,
    pub slot: Slot,
    pub until: Option<u64>,
    pub size: u64,
    /// Whether the frame was handed out to be sent.
    pub sent: bool,
    pub outcome: Option<Outcome>,
}

impl Wait {
    /// Whether there is a frame to be sent for it.
    pub fn is_frame(&self) -> bool {
        matches!(self.kind, Kind::Call { .. } | Kind::Sending)
    }
}

/// The state of the one socket, as this side of it sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    None,
    Opening {
        since: u64,
    },
    Open {
        heard: u64,
    },
    Closing {
        until: u64,
    },
    /// No socket; another attempt was announced.
    Pause {
        until: u64,
    },
    /// No socket, and there will be none.
    Gone,
}

pub struct World {
    /// A frame is the number of who waits for its reply, or for it to be sent.
    pub session: SessionCore<usize>,
    /// Who has which slot; of several the last.
    slots: HashMap<Slot, usize>,
    /// Frames that the world sends by itself, for the session left it to do so.
    fast_path: bool,
    pub options: SessionOptions,
    pub now: u64,
    pub link: Link,
    pub waits: Vec<Wait>,
    /// Frames sent over this connection that had no reply yet, those cancelled included, in the order of sending.
    pub unanswered: Vec<usize>,
    /// Every frame ever handed out.
    pub handed_out: HashSet<usize>,
    /// The frame sent last; their numbers are in the order of the calls.
    last_order: usize,
    /// Whether the socket takes no more, though it is open.
    pub is_ending: bool,
    /// How many sockets have gone.
    generation: usize,
    pub armed: Option<(u64, bool)>,
    pub timers_fired: usize,
    /// What the socket's buffer holds, and what it held when it was last measured.
    buffer: u64,
    pub measured: u64,
    pub unmeasured: u64,
    pub close_asked: bool,
    pub drain_until: Option<u64>,
    one_off_used: bool,
    expected_replies: Vec<ExpectedReply>,
    in_listener: Vec<Vec<Operation>>,
    in_send: Vec<(Vec<Operation>, bool)>,
    recursive: bool,
    depth: usize,
    /// Something happened between two actions: frames may have been handed to a socket that was gone.
    interrupted: bool,
    pub dropped: u64,
    /// What listeners have heard.
    pub events: Vec<Event>,
    opened_before: bool,
}

impl World {
    /// `recursive`: whether what a listener does is carried out within it, or after what is under way.
    /// `fast_path`: whether it sends frames by itself where the session lets it.
    pub fn new(options: SessionOptions, recursive: bool, fast_path: bool) -> Self {
        let mut session = SessionCore::new(options.clone(), "ws://localhost:12345/codebolt", 7);
        let expected_replies = EXPECTED
            .iter()
            .take(ONE_OFF)
            .zip(REQUESTS)
            .map(|(types, name)| session.expect_reply(name, types))
            .collect();
        Self {
            session,
            slots: HashMap::new(),
            fast_path,
            options,
            now: 1_000,
            link: Link::None,
            waits: Vec::new(),
            unanswered: Vec::new(),
            handed_out: HashSet::new(),
            last_order: 0,
            is_ending: false,
            generation: 0,
            armed: None,
            timers_fired: 0,
            buffer: 0,
            measured: 0,
            unmeasured: 0,
            close_asked: false,
            drain_until: None,
            one_off_used: false,
            expected_replies,
            in_listener: Vec::new(),
            in_send: Vec::new(),
            recursive,
            depth: 0,
            interrupted: false,
            dropped: 0,
            events: Vec::new(),
            opened_before: false,
        }
    }

    /// Lets something happen, does what the session wants, and compares the books.
    pub fn perform(&mut self, operation: Operation) {
        self.happen(operation);
        if self.depth == 0 {
            self.check();
        }
    }

    fn happen(&mut self, operation: Operation) {
        match operation {
            Operation::Call {
                kind,
                timeout,
                size,
            } => {
                self.call(kind, timeout, size);
            }
            Operation::Send { size } => {
                let _ = self.send(size);
            }
            Operation::WaitForReady { timeout } => {
                self.wait_for_ready(timeout);
            }
            Operation::Connect => {
                self.session.connect(self.now);
                self.carry_out();
            }
            Operation::SocketOpens => self.socket_opens(),
            Operation::SocketCloses { code } => self.socket_closes(code),
            Operation::Frame { id, type_name } => {
                let id = match id {
                    Id::Of(index) if !self.waits.is_empty() => {
                        InboundId::Known(self.waits[index.index(self.waits.len())].id)
                    }
                    Id::Of(_) | Id::Foreign => InboundId::Foreign,
                    Id::Absent => InboundId::Absent,
                    Id::Unknown => InboundId::Known(stranger()),
                };
                self.frame(id, type_name);
            }
            Operation::Unreadable => {
                if let Link::Open { heard } = &mut self.link {
                    *heard = self.now;
                    self.session.arrived(self.now);
                }
            }
            Operation::Abort(index) => {
                if !self.waits.is_empty() {
                    self.abort(index.index(self.waits.len()));
                }
            }
            Operation::Advance(by) => self.advance(by),
            Operation::TimerFiresEarly => self.fire(),
            Operation::Buffer(bytes) => self.buffer = bytes,
            Operation::Close { drain } => {
                self.close(drain);
            }
            Operation::InNextListener(operations) => self.in_listener.push(operations),
            Operation::InNextSend(operations, throws) => self.in_send.push((operations, throws)),
            Operation::SocketEnds => self.is_ending |= matches!(self.link, Link::Open { .. }),
        }
    }

    fn wait(&mut self, kind: Kind, limit: u64, size: u64) -> usize {
        let number = self.waits.len();
        let (slot, id) = self.session.reserve(random(number), kind == Kind::Sending);
        if let Some(before) = self.slots.insert(slot, number) {
            assert!(
                self.waits[before].outcome.is_some(),
                "{slot:?} is given to two"
            );
        }
        self.waits.push(Wait {
            kind,
            id,
            slot,
            until: (limit > 0).then(|| self.now + limit),
            size,
            sent: false,
            outcome: None,
        });
        number
    }

    fn carry_out(&mut self) {
        if self.depth > 0 {
            self.interrupted = true;
            if !self.recursive {
                return;
            }
        }
        self.depth += 1;
        loop {
            let is_done = self.session.is_done();
            if let Some(action) = self.session.next_action() {
                assert!(!is_done, "done, and {action:?}");
                self.act(action);
            } else if !self.session.has_frame() {
                assert!(is_done, "nothing to do, and not done");
                break;
            } else if self.is_ending {
                self.session.ending(self.now);
            } else if let Some(outbound) = self.session.next_frame() {
                assert_eq!(outbound.slot, self.waits[outbound.frame].slot);
                self.sends(outbound.frame);
            }
        }
        self.depth -= 1;
        if self.depth == 0 {
            self.interrupted = false;
            if self.link == Link::None && self.session.state() == State::Closed {
                self.link = Link::Gone;
            }
        }
    }

    fn settle(&mut self, number: usize, outcome: Outcome) {
        let wait = &mut self.waits[number];
        assert_eq!(
            wait.outcome, None,
            "{wait:?} settles again with {outcome:?}"
        );
        wait.outcome = Some(outcome);
    }
}

/// Bytes that no two callers share.
fn random(number: usize) -> [u8; 16] {
    (number as u128)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
        .to_be_bytes()
}

/// An id that was never given out.
pub fn stranger() -> RequestId {
    RequestId::from_random_bytes(random(usize::MAX))
}
