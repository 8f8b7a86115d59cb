//! What is around a session: callers, a socket, a clock, one timer. It keeps its own books of all that happens.

mod adapter;

use crate::operation::{EXPECTED, Id, ONE_OFF, Operation, REQUESTS, TYPES};
use codebolt_wasm::session::{
    Call, Event, ExpectedReply, Failure, Received, Request, SessionCore, SessionOptions, Slot,
    State,
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

/// What became of an incoming frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Reply(Slot),
    Dropped,
    Heartbeat,
    Message,
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
    /// How many more frames go out before the turn ends; no end in sight where there is none.
    left_in_turn: Option<usize>,
    /// Whether the rest waits for the next turn.
    pub is_paused: bool,
    /// How many sockets have gone.
    generation: usize,
    pub armed: Option<(u64, bool)>,
    pub timers_fired: usize,
    pub timers_armed: usize,
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
            left_in_turn: None,
            is_paused: false,
            generation: 0,
            armed: None,
            timers_fired: 0,
            timers_armed: 0,
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
            Operation::TurnEndsAfter(frames) => self.left_in_turn = Some(frames),
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

    pub fn call(&mut self, kind: usize, timeout: Option<u64>, size: u64) -> usize {
        let limit = timeout.or(self.options.request_timeout).unwrap_or(0);
        let number = self.wait(Kind::Call { kind }, limit, size);
        let before = self.waiting_to_be_sent(number);
        let expected_reply = if kind == ONE_OFF {
            self.one_off_used = true;
            self.session
                .expect_reply_once(REQUESTS[kind], EXPECTED[kind])
        } else {
            self.expected_replies[kind]
        };
        let call = Call {
            expected_reply,
            size,
            timeout,
        };
        let slot = self.waits[number].slot;
        let takes_fast_path = self.fast_path && self.depth == 0 && !self.is_ending;
        if takes_fast_path && self.session.begin_request(self.now, slot, call) {
            self.sends(number);
        } else {
            self.session.call(self.now, slot, call, number);
        }
        self.carry_out();
        self.check_admission(number, before);
        number
    }

    /// How many frames wait to be sent beside this one, and how many bytes with those that may stand in the socket.
    fn waiting_to_be_sent(&self, but: usize) -> (usize, u64) {
        let waiting = self.waits.iter().enumerate().filter(|(number, wait)| {
            *number != but && wait.outcome.is_none() && wait.is_frame() && !wait.sent
        });
        let in_socket = match self.link {
            Link::Open { .. } => self.measured + self.unmeasured,
            _ => 0,
        };
        waiting.fold((0, in_socket), |(count, bytes), (_, wait)| {
            (count + 1, bytes + wait.size)
        })
    }

    /// Whoever waits was let in by the bounds, and whoever was refused was by them.
    fn check_admission(&self, number: usize, (count, bytes): (usize, u64)) {
        if self.depth > 0 {
            return;
        }
        let wait = &self.waits[number];
        let most = self.options.max_queued_bytes;
        let is_full = count >= self.options.max_queued;
        let is_large = count > 0 && bytes + wait.size > most;
        if let Some(Outcome::Failed(Failure::QueueFull { in_bytes, .. })) = wait.outcome {
            assert!(
                if in_bytes { is_large } else { is_full },
                "refused with {count} waiting, {bytes} bytes"
            );
        } else if wait.outcome.is_none() && !wait.sent && !self.is_ending && !self.is_paused {
            // That a socket takes no more, or a turn ends, is only seen when it is to take something.
            assert!(
                !is_full && !is_large,
                "{count} wait already, {bytes} bytes, and one more"
            );
        }
    }

    pub fn send(&mut self, size: u64) -> Result<usize, Failure> {
        let number = self.wait(Kind::Sending, 0, size);
        let before = self.waiting_to_be_sent(number);
        let slot = self.waits[number].slot;
        self.session.send(self.now, slot, number, size);
        self.carry_out();
        self.check_admission(number, before);
        match &self.waits[number].outcome {
            Some(Outcome::Failed(failure)) => Err(failure.clone()),
            _ => Ok(number),
        }
    }

    pub fn wait_for_ready(&mut self, timeout: Option<u64>) -> usize {
        let number = self.wait(Kind::Readiness, timeout.unwrap_or(0), 0);
        let slot = self.waits[number].slot;
        self.session.wait_until_ready(self.now, slot, timeout);
        self.carry_out();
        number
    }

    pub fn close(&mut self, drain: Option<u64>) -> usize {
        let number = self.wait(Kind::Closing, 0, 0);
        if !self.close_asked {
            self.drain_until = drain.map(|limit| self.now + limit);
        } else if drain.is_none() {
            self.drain_until = None;
        }
        self.close_asked = true;
        let slot = self.waits[number].slot;
        self.session.close(self.now, drain, slot);
        self.carry_out();
        if drain.is_none() {
            // Those who waited have been rejected, and their replies are nobody's, though messages may still go out.
            let waits = &self.waits;
            self.unanswered
                .retain(|&number| waits[number].outcome.is_none());
        }
        number
    }

    pub fn abort(&mut self, number: usize) {
        let wait = &self.waits[number];
        let expected = match wait.kind {
            Kind::Closing | Kind::Sending => None,
            Kind::Call { .. } | Kind::Readiness if wait.outcome.is_some() => None,
            Kind::Call { .. } | Kind::Readiness => Some((wait.slot, wait.sent)),
        };
        let cancelled = self.session.abort(self.now, wait.id);
        // A settlement may be under way while a listener runs.
        if self.depth == 0 {
            assert_eq!(cancelled, expected, "abort hands back who waits");
        }
        if cancelled.is_some() {
            self.settle(number, Outcome::Aborted);
        }
        self.carry_out();
    }

    pub fn socket_opens(&mut self) {
        if let Link::Opening { .. } = self.link {
            self.link = Link::Open { heard: self.now };
            self.is_ending = false;
            self.buffer = 0;
            self.unmeasured = 0;
            self.measured = 0;
            self.session.opened(self.now);
            self.carry_out();
        }
    }

    pub fn socket_closes(&mut self, code: u16) {
        if matches!(
            self.link,
            Link::Opening { .. } | Link::Open { .. } | Link::Closing { .. }
        ) {
            self.link_ends();
            self.session.closed(self.now, code, "");
            self.carry_out();
        }
    }

    /// A frame comes, and goes where the rules say.
    pub fn frame(&mut self, id: InboundId, type_name: &'static str) {
        let (Link::Open { .. } | Link::Closing { .. }) = self.link else {
            return;
        };
        if self.depth > 0 {
            // No host answers what it was not sent yet.
            let sent = |id| self.waits.iter().any(|wait| wait.id == id && wait.sent);
            if !matches!(id, InboundId::Known(id) if sent(id)) {
                return;
            }
        }
        if let Link::Open { heard } = &mut self.link {
            *heard = self.now;
        }
        let expected = self.owner(id, type_name);
        let at_once = match id {
            InboundId::Known(id) if self.fast_path => self.session.reply(self.now, id),
            _ => None,
        };
        let received = match at_once {
            Some(slot) => Given::Reply(slot),
            None => match self.session.frame(self.now, id, || Some(type_name)) {
                Received::Reply { slot, request } => {
                    let number = self.slots[&slot];
                    assert_eq!(request, self.request(number));
                    Given::Reply(slot)
                }
                Received::Dropped => Given::Dropped,
                Received::Heartbeat => Given::Heartbeat,
                Received::Message => Given::Message,
            },
        };
        if self.depth == 0 {
            assert_eq!(
                received, expected,
                "who gets a frame of type {type_name} with {id:?}"
            );
        }
        match received {
            Given::Reply(slot) => self.settle(self.slots[&slot], Outcome::Reply),
            Given::Dropped => self.dropped += 1,
            Given::Heartbeat | Given::Message => {}
        }
        self.carry_out();
    }

    /// Who should get a frame, by the rules of PROTOCOL.md.
    fn owner(&mut self, id: InboundId, type_name: &str) -> Given {
        let waits = &self.waits;
        let slot = match id {
            InboundId::Known(id) => self.unanswered.iter().position(|&number| waits[number].id == id),
            InboundId::Absent if type_name != "__ping" => self.unanswered.iter().position(|&number| {
                matches!(waits[number].kind, Kind::Call { kind } if EXPECTED[kind].contains(&type_name))
            }),
            InboundId::Absent | InboundId::Foreign => None,
        };
        if let Some(slot) = slot {
            let number = self.unanswered.remove(slot);
            return if self.waits[number].outcome.is_none() {
                Given::Reply(self.waits[number].slot)
            } else {
                Given::Dropped
            };
        }
        let is_message = |id| {
            waits
                .iter()
                .any(|wait| wait.id == id && wait.kind == Kind::Sending)
        };
        if matches!(id, InboundId::Known(id) if is_message(id)) {
            return Given::Message;
        }
        let known_reply =
            TYPES[..3].contains(&type_name) || (type_name == "d" && self.one_off_used);
        match id {
            InboundId::Absent if type_name == "__ping" => Given::Heartbeat,
            InboundId::Known(_) | InboundId::Foreign if known_reply => Given::Dropped,
            _ => Given::Message,
        }
    }

    /// What is said of a waiter's request.
    fn request(&self, number: usize) -> Option<Request> {
        let wait = &self.waits[number];
        match wait.kind {
            Kind::Call { kind } => Some(Request {
                id: wait.id,
                type_name: REQUESTS[kind].into(),
            }),
            Kind::Readiness | Kind::Closing | Kind::Sending => None,
        }
    }

    /// Time passes, and the timer fires whenever it is armed for.
    pub fn advance(&mut self, by: u64) {
        let target = self.now + by;
        while let Some((at, _)) = self.armed
            && at <= target
        {
            self.now = self.now.max(at);
            self.fire();
            if self.depth == 0 {
                self.check();
            }
        }
        self.now = target;
    }

    fn fire(&mut self) {
        self.armed = None;
        self.timers_fired += 1;
        assert!(self.timers_fired < 200_000, "the timer is busy");
        self.session.timer(self.now);
        self.carry_out();
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
            } else if self.left_in_turn == Some(0) {
                self.left_in_turn = None;
                self.is_paused = true;
                self.session.pause(self.now);
            } else if let Some(outbound) = self.session.next_frame() {
                assert_eq!(outbound.slot, self.waits[outbound.frame].slot);
                if let Some(left) = &mut self.left_in_turn {
                    *left -= 1;
                }
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

    fn link_ends(&mut self) {
        self.link = Link::None;
        self.is_ending = false;
        self.is_paused = false;
        self.generation += 1;
        self.unanswered.clear();
    }

    fn settle(&mut self, number: usize, outcome: Outcome) {
        let wait = &mut self.waits[number];
        assert_eq!(
            wait.outcome, None,
            "{wait:?} settles again with {outcome:?}"
        );
        wait.outcome = Some(outcome);
    }

    /// Closes, and looks for leftovers.
    pub fn finish(&mut self, answers_close: bool) {
        self.in_listener.clear();
        self.in_send.clear();
        self.close(None);
        if answers_close {
            self.socket_closes(1000);
        }
        self.perform(Operation::Advance(2_000));
        self.assert_all_settled();
        self.assert_nothing_left();
        let handed_out = self.handed_out.len();
        for kind in 0..EXPECTED.len() {
            let number = self.call(kind, None, 1);
            assert!(matches!(
                self.waits[number].outcome,
                Some(Outcome::Failed(Failure::ConnectionClosed {
                    sent: false,
                    ..
                }))
            ));
        }
        assert!(self.send(1).is_err());
        let number = self.wait_for_ready(None);
        assert!(matches!(
            self.waits[number].outcome,
            Some(Outcome::Failed(_))
        ));
        let number = self.close(Some(10));
        assert_eq!(self.waits[number].outcome, Some(Outcome::Done));
        assert_eq!(
            self.handed_out.len(),
            handed_out,
            "something was sent after the end"
        );
        self.assert_nothing_left();
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
