//! What listeners hear of the connection.

use super::*;

fn closure(code: u16, reason: &str) -> Closure {
    Closure {
        code,
        reason: reason.into(),
    }
}

#[test]
fn a_connection_that_opens_again_says_so() {
    let mut world = open(reconnecting);
    world.perform(Operation::SocketCloses { code: 1006 });
    world.come_back();
    let opened: Vec<_> = world
        .events
        .iter()
        .filter(|event| matches!(event, Event::Open { .. }))
        .collect();
    assert_eq!(
        opened,
        [&Event::Open { again: false }, &Event::Open { again: true }]
    );
}

#[test]
fn attempts_are_announced_with_their_number_and_how_the_connection_ended() {
    let mut world = open(reconnecting);
    for _ in 0..3 {
        world.perform(Operation::SocketCloses { code: 1011 });
        world.perform(Operation::Advance(101));
    }
    let attempts: Vec<_> = world
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Reconnecting {
                attempt, closure, ..
            } => Some((*attempt, closure.code)),
            _ => None,
        })
        .collect();
    assert_eq!(attempts, [(1, 1011), (2, 1011), (3, 1011)]);
    assert_eq!(world.session.state(), State::Reconnecting);
}

#[test]
fn a_state_is_connecting_at_first_and_reconnecting_after_an_attempt_that_failed() {
    let mut world = world(reconnecting);
    world.perform(Operation::Connect);
    assert_eq!(world.session.state(), State::Connecting);
    world.perform(Operation::SocketCloses { code: 1006 });
    assert_eq!(world.session.state(), State::Reconnecting);
    world.perform(Operation::Advance(101));
    assert!(matches!(world.link, Link::Opening { .. }));
    assert_eq!(world.session.state(), State::Reconnecting);
}

#[test]
fn an_end_that_was_asked_for_is_told_from_one_that_was_not() {
    let mut lost = open(|_| {});
    lost.perform(Operation::SocketCloses { code: 1011 });
    assert_eq!(
        lost.events.last(),
        Some(&Event::Close {
            closure: closure(1011, ""),
            requested: false
        })
    );
    let mut closed = open(|_| {});
    closed.close(None);
    closed.perform(Operation::SocketCloses { code: 1005 });
    assert_eq!(
        closed.events.last(),
        Some(&Event::Close {
            closure: closure(1000, "close() was called"),
            requested: true
        })
    );
}

#[test]
fn messages_that_were_lost_with_the_connection_are_counted_and_none_are_spoken_of_where_none_were()
{
    let mut world = open(|options| {
        options.high_water_mark = 10;
    });
    for _ in 0..4 {
        assert!(world.send(10).is_ok());
    }
    let waiting = world.session.occupancy().queued;
    assert!(waiting > 0);
    world.perform(Operation::SocketCloses { code: 1006 });
    let lost: Vec<_> = world
        .events
        .iter()
        .filter(|event| matches!(event, Event::MessagesLost { .. }))
        .collect();
    assert_eq!(lost, [&Event::MessagesLost { count: waiting }]);

    let mut world = open(|_| {});
    world.call(0, None, 10);
    world.perform(Operation::SocketCloses { code: 1006 });
    assert!(
        !world
            .events
            .iter()
            .any(|event| matches!(event, Event::MessagesLost { .. }))
    );
}
