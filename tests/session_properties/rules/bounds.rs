//! Bounds of what waits and of what is sent.

use super::*;
use codebolt_wasm::session::{Action, Call};

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
