//! To whom a reply belongs.

use super::*;

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
    world.frame(InboundId::Known(stranger()), "a");
    world.frame(InboundId::Foreign, "a");
    assert_eq!(world.outcome(waiting), None);
    assert_eq!(world.session.occupancy().dropped, 3);
}

#[test]
fn an_id_that_names_a_callers_slot_but_is_not_its_id_reaches_nobody() {
    let mut world = open(|_| {});
    let waiting = world.call(0, None, 10);
    let words = world.waits[waiting].id.words();
    for word in 0..3 {
        let mut forged = words;
        forged[word] ^= 1;
        world.frame(InboundId::Known(RequestId::of_words(forged)), "a");
        assert_eq!(world.outcome(waiting), None, "word {word}");
    }
    for slot in 0..300 {
        let mut forged = words;
        forged[3] ^= slot + 1;
        world.frame(InboundId::Known(RequestId::of_words(forged)), "a");
    }
    assert_eq!(world.outcome(waiting), None);
    world.reply(waiting, "a");
    assert_eq!(world.outcome(waiting), Some(&Outcome::Reply));
}

#[test]
fn a_late_reply_does_not_reach_the_next_caller_at_the_same_slot() {
    let mut world = open(|_| {});
    let first = world.call(0, None, 10);
    world.reply(first, "a");
    let mut others = Vec::new();
    while world
        .waits
        .last()
        .is_none_or(|wait| wait.slot != world.waits[first].slot)
        || others.is_empty()
    {
        others.push(world.call(0, None, 10));
        assert!(others.len() < 1_000, "the slot is not used again");
    }
    world.reply(first, "a");
    for other in others {
        assert_eq!(world.outcome(other), None);
    }
}

#[test]
fn a_reply_without_an_id_goes_to_the_oldest_call_that_expects_its_type() {
    let mut world = open(|_| {});
    let other = world.call(0, None, 10);
    let first = world.call(2, None, 10);
    let second = world.call(1, None, 10);
    world.frame(InboundId::Absent, "b");
    assert_eq!(world.outcome(first), Some(&Outcome::Reply));
    assert_eq!(world.outcome(second), None);
    world.frame(InboundId::Absent, "b");
    assert_eq!(world.outcome(second), Some(&Outcome::Reply));
    assert_eq!(world.outcome(other), None);
}

#[test]
fn a_late_reply_without_an_id_is_that_of_the_call_that_was_cancelled_and_not_of_the_next() {
    let mut world = open(|_| {});
    let cancelled = world.call(ONE_OFF, Some(10), 10);
    world.perform(Operation::Advance(10));
    assert!(matches!(
        world.failure(cancelled),
        Failure::RequestTimeout { sent: true, .. }
    ));
    let waiting = world.call(ONE_OFF, None, 10);
    world.frame(InboundId::Absent, "d");
    assert_eq!(world.outcome(waiting), None);
    world.frame(InboundId::Absent, "d");
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
