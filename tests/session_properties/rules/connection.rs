//! Connections that come about, end and are made again.

use super::*;

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
fn reconnecting_is_named_as_a_help_only_where_it_would_have_been_one() {
    let helps = |is_set: bool, code: u16, drains: bool| {
        let mut world = open(|options| {
            options.max_in_flight = 1;
            if is_set {
                reconnecting(options);
            }
        });
        world.call(0, None, 10);
        let queued = world.call(0, None, 10);
        if drains {
            world.close(Some(1_000));
        }
        world.perform(Operation::SocketCloses { code });
        match world.failure(queued) {
            Failure::ConnectionClosed {
                sent: false,
                reconnect_helps,
                ..
            } => *reconnect_helps,
            other => panic!("{other:?}"),
        }
    };
    assert!(helps(false, 1006, false) && helps(false, 1011, false));
    for code in [1000, 1008, 4000, 4999] {
        assert!(!helps(false, code, false), "{code} is for good");
        assert!(!helps(true, code, false), "{code} is for good");
    }
    assert!(!helps(false, 1006, true), "it was being closed");
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
