//! Closing, at once and after what is under way.

use super::*;

#[test]
fn a_call_after_the_end_fails_at_once_and_says_how_the_connection_ended() {
    let mut world = open(|_| {});
    world.perform(Operation::SocketCloses { code: 1011 });
    let call = world.call(0, None, 10);
    assert!(
        matches!(world.failure(call), Failure::ConnectionClosed { sent: false, closure, .. } if closure.code == 1011)
    );
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
    world.perform(Operation::Buffer(0));
    world.perform(Operation::Advance(20));
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
fn a_drain_is_over_when_the_last_call_times_out() {
    let mut world = open(|_| {});
    let call = world.call(0, Some(100), 10);
    world.perform(Operation::Buffer(0));
    world.close(Some(1_000));
    world.perform(Operation::Advance(100));
    assert!(matches!(
        world.failure(call),
        Failure::RequestTimeout { limit: 100, .. }
    ));
    assert!(matches!(world.link, Link::Closing { .. }));
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
    assert_eq!(world.session.occupancy().queued, 0);
    assert!(
        matches!(world.link, Link::Open { .. }),
        "it is in the buffer"
    );
    world.perform(Operation::Buffer(0));
    world.perform(Operation::Advance(20));
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
