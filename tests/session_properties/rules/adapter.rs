//! What an adapter asks of the session besides.

use super::*;
use codebolt_wasm::session::{Pending, Request};

#[test]
fn a_slot_that_was_reserved_for_nothing_is_reserved_again_under_another_id() {
    let mut world = open(|_| {});
    let (slot, id) = world.session.reserve([1; 16], false);
    world.session.release(slot);
    assert!(world.session.is_done());
    assert_eq!(world.session.abort(world.now, id), None);
    let (again, other) = world.session.reserve([2; 16], false);
    assert_eq!(again, slot);
    assert_ne!(other, id);
}

#[test]
fn a_slot_that_was_released_is_free_once_the_session_says_that_it_is_done() {
    let mut world = open(|_| {});
    let call = world.call(0, None, 10);
    let slot = world.waits[call].slot;
    let id = world.waits[call].id;
    assert_eq!(world.session.reply(world.now, id), Some(slot));
    let (other, _) = world.session.reserve([3; 16], false);
    assert_ne!(other, slot, "an action may name it still");
    assert!(world.session.is_done());
    let (again, _) = world.session.reserve([4; 16], false);
    assert_eq!(again, slot);
}

fn pending(world: &World) -> Vec<Pending> {
    let slots = world.session.slots().into_iter();
    slots
        .filter_map(|slot| world.session.pending(world.now, slot))
        .collect()
}

#[test]
fn the_requests_that_wait_are_shown_oldest_first_with_their_ages_and_whether_they_were_sent() {
    for now in [1_000, (1 << 32) - 20] {
        let mut world = world(|options| options.max_in_flight = 1);
        world.now = now;
        world.perform(Operation::Connect);
        world.perform(Operation::SocketOpens);
        let sent = world.call(0, None, 10);
        world.perform(Operation::Advance(7));
        let queued = world.call(1, Some(0), 10);
        world.perform(Operation::Advance(30));
        let wanted = |number: usize, type_name: &str, age, sent| {
            let (id, type_name) = (world.waits[number].id, type_name.into());
            let request = Request { id, type_name };
            Pending { request, age, sent }
        };
        let both = [
            wanted(sent, "ask a", 37, true),
            wanted(queued, "ask b", 30, false),
        ];
        assert_eq!(pending(&world), both);
        world.abort(sent);
        assert_eq!(pending(&world).len(), 1);
        world.abort(queued);
        assert_eq!(pending(&world), []);
    }
}

#[test]
fn requests_of_one_instant_that_wait_stay_in_the_order_of_their_calls_whatever_their_slots() {
    let mut world = open(|options| options.max_in_flight = 3);
    let [first, second] = [(); 2].map(|()| world.call(0, None, 10));
    for number in [first, second] {
        world.frame(InboundId::Known(world.waits[number].id), "a reply");
    }
    let calls = [(); 5].map(|()| world.call(0, None, 10));
    let slots = calls.map(|number| world.waits[number].slot.number());
    assert!(!slots.is_sorted(), "slots are used again: {slots:?}");
    let pending = pending(&world);
    let ids: Vec<_> = pending.iter().map(|pending| pending.request.id).collect();
    assert_eq!(ids, calls.map(|number| world.waits[number].id));
    let sent: Vec<_> = pending.iter().map(|pending| pending.sent).collect();
    assert_eq!(sent, [true, true, true, false, false]);
}

#[test]
fn the_session_knows_the_address_without_its_secrets_and_the_options_that_it_was_made_with() {
    let world = open(|options| options.max_queued = 17);
    assert_eq!(world.session.address(), "ws://localhost:12345/codebolt");
    assert_eq!(*world.session.options(), world.options);
}

#[test]
fn the_time_of_an_arrival_matters_only_with_keep_alive_or_while_the_session_closes() {
    assert!(!open(|_| {}).session.needs_arrival_time());
    assert!(
        open(|options| options.keep_alive = Some(10))
            .session
            .needs_arrival_time()
    );
    let mut world = open(|_| {});
    world.close(Some(1_000));
    assert!(world.session.needs_arrival_time());
}
