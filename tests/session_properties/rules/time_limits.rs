//! Time limits, and the timer that they need.

use super::*;
use codebolt_wasm::session::{Action, Call, SessionCore, SessionOptions};

#[test]
fn the_longest_time_limit_is_that_of_a_timer_in_javascript() {
    let mut world = open(|_| {});
    let call = world.call(0, Some(1 << 40), 10);
    world.perform(Operation::Advance((1 << 31) - 2));
    assert_eq!(world.outcome(call), None);
    world.perform(Operation::Advance(1));
    assert!(matches!(
        world.failure(call),
        Failure::RequestTimeout { sent: true, .. }
    ));
}

#[test]
fn time_limits_hold_when_the_milliseconds_outgrow_32_bits() {
    let mut world = open(|_| {});
    for _ in 0..4 {
        world.perform(Operation::Advance((1 << 30) + 7));
        let call = world.call(0, Some(50), 10);
        world.perform(Operation::Advance(49));
        assert_eq!(world.outcome(call), None);
        world.perform(Operation::Advance(1));
        assert!(matches!(
            world.failure(call),
            Failure::RequestTimeout { limit: 50, .. }
        ));
    }
}

/// Many put the next check off, by two milliseconds here; the world knows nothing of that.
#[test]
fn a_time_limit_that_ends_before_a_check_that_was_put_off_ends_with_that() {
    let options = SessionOptions {
        connect_timeout: None,
        ..SessionOptions::default()
    };
    let mut session = SessionCore::new(options, "ws://localhost:12345/codebolt", 7);
    let expected_reply = session.expect_reply("x", &["x"]);
    for number in 0..17_000_u64 {
        let limit = [50, 51].get(number as usize).copied().unwrap_or(0);
        let mut random = [7; 16];
        random[..8].copy_from_slice(&number.to_le_bytes());
        let (slot, _) = session.reserve(random, false);
        let call = Call {
            expected_reply,
            size: 10,
            timeout: Some(limit),
        };
        session.call(0, slot, call, number);
    }
    let ended = |now| {
        session.timer(now);
        std::iter::from_fn(|| session.next_action())
            .filter(|action| matches!(action, Action::Settle { .. }))
            .count()
    };
    assert_eq!([50, 51, 52].map(ended), [1, 0, 1]);
}

/// Its reply may have come, and is read before the timer fires.
#[test]
fn a_call_ends_no_other_whose_time_is_up_before_the_timer_fires() {
    let mut world = open(|_| {});
    let first = world.call(0, Some(60), 10);
    world.now += 3_600_000;
    world.call(0, Some(60), 10);
    assert_eq!(world.outcome(first), None);
    world.perform(Operation::Advance(1));
    assert!(world.outcome(first).is_some());
}

/// As the clock of a machine does that slept, or that somebody sets.
#[test]
fn a_time_limit_ends_however_far_the_clock_leaps_before_the_timer_fires() {
    for leap in [
        (1 << 31) - 1,
        1 << 31,
        (1 << 31) + 40,
        3 << 30,
        (1 << 32) - 1,
        1 << 32,
        (3 << 31) + 40,
        1 << 40,
    ] {
        for calls_first in [false, true] {
            let mut world = open(|_| {});
            let call = world.call(0, Some(60), 10);
            world.now += leap;
            let next = calls_first.then(|| world.call(0, Some(50), 10));
            world.perform(Operation::Advance(1));
            assert!(
                matches!(
                    world.failure(call),
                    Failure::RequestTimeout { limit: 60, .. }
                ),
                "{leap}"
            );
            let Some(next) = next else { continue };
            world.perform(Operation::Advance(48));
            assert_eq!(world.outcome(next), None, "{leap}");
            world.perform(Operation::Advance(1));
            assert!(matches!(
                world.failure(next),
                Failure::RequestTimeout { limit: 50, .. }
            ));
        }
    }
}

#[test]
fn a_time_limit_is_not_late_because_hundreds_of_requests_wait_in_flight_and_in_the_queue() {
    let mut world = open(|options| options.max_in_flight = 300);
    let first = world.call(0, Some(50), 10);
    let second = world.call(0, Some(52), 10);
    for _ in 0..598 {
        world.call(0, Some(0), 10);
    }
    world.perform(Operation::Advance(50));
    assert!(matches!(
        world.failure(first),
        Failure::RequestTimeout { .. }
    ));
    assert_eq!(world.outcome(second), None);
    world.perform(Operation::Advance(2));
    assert!(matches!(
        world.failure(second),
        Failure::RequestTimeout { .. }
    ));
}

#[test]
fn a_timer_that_the_clock_has_overtaken_is_armed_anew() {
    let mut world = open(|_| {});
    let first = world.call(0, Some(5_000), 10);
    world.reply(first, "a");
    let before = world.armed;
    assert!(before.is_some(), "the timer is left as it is");
    // A machine that slept: its clock went on, its timers stood still.
    world.now += 3_600_000;
    let call = world.call(0, Some(30), 10);
    let in_time = world.now..=world.now + 30;
    assert!(world.armed.is_some_and(|(at, _)| in_time.contains(&at)));
    world.perform(Operation::Advance(30));
    assert!(matches!(
        world.failure(call),
        Failure::RequestTimeout { limit: 30, .. }
    ));
}

#[test]
fn a_timer_that_is_a_second_late_is_not_armed_anew_yet() {
    for (late, is_armed_anew) in [(1_000, false), (1_001, true)] {
        let mut world = open(|_| {});
        let first = world.call(0, Some(5_000), 10);
        world.reply(first, "a");
        let armed = world.timers_armed;
        world.now = world.armed.map_or(0, |(at, _)| at) + late;
        world.call(0, Some(5_000), 10);
        assert_eq!(world.timers_armed > armed, is_armed_anew, "{late} ms late");
    }
}

#[test]
fn the_timer_is_left_as_it_is_by_calls_that_need_no_sooner_one() {
    for (fast_path, socket_holds_process) in [(true, true), (false, true), (true, false)] {
        let options = SessionOptions {
            socket_holds_process,
            ..SessionOptions::default()
        };
        let mut world = World::new(options, false, fast_path);
        world.perform(Operation::Connect);
        world.perform(Operation::SocketOpens);
        let first = world.call(0, None, 10);
        let armed = world.timers_armed;
        world.reply(first, "a");
        for _ in 0..10 {
            world.perform(Operation::Advance(1));
            assert!(world.send(10).is_ok());
            let call = world.call(0, None, 10);
            world.reply(call, "a");
        }
        assert_eq!(
            world.timers_armed, armed,
            "each costs a timer of the runtime"
        );
    }
}

#[test]
fn a_call_without_a_time_limit_arms_no_timer() {
    let mut world = open(|options| options.request_timeout = None);
    let armed = world.timers_armed;
    world.call(0, None, 10);
    world.call(0, Some(0), 10);
    assert_eq!(world.timers_armed, armed);
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
        "a call that was cancelled is not sent"
    );
    assert!(world.waits[patient].sent);
    world.perform(Operation::Advance(1_000_000));
    assert_eq!(world.outcome(patient), None, "0 means no limit");
}

#[test]
fn a_request_that_its_time_limit_ends_unsent_says_of_no_connection_that_it_was_not_open() {
    let mut world = open(|options| options.max_in_flight = 1);
    world.call(0, None, 10);
    let held_back = world.call(0, Some(50), 10);
    world.perform(Operation::Advance(50));
    let text = world.failure(held_back).to_string();
    assert!(
        text.contains(" within 50 ms: the request was not sent"),
        "{text}"
    );
    assert!(
        text.contains("'maxInFlight'") && !text.contains("there was no"),
        "{text}"
    );
}

#[test]
fn a_wait_for_readiness_that_its_time_limit_ends_speaks_of_no_request() {
    let mut world = world(|options| options.connect_timeout = None);
    let ready = world.wait_for_ready(Some(50));
    world.perform(Operation::Advance(50));
    let failure = world.failure(ready);
    assert!(matches!(failure, Failure::ReadyTimeout { limit: 50, .. }));
    let text = failure.to_string();
    assert!(
        text.contains(" within 50 ms: the WebSocket did not open"),
        "{text}"
    );
    assert!(
        !text.contains("request") && !text.contains("reply"),
        "{text}"
    );
}
