//! The driver: carries out the actions of the sans-I/O core, and hands it what happens.
//!
//! Time: for every call, the driver reads the clock and gives the core the time ([`Driver::now`]). For inbound frames it gives the
//! time that it read last, unless the core needs the exact one ([`Driver::arrival`]).

use super::bridge::Bridge;
use super::inbound_frame::{error_text, read, short_text};
use super::runtime::Shared;
use crate::session::{Action, Received, SessionCore};
use crate::transport::clock::{self, Timer};
use crate::transport::members::{Details, member};
use crate::transport::random_ids::RandomIds;
use crate::transport::socket::{self, Socket};
use crate::wire::address::Address;
use alloc::rc::Rc;
use core::cell::Cell;
use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

/// How many frames are sent in one turn, besides those that waited at its beginning.
const MAX_EXTRA_FRAMES_PER_TURN: usize = 1_000;

/// In how many turns in a row the timer waits for unread frames.
const MOST_TURNS: u32 = 64;

/// The sans-I/O core of one session, with everything that it needs from JavaScript.
pub(super) struct Driver {
    pub(super) session: Shared<SessionCore<JsString>>,
    pub(super) ids: Shared<RandomIds>,
    /// Those of messages that no reply answers.
    pub(super) message_ids: Shared<RandomIds>,
    /// The texts of the batch's ids behind one another.
    pub(super) id_texts: Shared<JsString>,
    /// The `resolve` of every waiter, by slot. Rejecting is resolving with a promise that rejects.
    pub(super) waiters: Array,
    pub(super) bridge: Bridge,
    pub(super) address: Address,
    pub(super) throw_on_error: bool,
    /// The time that was read last.
    now: Cell<u64>,
    pub(super) listening: Shared<Option<Socket>>,
    /// The same socket's object, so that sending borrows nothing.
    pub(super) socket: Shared<Option<WebSocket>>,
    /// The number of the current socket. Events of earlier ones are ignored.
    pub(super) generation: Cell<u32>,
    timer: Shared<Option<Timer>>,
    /// How many frames have arrived, how many had when the timer fired last, and in how many turns in a row it has fired.
    pub(super) arrivals: Cell<u32>,
    seen: Cell<u32>,
    turns: Cell<u32>,
    /// Whether actions are being carried out, or a request is between `begin_request` and `commit`.
    pub(super) running: Cell<bool>,
    /// The generation of the socket that gets this frame.
    pub(super) frame_generation: Cell<u32>,
}

impl Driver {
    pub(super) fn new(
        session: SessionCore<JsString>,
        address: Address,
        bridge: Bridge,
        throw_on_error: bool,
    ) -> Rc<Self> {
        let driver = Rc::new(Self {
            session: Shared::new(session),
            ids: Shared::default(),
            message_ids: Shared::default(),
            id_texts: Shared::new(JsString::from("")),
            waiters: bridge.waiters(),
            bridge,
            address,
            throw_on_error,
            now: Cell::new(clock::now()),
            listening: Shared::default(),
            socket: Shared::default(),
            generation: Cell::new(0),
            timer: Shared::default(),
            arrivals: Cell::new(0),
            seen: Cell::new(0),
            turns: Cell::new(0),
            running: Cell::new(false),
            frame_generation: Cell::new(0),
        });
        let weak = Rc::downgrade(&driver);
        let guarded = |handler: &JsValue| driver.bridge.guarded(handler);
        let timer = Timer::new(guarded, move || {
            if let Some(driver) = weak.upgrade() {
                driver.timer_fired();
            }
        });
        *driver.timer.borrow_mut() = Some(timer);
        driver
    }

    /// Runtimes run timers before they read sockets. When a program was busy or stopped, a reply that came in time may still be
    /// unread. So the core's timer runs only in a later turn, once a turn has passed in which nothing arrived.
    fn timer_fired(self: &Rc<Self>) {
        let turns = self.turns.get();
        let arrivals = self.arrivals.get();
        if turns == 0 || (turns < MOST_TURNS && self.seen.get() != arrivals) {
            self.turns.set(turns + 1);
            self.seen.set(arrivals);
            if let Some(timer) = self.timer.borrow_mut().as_mut() {
                timer.again();
            }
            return;
        }
        self.turns.set(0);
        let now = self.now();
        self.session.borrow_mut().timer(now);
        self.run();
    }

    /// Something has arrived.
    pub(super) fn arrived(&self) {
        self.arrivals.set(self.arrivals.get().wrapping_add(1));
    }

    /// Reads the clock.
    pub(super) fn now(&self) -> u64 {
        let now = clock::now();
        self.now.set(now);
        now
    }

    /// Carries out actions and sends frames until there are none. JavaScript that runs in between may call in again:
    /// nothing is borrowed then, and this loop carries out the new actions after the others. So a socket that answers
    /// within `send`, or a listener that sends again, uses up no stack.
    pub(super) fn run(self: &Rc<Self>) {
        if self.running.replace(true) {
            return;
        }
        let mut left = None;
        loop {
            let action = self.session.borrow_mut().next_action();
            if let Some(action) = action {
                self.perform(action);
                continue;
            }
            if !self.session.borrow().has_frame() {
                break;
            }
            let queued = || self.session.borrow().occupancy().queued;
            let left = left.get_or_insert_with(|| queued() + MAX_EXTRA_FRAMES_PER_TURN);
            if *left == 0 {
                // A socket and listeners that answer each other without end must let the rest of the program run.
                let now = self.now();
                self.session.borrow_mut().pause(now);
            } else {
                *left -= 1;
                self.send_next();
            }
        }
        self.running.set(false);
    }

    /// Hands the next frame to the socket.
    fn send_next(self: &Rc<Self>) {
        // The socket is not borrowed while it sends: it may close within its own `send`.
        let socket = self.socket();
        let Some(socket) = socket.filter(|socket| !socket::is_ending(socket)) else {
            let now = self.now();
            return self.session.borrow_mut().ending(now);
        };
        let next = self.session.borrow_mut().next_frame();
        let Some(outbound) = next else {
            return;
        };
        let generation = self.generation.get();
        let result = socket::send(&socket, &outbound.frame);
        if !outbound.is_request {
            let now = self.arrival();
            let mut session = self.session.borrow_mut();
            match &result {
                Ok(()) => session.sent(now, outbound.slot),
                Err(error) => session.not_sent(outbound.slot, &error_text(error)),
            }
        }
        if let Err(error) = result {
            self.socket_broken(generation, &error);
        }
    }

    fn perform(self: &Rc<Self>, action: Action) {
        match action {
            Action::Settle {
                slot,
                request,
                outcome,
            } => self.settle(slot, request.as_ref(), outcome),
            Action::ArmTimer { at, holds_process } => {
                if let Some(timer) = self.timer.borrow_mut().as_mut() {
                    timer.arm(at, holds_process);
                }
            }
            Action::DisarmTimer => {
                if let Some(timer) = self.timer.borrow_mut().as_mut() {
                    timer.disarm();
                }
            }
            Action::MeasureBuffer => {
                let now = self.now();
                let socket = self.socket();
                let bytes = socket
                    .filter(|socket| !socket::is_ending(socket))
                    .map(|socket| socket::buffered(&socket));
                let mut session = self.session.borrow_mut();
                match bytes {
                    Some(bytes) => session.buffered(now, bytes),
                    None => session.ending(now),
                }
            }
            Action::OpenSocket => self.open_socket(),
            Action::CloseSocket { code } => {
                if let Some(socket) = self.socket() {
                    socket::close(&socket, code);
                }
            }
            Action::AbandonSocket => self.drop_socket(),
            Action::Emit(event) => self.emit(event),
        }
    }

    /// The time of something that arrives.
    pub(super) fn arrival(&self) -> u64 {
        if self.session.borrow().needs_arrival_time() {
            self.now()
        } else {
            self.now.get()
        }
    }

    /// A frame came; `parsed` is what `JSON.parse` made of it, where somebody has asked it already.
    pub(super) fn message(&self, data: JsValue, parsed: JsValue) {
        let now = self.arrival();
        let (message, id) = match read(data, parsed) {
            Ok(read) => read,
            Err(problem) => {
                self.session.borrow_mut().arrived(now);
                let details = Details::new()
                    .with("reason", problem.reason)
                    .with("frame", problem.frame);
                return self.bridge.emit("protocolError", details);
            }
        };
        let received = self
            .session
            .borrow_mut()
            .frame(now, id, || short_text(&member(&message, "type")));
        match received {
            Received::Reply { slot, request } => self.reply(slot, request.as_ref(), &message),
            Received::Message => self.bridge.deliver(&message),
            Received::Dropped => self.bridge.emit_value("dropped", &message),
            Received::Heartbeat => {}
        }
    }
}
