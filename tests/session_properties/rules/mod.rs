//! Each rule by itself. The world checks its invariants beside.

mod adapter;
mod bounds;
mod closing;
mod connection;
mod events;
mod fast_path;
mod replies;
mod time_limits;

use crate::operation::{ONE_OFF, Operation};
use crate::world::{Kind, Link, Outcome, World, stranger};
use codebolt_wasm::session::{Closure, Event, Failure, Reconnect, SessionOptions, State};
use codebolt_wasm::wire::{InboundId, RequestId};

fn world(change: impl FnOnce(&mut SessionOptions)) -> World {
    let mut options = SessionOptions::default();
    change(&mut options);
    World::new(options, false, true)
}

/// A world whose connection is open.
fn open(change: impl FnOnce(&mut SessionOptions)) -> World {
    let mut world = world(change);
    world.perform(Operation::Connect);
    world.perform(Operation::SocketOpens);
    world
}

fn reconnecting(options: &mut SessionOptions) {
    options.reconnect = Some(Reconnect {
        initial_delay: 100,
        max_delay: 100,
        max_attempts: 3,
        stable_after: 1_000,
    });
}

impl World {
    fn reply(&mut self, number: usize, type_name: &'static str) {
        let id = InboundId::Known(self.waits[number].id);
        self.frame(id, type_name);
        self.check();
    }

    fn outcome(&self, number: usize) -> Option<&Outcome> {
        self.waits[number].outcome.as_ref()
    }

    fn failure(&self, number: usize) -> &Failure {
        match self.outcome(number) {
            Some(Outcome::Failed(failure)) => failure,
            other => panic!("{other:?} is not a failure"),
        }
    }

    /// Opens the socket of the next attempt.
    fn come_back(&mut self) {
        self.perform(Operation::Advance(101));
        self.perform(Operation::SocketOpens);
        assert_eq!(self.session.state(), State::Open);
    }
}
