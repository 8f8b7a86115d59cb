//! Each rule by itself. The world checks its invariants beside.

use super::operation::{ONE_OFF, Operation};
use super::world::{Kind, Link, Outcome, World, stranger};
use codebolt_wasm::session::{Failure, Reconnect, SessionOptions, State};
use codebolt_wasm::wire::IncomingId;

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
        let id = IncomingId::Known(self.waits[number].id);
        self.frame(id, type_name);
        self.check();
    }

    fn outcome(&self, number: usize) -> Option<&Outcome> {
        self.waits[number].outcome.as_ref()
    }

    fn failure(&self, number: usize) -> &Failure {
        match self.outcome(number) {
            Some(Outcome::Failed(failure)) => failure,
            other => panic!("{other:?} is no failure"),
        }
    }

    /// Opens the socket of the next attempt.
    fn come_back(&mut self) {
        self.perform(Operation::Advance(101));
        self.perform(Operation::SocketOpens);
        assert_eq!(self.session.state(), State::Open);
    }
}

#[test]
fn a_call_connects_waits_for_the_open_socket_and_gets_its_reply() {
    let mut world = world(|_| {});
    assert_eq!(world.session.state(), State::Idle);
    let call = world.call(0, None, 10);
    assert_eq!(world.session.state(), State::Connecting);
    assert!(!world.waits[call].sent);
    world.perform(Operation::SocketOpens);
    assert!(world.waits[call].sent);
    world.reply(call, "a");
    assert_eq!(world.outcome(call), Some(&Outcome::Reply));
}

#[test]
fn a_reply_is_known_by_its_id_whatever_its_type() {
    let mut world = open(|_| {});
    let call = world.call(0, None, 10);
    world.reply(call, "messageResponse");
    assert_eq!(world.outcome(call), Some(&Outcome::Reply));
}

#[test]
fn replies_in_any_order_reach_their_own_callers() {
    let mut world = open(|_| {});
    let calls: Vec<_> = (0..50).map(|_| world.call(0, None, 10)).collect();
    for &call in calls.iter().rev() {
        world.reply(call, "a");
        assert_eq!(world.outcome(call), Some(&Outcome::Reply));
    }
}

#[test]
fn a_second_reply_and_a_foreign_id_reach_nobody() {
    let mut world = open(|_| {});
    let answered = world.call(0, None, 10);
    let waiting = world.call(0, None, 10);
    world.reply(answered, "a");
    world.reply(answered, "a");
    world.frame(IncomingId::Known(stranger()), "a");
    world.frame(IncomingId::Foreign, "a");
    assert_eq!(world.outcome(waiting), None);
    assert_eq!(world.session.occupancy().dropped, 3);
}

#[test]
fn a_reply_without_an_id_goes_to_the_oldest_call_that_expects_its_type() {
    let mut world = open(|_| {});
    let other = world.call(0, None, 10);
    let first = world.call(2, None, 10);
    let second = world.call(1, None, 10);
    world.frame(IncomingId::Absent, "b");
    assert_eq!(world.outcome(first), Some(&Outcome::Reply));
    assert_eq!(world.outcome(second), None);
    world.frame(IncomingId::Absent, "b");
    assert_eq!(world.outcome(second), Some(&Outcome::Reply));
    assert_eq!(world.outcome(other), None);
}

#[test]
fn a_late_reply_without_an_id_is_that_of_the_call_that_was_given_up_and_not_of_the_next() {
    let mut world = open(|_| {});
    let given_up = world.call(ONE_OFF, Some(10), 10);
    world.perform(Operation::Advance(10));
    assert!(matches!(
        world.failure(given_up),
        Failure::RequestTimeout { sent: true, .. }
    ));
    let waiting = world.call(ONE_OFF, None, 10);
    world.frame(IncomingId::Absent, "d");
    assert_eq!(world.outcome(waiting), None);
    world.frame(IncomingId::Absent, "d");
    assert_eq!(world.outcome(waiting), Some(&Outcome::Reply));
}

#[test]
fn a_reply_to_a_call_that_was_never_sent_reaches_nobody() {
    let mut world = open(|options| options.max_in_flight = 1);
    let sent = world.call(0, None, 10);
    let queued = world.call(0, None, 10);
    world.reply(queued, "a");
    assert_eq!(world.outcome(queued), None);
    world.reply(sent, "a");
    world.reply(queued, "a");
    assert_eq!(world.outcome(queued), Some(&Outcome::Reply));
}

#[test]
fn only_a_bounded_number_of_given_up_calls_is_remembered() {
    let mut world = open(|_| {});
    for _ in 0..1_500 {
        let call = world.call(0, None, 1);
        world.abort(call);
        assert_eq!(world.outcome(call), Some(&Outcome::Aborted));
    }
    let occupancy = world.session.occupancy();
    assert_eq!(occupancy.given_up, 1_024);
    assert_eq!(occupancy.waiting, 0);
}

#[test]
fn what_was_sent_fails_with_an_unknown_outcome_when_the_socket_closes() {
    let mut world = open(|options| options.max_in_flight = 1);
    let sent = world.call(0, None, 10);
    let queued = world.call(0, None, 10);
    world.perform(Operation::SocketCloses { code: 1011 });
    assert!(
        matches!(world.failure(sent), Failure::ConnectionClosed { sent: true, closure, .. } if closure.code == 1011)
    );
    assert!(matches!(
        world.failure(queued),
        Failure::ConnectionClosed { sent: false, .. }
    ));
    assert_eq!(
        world.failure(sent).to_string(),
        "WebSocket connection closed"
    );
    assert_eq!(world.session.state(), State::Closed);
}

#[test]
fn a_call_after_the_end_fails_at_once() {
    let mut world = open(|_| {});
    world.perform(Operation::SocketCloses { code: 1006 });
    let call = world.call(0, None, 10);
    assert!(matches!(
        world.failure(call),
        Failure::ConnectionClosed { sent: false, .. }
    ));
}

#[test]
fn after_an_attempt_that_failed_the_next_use_connects_again() {
    let mut world = world(|_| {});
    let call = world.call(0, None, 10);
    let ready = world.wait_for_ready(None);
    world.perform(Operation::SocketCloses { code: 1006 });
    assert!(matches!(world.failure(call), Failure::ConnectFailed { .. }));
    assert!(matches!(
        world.failure(ready),
        Failure::ConnectFailed { .. }
    ));
    assert_eq!(world.session.state(), State::Idle);
    let again = world.call(0, None, 10);
    world.perform(Operation::SocketOpens);
    world.reply(again, "a");
    assert_eq!(world.outcome(again), Some(&Outcome::Reply));
}

#[test]
fn a_connection_that_does_not_open_in_time_fails_and_its_socket_is_dropped() {
    let mut world = world(|options| options.connect_timeout = Some(100));
    let call = world.call(0, None, 10);
    world.perform(Operation::Advance(99));
    assert_eq!(world.outcome(call), None);
    world.perform(Operation::Advance(1));
    assert!(matches!(
        world.failure(call),
        Failure::ConnectTimeout { limit: 100, .. }
    ));
    assert_eq!(world.link, Link::None);
}

#[test]
fn a_time_limit_counts_from_the_call_and_says_whether_the_request_was_sent() {
    let mut world = world(|options| {
        options.request_timeout = Some(50);
        options.connect_timeout = None;
    });
    let call = world.call(0, None, 10);
    let patient = world.call(0, Some(0), 10);
    world.perform(Operation::Advance(50));
    assert!(matches!(
        world.failure(call),
        Failure::RequestTimeout {
            limit: 50,
            sent: false,
            ..
        }
    ));
    world.perform(Operation::SocketOpens);
    assert!(
        !world.waits[call].sent,
        "a call that was given up is not sent"
    );
    assert!(world.waits[patient].sent);
    world.perform(Operation::Advance(1_000_000));
    assert_eq!(world.outcome(patient), None, "0 means no limit");
}

#[test]
fn reconnection_sends_what_was_not_sent_and_never_what_was() {
    let mut world = open(|options| {
        reconnecting(options);
        options.max_in_flight = 1;
    });
    let sent = world.call(0, None, 10);
    let queued = world.call(0, None, 10);
    world.perform(Operation::SocketCloses { code: 1006 });
    assert!(matches!(
        world.failure(sent),
        Failure::ConnectionClosed { sent: true, .. }
    ));
    assert_eq!(world.outcome(queued), None);
    assert_eq!(world.session.state(), State::Reconnecting);
    let meanwhile = world.call(0, None, 10);
    world.come_back();
    assert!(world.waits[queued].sent);
    world.reply(queued, "a");
    world.reply(meanwhile, "a");
    assert_eq!(world.outcome(meanwhile), Some(&Outcome::Reply));
}

#[test]
fn a_reply_from_an_earlier_connection_reaches_nobody() {
    let mut world = open(reconnecting);
    let sent = world.call(0, None, 10);
    world.perform(Operation::SocketCloses { code: 1006 });
    world.come_back();
    let next = world.call(0, None, 10);
    world.reply(sent, "a");
    assert_eq!(world.outcome(next), None);
}

#[test]
fn a_close_code_that_says_stop_ends_reconnection() {
    for code in [1000, 1008, 4000, 4999] {
        let mut world = open(reconnecting);
        world.perform(Operation::SocketCloses { code });
        assert_eq!(world.session.state(), State::Closed, "{code}");
    }
    for code in [1001, 1005, 1006, 1011, 1012, 1013, 3000] {
        let mut world = open(reconnecting);
        world.perform(Operation::SocketCloses { code });
        assert_eq!(world.session.state(), State::Reconnecting, "{code}");
    }
}

#[test]
fn attempts_are_counted_anew_only_after_a_stable_connection() {
    let mut world = open(reconnecting);
    for _ in 0..2 {
        world.perform(Operation::SocketCloses { code: 1006 });
        world.come_back();
    }
    world.perform(Operation::Advance(1_000));
    for _ in 0..3 {
        world.perform(Operation::SocketCloses { code: 1006 });
        world.come_back();
    }
    world.perform(Operation::SocketCloses { code: 1006 });
    assert_eq!(world.session.state(), State::Closed);
}

#[test]
fn when_all_attempts_failed_everybody_hears_why_and_the_next_use_starts_over() {
    let mut world = open(reconnecting);
    world.perform(Operation::SocketCloses { code: 1006 });
    let call = world.call(0, None, 10);
    let ready = world.wait_for_ready(None);
    for _ in 0..3 {
        world.perform(Operation::Advance(101));
        world.perform(Operation::SocketCloses { code: 1006 });
    }
    assert!(matches!(world.failure(call), Failure::ConnectFailed { .. }));
    assert!(matches!(
        world.failure(ready),
        Failure::ConnectFailed { .. }
    ));
    assert_eq!(world.session.state(), State::Idle);
}

#[test]
fn the_queue_has_a_bound_and_a_full_one_refuses() {
    let mut world = world(|options| options.max_queued = 2);
    world.call(0, None, 10);
    assert!(world.send(10).is_ok());
    let refused = world.call(0, None, 10);
    assert!(matches!(
        world.failure(refused),
        Failure::QueueFull { limit: 2, .. }
    ));
    assert!(matches!(world.send(10), Err(Failure::QueueFull { .. })));
}

#[test]
fn a_frame_over_the_limit_is_refused_before_it_is_sent() {
    let mut world = open(|options| options.max_frame_bytes = 100);
    let refused = world.call(0, None, 101);
    assert!(matches!(
        world.failure(refused),
        Failure::FrameTooLarge {
            size: 101,
            limit: 100
        }
    ));
    let call = world.call(0, None, 100);
    assert!(world.waits[call].sent);
}

#[test]
fn calls_wait_while_the_buffer_is_full_and_go_on_once_it_is_half_empty() {
    let mut world = open(|options| options.high_water_mark = 100);
    world.perform(Operation::Buffer(40));
    let first = world.call(0, None, 100);
    let second = world.call(0, None, 10);
    assert!(world.waits[first].sent);
    assert!(!world.waits[second].sent);
    world.perform(Operation::Buffer(51));
    world.perform(Operation::Advance(20));
    assert!(!world.waits[second].sent);
    world.perform(Operation::Buffer(50));
    world.perform(Operation::Advance(20));
    assert!(world.waits[second].sent);
}

#[test]
fn no_more_calls_are_in_flight_than_allowed() {
    let mut world = open(|options| options.max_in_flight = 2);
    let calls: Vec<_> = (0..6).map(|_| world.call(0, None, 10)).collect();
    for &call in &calls {
        assert!(world.session.occupancy().in_flight <= 2);
        world.reply(call, "a");
        assert_eq!(world.outcome(call), Some(&Outcome::Reply));
    }
}

#[test]
fn closing_rejects_what_waits_and_resolves_when_the_host_has_answered() {
    let mut world = open(|_| {});
    let call = world.call(0, None, 10);
    let close = world.close(None);
    assert!(matches!(
        world.failure(call),
        Failure::ConnectionClosed { sent: true, .. }
    ));
    assert_eq!(world.session.state(), State::Closing);
    assert_eq!(world.outcome(close), None);
    world.perform(Operation::SocketCloses { code: 1005 });
    assert_eq!(world.outcome(close), Some(&Outcome::Done));
}

#[test]
fn closing_does_not_wait_for_ever_for_a_host_that_is_silent() {
    let mut world = open(|_| {});
    let close = world.close(None);
    world.perform(Operation::Advance(2_000));
    assert_eq!(world.outcome(close), Some(&Outcome::Done));
    assert_eq!(world.link, Link::Gone);
}

#[test]
fn a_drain_lets_calls_settle_and_takes_no_new_ones() {
    let mut world = open(|_| {});
    let call = world.call(0, None, 10);
    world.close(Some(1_000));
    let late = world.call(0, None, 10);
    assert!(matches!(
        world.failure(late),
        Failure::ConnectionClosed { sent: false, .. }
    ));
    assert!(matches!(world.link, Link::Open { .. }));
    world.reply(call, "a");
    assert_eq!(world.outcome(call), Some(&Outcome::Reply));
    assert!(matches!(world.link, Link::Closing { .. }));
}

#[test]
fn a_drain_has_an_end_and_a_second_close_without_drain_ends_it_at_once() {
    let mut slow = open(|_| {});
    let call = slow.call(0, None, 10);
    slow.close(Some(1_000));
    slow.perform(Operation::Advance(1_000));
    assert!(matches!(
        slow.failure(call),
        Failure::ConnectionClosed { sent: true, .. }
    ));

    let mut hurried = open(|_| {});
    let call = hurried.call(0, None, 10);
    hurried.close(Some(1_000));
    hurried.close(None);
    assert!(matches!(
        hurried.failure(call),
        Failure::ConnectionClosed { sent: true, .. }
    ));
}

#[test]
fn a_drain_waits_for_messages_that_nobody_answers_too() {
    let mut world = open(|options| options.high_water_mark = 10);
    assert!(world.send(10).is_ok());
    assert!(world.send(5).is_ok());
    world.close(Some(1_000));
    assert!(matches!(world.link, Link::Open { .. }));
    world.perform(Operation::Buffer(0));
    world.perform(Operation::Advance(20));
    assert!(world.queued_messages.is_empty());
    assert!(matches!(world.link, Link::Closing { .. }));
}

#[test]
fn a_drain_that_loses_its_connection_says_how_it_was_lost() {
    let mut world = open(reconnecting);
    let call = world.call(0, None, 10);
    let close = world.close(Some(1_000));
    world.perform(Operation::SocketCloses { code: 1011 });
    assert!(
        matches!(world.failure(call), Failure::ConnectionClosed { sent: true, closure, .. } if closure.code == 1011)
    );
    assert_eq!(world.outcome(close), Some(&Outcome::Done));
    assert_eq!(world.session.state(), State::Closed);
}

#[test]
fn a_drain_between_two_connections_waits_for_the_next() {
    let mut world = open(reconnecting);
    world.perform(Operation::SocketCloses { code: 1006 });
    let call = world.call(0, None, 10);
    let close = world.close(Some(1_000));
    world.perform(Operation::Advance(101));
    world.perform(Operation::SocketOpens);
    world.reply(call, "a");
    assert_eq!(world.outcome(call), Some(&Outcome::Reply));
    world.perform(Operation::SocketCloses { code: 1000 });
    assert_eq!(world.outcome(close), Some(&Outcome::Done));
}

#[test]
fn silence_longer_than_keep_alive_ends_the_connection_and_anything_that_arrives_prolongs_it() {
    let mut world = open(|options| options.keep_alive = Some(60));
    let call = world.call(0, None, 10);
    for _ in 0..5 {
        world.perform(Operation::Advance(40));
        world.perform(Operation::Unreadable);
    }
    assert_eq!(world.session.state(), State::Open);
    world.perform(Operation::Advance(60));
    assert!(
        matches!(world.failure(call), Failure::ConnectionClosed { sent: true, closure, .. } if closure.code == 1006)
    );
    assert_eq!(world.link, Link::Gone);
}

#[test]
fn ten_thousand_calls_in_flight_fail_together_and_each_once() {
    let mut world = open(|_| {});
    let calls: Vec<_> = (0..10_000).map(|_| world.call(0, None, 1)).collect();
    world.socket_closes(1006);
    for call in calls {
        assert!(matches!(world.waits[call].kind, Kind::Call { .. }));
        assert!(matches!(
            world.failure(call),
            Failure::ConnectionClosed { sent: true, .. }
        ));
    }
    world.assert_nothing_left();
}
