//! Time limits and bounds.

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
fn only_a_bounded_number_of_cancelled_calls_is_remembered() {
    let mut world = open(|_| {});
    for _ in 0..1_500 {
        let call = world.call(0, None, 1);
        world.abort(call);
        assert_eq!(world.outcome(call), Some(&Outcome::Aborted));
    }
    let occupancy = world.session.occupancy();
    assert_eq!(occupancy.cancelled, 1_024);
    assert_eq!(occupancy.waiting, 0);
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
fn a_refusal_for_bytes_says_what_waits_what_the_message_has_and_what_may_wait() {
    let mut world = world(|options| options.max_queued_bytes = 64);
    world.call(0, None, 40);
    let refused = world.call(0, None, 30);
    let failure = world.failure(refused);
    assert!(matches!(
        failure,
        Failure::QueueFull {
            waiting: 40,
            size: 30,
            limit: 64,
            in_bytes: true,
            ..
        }
    ));
    let text = failure.to_string();
    assert!(
        text.starts_with("40 bytes count as waiting to be sent to "),
        "{text}"
    );
    assert!(
        text.contains(", and this one has 30 bytes: expected at most 64 bytes."),
        "{text}"
    );
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

#[test]
fn what_can_go_at_once_counts_for_no_bound_while_the_adapter_has_not_had_its_turn() {
    for (max_in_flight, taken) in [(usize::MAX, 4), (2, 2)] {
        let mut world = open(|options| {
            options.max_queued = 0;
            options.max_in_flight = max_in_flight;
        });
        let expected_reply = world.session.expect_reply("ask a", &["a"]);
        for number in 0..4 {
            let (slot, _) = world.session.reserve([number; 16], false);
            let call = Call {
                expected_reply,
                size: 10,
                timeout: None,
            };
            world.session.call(world.now, slot, call, 0);
        }
        let mut refused = 0;
        while let Some(action) = world.session.next_action() {
            if let Action::Settle { outcome, .. } = action {
                assert!(matches!(outcome, Err(Failure::QueueFull { limit: 0, .. })));
                refused += 1;
            }
        }
        let sent = std::iter::from_fn(|| world.session.next_frame()).count();
        assert_eq!((sent, refused), (taken, 4 - taken));
    }
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
fn when_a_turn_ends_what_still_waits_goes_out_in_the_next() {
    let mut world = world(|_| {});
    let calls: Vec<_> = (0..3).map(|_| world.call(0, None, 10)).collect();
    world.perform(Operation::TurnEndsAfter(2));
    world.perform(Operation::SocketOpens);
    let sent = |world: &World| calls.iter().filter(|&&call| world.waits[call].sent).count();
    assert_eq!(sent(&world), 2);
    world.perform(Operation::Advance(0));
    assert_eq!(sent(&world), 3);
}

#[test]
fn a_request_that_was_cancelled_while_it_waited_keeps_no_other_from_going_at_once() {
    let mut world = world(|options| {
        options.max_queued = 0;
        options.high_water_mark = 10;
    });
    world.perform(Operation::Connect);
    world.perform(Operation::TurnEndsAfter(0));
    world.perform(Operation::SocketOpens);
    let cancelled = world.call(0, None, 10);
    assert!(!world.waits[cancelled].sent);
    world.abort(cancelled);
    world.perform(Operation::Advance(0));
    let next = world.call(0, None, 10);
    assert_eq!(world.outcome(next), None);
    assert!(world.waits[next].sent);
}
