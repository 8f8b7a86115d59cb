//! What an adapter asks of the session besides.

use super::*;

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
